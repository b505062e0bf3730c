"""The process `ricloop xapp`: one xApp, connected to a RIC as long as it runs, whatever becomes of the connection."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import signal
import sys
from datetime import timedelta

import structlog

from ricloop.core.errors import ConfigError, DecodeError, TransportError
from ricloop.link.clock import SystemClock
from ricloop.link.loop import run
from ricloop.link.reconnect import Backoff
from ricloop.rpc.channel import Channel
from ricloop.rpc.tls import Files, check_secure
from ricloop.runtime import settings
from ricloop.runtime.books.audit import AuditFile
from ricloop.runtime.load import xapp_class
from ricloop.runtime.log import configure
from ricloop.runtime.models.resolve import loaded, sources, trusted
from ricloop.runtime.options import XAppOptions
from ricloop.runtime.remote.pod import Pod, controls_of
from ricloop.runtime.remote.worker import Worker
from ricloop.runtime.stage import Stage
from ricloop.transport.address import host_and_port

log = structlog.get_logger()

BACKOFF = Backoff(first=timedelta(milliseconds=100), cap=timedelta(seconds=5))
HOUSEKEEPING_S = 0.25
LEAVES_WITHIN_S = 1.0
"""How long the end of the process waits for the RIC to hear of it."""


def run_xapp(options: XAppOptions) -> None:
    """Run until told to stop. Raises RicloopError; ends with 130 or 143 after Ctrl-C or SIGTERM."""
    host, _ = host_and_port(options.connect, "--connect", "127.0.0.1:36450")
    files = Files.of(options.ca, options.cert, options.key, "--")
    check_secure(files, host, options.insecure, "--connect", "--insecure")
    configure(quiet=options.quiet)
    cls = xapp_class(options.xapp)
    controls = controls_of(options.descriptor, cls)
    app = settings.build([cls], options.settings_file, options.overrides, controls)[0]
    audit = None if options.audit_file is None else AuditFile(options.audit_file)
    clock = SystemClock()
    registry, trust = trusted(options.models_root, options.trust_file, options.require_signature)
    worker = Worker(
        app,
        clock,
        # Loaded, verified and warm before the RIC hears of us.
        models=loaded([app], sources(options.models), clock, registry=registry, trust=trust),
        window=options.window,
        stage=Stage.parse(options.stage).value,
        record=None if audit is None else audit.add,
    )
    worker.hello()
    pod = Pod(app, worker.metrics, options)
    try:
        ended_by = run(_Serve(worker, pod, files, options, audit).run())
    finally:
        if audit is not None:
            audit.close()
    if ended_by:
        raise SystemExit(128 + ended_by)


class _Serve:
    def __init__(
        self, worker: Worker, pod: Pod, files: Files | None, options: XAppOptions, audit: AuditFile | None
    ) -> None:
        self._worker, self._pod, self._files, self._options, self._audit = worker, pod, files, options, audit
        self._signal = 0
        self._failures = 0
        self._leaving = False
        self._channel: Channel | None = None
        self._random = random.Random(options.xapp)

    async def run(self) -> int:
        """The signal that ended it, 0 where none did."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told, number, stop)
        await self._pod.start()
        self._worker.call("started")
        gc.collect()
        gc.freeze()
        living = asyncio.ensure_future(self._live())
        keeping = asyncio.ensure_future(self._keep_house())
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((living, stopping), timeout=self._options.seconds, return_when=asyncio.FIRST_COMPLETED)
            self._pod.leave()
            if living.done():
                living.result()
            await self._leave(living)
        finally:
            await self._pod.close()
            for task in (living, keeping, stopping):
                task.cancel()
            await asyncio.gather(living, keeping, stopping, return_exceptions=True)
            self._worker.call("stopping")
        return self._signal

    def _told(self, number: signal.Signals, stop: asyncio.Event) -> None:
        self._signal = int(number)
        stop.set()

    async def _keep_house(self) -> None:
        while self._audit is not None:
            await asyncio.sleep(HOUSEKEEPING_S)
            self._audit.flush()

    async def _live(self) -> None:
        """Connect, and connect again. Raises ConfigError where the RIC says that this will never do."""
        while True:
            try:
                await self._stream()
                reason = "the RIC closed the stream"
            except (TransportError, DecodeError) as error:
                reason = str(error)
            self._channel = None
            if self._leaving:
                return
            if (refusal := self._worker.refusal) is not None:
                if not refusal.passing:
                    raise ConfigError(f"the RIC at {self._options.connect} refuses: {refusal.reason}")
                reason = refusal.reason
            self._failures = 1 if self._worker.connected else self._failures + 1
            self._worker.lost()
            wait = BACKOFF.delay(self._failures, self._random)
            log.warning(
                "not connected", ric=self._options.connect, reason=reason, again_in_s=round(wait.total_seconds(), 2)
            )
            await asyncio.sleep(wait.total_seconds())

    async def _stream(self) -> None:
        worker = self._worker
        channel = self._channel = Channel(self._options.connect, self._files)
        try:
            await channel.write(worker.hello())
            while (octets := await channel.read()) is not None:
                was = worker.connected
                said = worker.take(octets)
                if worker.connected and not was:
                    self._announce()
                if said is not None:
                    await channel.write(said)
        finally:
            await channel.close()

    async def _leave(self, living: asyncio.Future[None]) -> None:
        """Tell the RIC, which then keeps nothing for us and closes the stream."""
        self._leaving = True
        if self._channel is None or not self._worker.connected:
            return
        with contextlib.suppress(TransportError):
            await self._channel.write(self._worker.bye())
        await asyncio.wait((living,), timeout=LEAVES_WITHIN_S)

    def _announce(self) -> None:
        log.info("connected", ric=self._options.connect, xapp=self._worker.app.name)
        if not self._options.quiet:
            sys.stdout.write(f"xApp {self._worker.app.name} is connected to {self._options.connect}. Ctrl-C ends it.\n")
            sys.stdout.flush()
