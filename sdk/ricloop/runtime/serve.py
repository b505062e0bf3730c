"""The process `ricloop ric`: sockets, signals and the clock around the RIC.

One thread. No garbage collection falls into a decision: see `garbage`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.asn1 import E2AP, E2AP_V1, KPM, KPM_FLEXRIC, RC
from ricloop.core import affinity
from ricloop.core.errors import ConfigError, RicloopError, nearest
from ricloop.core.time import NS_PER_S, Clock, ManualClock
from ricloop.link.clock import SystemClock
from ricloop.link.driver import Link
from ricloop.link.loop import run
from ricloop.link.tap import Tap, Tapped
from ricloop.runtime.a1file import PolicyFile
from ricloop.runtime.cost import Meter, processor_time_ns
from ricloop.runtime.counters import nvidia, powercap
from ricloop.runtime.embed import embedded_ric
from ricloop.runtime.fence import Fence
from ricloop.runtime.garbage import Garbage
from ricloop.runtime.guard import Guard
from ricloop.runtime.harness import Harness, say, serve_harness
from ricloop.runtime.lifewords import in_words
from ricloop.runtime.line import AT_WORK, DONE, WARM
from ricloop.runtime.log import configure
from ricloop.runtime.models import challenger, shadows, sources, trusted
from ricloop.runtime.options import CLOCKS, RicOptions, RpcOptions
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.settings import cost, drift_detector, grace_s
from ricloop.runtime.shadowreport import write_report
from ricloop.runtime.sidelink import SideLink
from ricloop.runtime.snapshot import snapshot
from ricloop.runtime.stage import Stage
from ricloop.runtime.swap import Swaps
from ricloop.runtime.trace import Trace
from ricloop.runtime.web import own, serve_web
from ricloop.session.events import RicEvent
from ricloop.store import Registry, Trust
from ricloop.transport import Listener, Transport, listen, parse_address
from ricloop.transport.address import Address, host_and_port

if TYPE_CHECKING:
    from ricloop.runtime.remote.door import Door

log = structlog.get_logger()

SYNTAXES = (E2AP, E2AP_V1, KPM, KPM_FLEXRIC, RC)
HOUSEKEEPING_S = 0.25
"""How often records are written out."""
FIFO_PRIORITY = 10
DRAIN_S = 3.0
"""How long nodes may take to confirm that they stopped reporting; the process ends within 5 s."""


def run_ric(options: RicOptions) -> None:
    """Run until told to stop. Raises RicloopError; ends with 130 or 143 after Ctrl-C or SIGTERM."""
    if options.clock not in CLOCKS:
        raise ConfigError(f"--clock {options.clock}: it is one of {', '.join(CLOCKS)}.{nearest(options.clock, CLOCKS)}")
    if options.clock == "lockstep" and not options.harness:
        raise ConfigError("--clock lockstep needs --harness: somebody has to move the clock")
    addresses = [parse_address(text) for text in options.listen]
    configure(quiet=options.quiet)
    registry, trust = trusted(options.models_root, options.trust_file, options.require_signature)
    manual = ManualClock() if options.clock == "lockstep" else None
    stopwatch = SystemClock()
    if options.cpu is not None:
        affinity.reserve(options.cpu)
    if options.realtime:
        _ask_for_realtime()
    apart = manual is None and not options.one_process and (options.metrics or options.audit_file)
    detector = drift_detector(options.settings_file)
    side = SideLink(options.audit_file, options.metrics, detector=detector) if apart else None
    ric = embedded_ric(
        options.xapps,
        clock=manual or stopwatch,
        stopwatch=stopwatch,
        settings_file=options.settings_file,
        overrides=options.overrides,
        topology=options.topology_file,
        stage=options.stage,
        audit=side or options.audit_file,
        allow=options.allow,
        models=options.models,
        registry=registry,
        trust=trust,
    )
    _look_after_models(ric, options, registry, trust, side, manual)
    policies = None if options.policies_file is None else PolicyFile(options.policies_file)
    if policies is not None:
        ric.a1.apply(policies.policies)
    door = None if options.rpc is None else _door(ric, options.rpc, options)
    if options.held:
        if not _called():
            return
        if policies is not None and policies.changed():
            # It waited long, perhaps.
            ric.a1.apply(policies.policies)
    if options.cpu is not None:
        affinity.keep_to(options.cpu)
    try:
        ended_by = run(Serve(ric, options, addresses, stopwatch, manual, side, door, policies).run())
    finally:
        ric.audit.close()
    if ended_by:
        raise SystemExit(128 + ended_by)


def _look_after_models(
    ric: NearRtRic,
    options: RicOptions,
    registry: Registry | None,
    trust: Trust,
    side: SideLink | None,
    manual: ManualClock | None,
) -> None:
    """Challengers, pointers, drift detection and the meter. Raises ConfigError, and ModelError for a challenger."""
    lifecycle = ric.lifecycle
    for name, folder in shadows(options.shadows).items():
        lifecycle.challenge(name, partial(challenger, folder, trust, ric.clock))
    if options.shadow_report is not None and not options.shadows and registry is None:
        raise ConfigError(
            "--shadow-report goes with --shadow NAME=FOLDER, or with --models and a version in the shadow"
        )
    if side is not None:
        lifecycle.observe, side.on_drift, side.on_anew = side.observe, lifecycle.drifted, lifecycle.forgotten
    if manual is not None:
        # In lockstep nothing may depend on when a file was written, and no clock tells what computing took.
        return
    if registry is not None:
        lifecycle.pointers = Swaps(
            lifecycle,
            registry,
            trust_file=options.trust_file,
            require_signature=options.require_signature,
            given=frozenset(sources(options.models)),
        )
    devices = nvidia() if lifecycle.on_gpu else ()
    lifecycle.meter = Meter(
        cost(options.settings_file), ric.clock, cpu_ns=processor_time_ns, counters=powercap(), devices=devices
    )


def _called() -> bool:
    """Wait, warm, to be put to work; False where that will not be."""
    for syntax in SYNTAXES:
        syntax.compile()
    # Not through a buffer: what comes after the line is looked for on the descriptor itself.
    try:
        os.write(sys.stdin.fileno(), WARM)
        return bool(os.read(sys.stdin.fileno(), 64))
    except (BrokenPipeError, ConnectionResetError):
        # Whoever held it is gone, or never listened.
        return False


def _door(ric: NearRtRic, asked: RpcOptions, options: RicOptions) -> Door:
    """Raises ConfigError."""
    from ricloop.rpc.extra import require

    require()
    from ricloop.rpc.tls import Files, check_secure
    from ricloop.runtime.remote.door import Door
    from ricloop.runtime.remote.records import SharedAudit
    from ricloop.runtime.remote.remotes import Remotes

    if options.clock == "lockstep":
        raise ConfigError("--rpc goes by the real clock: in lockstep nobody waits for another process")
    host, port = host_and_port(asked.where, "--rpc", "127.0.0.1:36450")
    files = Files.of(asked.ca, asked.cert, asked.key, "--rpc-")
    check_secure(files, host, asked.insecure, "--rpc", "--rpc-insecure")
    if files is None:
        log.warning("xApps of any process of this machine may connect: there are no certificates", where=asked.where)
    grace = grace_s(options.settings_file) if options.settings_file is not None else None
    remotes = Remotes(ric, stage=Stage.parse(options.stage), allowed=asked.allow, grace_s=grace)
    ric.remotes = remotes
    ric.audit = SharedAudit(ric.audit, remotes)
    return Door(remotes, host, port, files)


def _ask_for_realtime() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))
    except (OSError, AttributeError) as error:
        raise ConfigError(
            f"real-time scheduling is not allowed here ({error}): give the process CAP_SYS_NICE, or leave it out"
        ) from error


class Serve:
    """One run of the process."""

    def __init__(
        self,
        ric: NearRtRic,
        options: RicOptions,
        addresses: list[Address],
        stopwatch: Clock,
        manual: ManualClock | None,
        side: SideLink | None = None,
        door: Door | None = None,
        policies: PolicyFile | None = None,
    ) -> None:
        self._ric, self._options, self._addresses, self._side = ric, options, addresses, side
        self._door, self._policies = door, policies
        self._stopwatch, self._manual = stopwatch, manual
        self._links: set[Link[RicEvent]] = set()
        self._turn_due = False
        self._timer: asyncio.TimerHandle | None = None
        self._signal = 0
        self._guard = None if options.fence is None else Guard(Fence(options.fence), ric.audit.flush)
        self._tap: Tap | None = None
        self._garbage = Garbage()
        if options.trace_file is not None:
            ric.trace = Trace()
        self._failure: BaseException | None = None

    async def run(self) -> int:
        """The signal that ended it, 0 where none did. Raises RicloopError where what keeps the house has failed."""
        options, loop = self._options, asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told, number, stop)
        listeners: list[Listener] = []
        metrics = guard = None
        if self._guard is not None:
            self._guard.begin()
            guard = asyncio.ensure_future(self._guard.run())
            guard.add_done_callback(partial(self._ended, stop))
        if options.capture_file is not None:
            self._tap = Tap.at(options.capture_file)
        try:
            for address in self._addresses:
                listeners.append(await listen(address, partial(self._accept, address)))
            # Both are processes, which may take seconds to begin; nodes need not wait for them.
            beside: list[Awaitable[None]] = []
            if self._side is not None:
                beside.append(asyncio.ensure_future(self._side.start(self._ric.inventory.report)))
            elif options.metrics is not None:
                metrics = await serve_web(own(self._ric), options.metrics)
            if self._door is not None:
                beside.append(asyncio.ensure_future(self._door.start()))
            await asyncio.sleep(0)
            # Nodes may start meanwhile: what they send waits in their sockets, not in a decision. Compiled only when a
            # node of E2AP v1 comes, its types would make all other nodes wait.
            for syntax in SYNTAXES:
                syntax.compile()
            if self._manual is None:
                self._ric.on_work = self._work
            self._garbage.begin()
            tasks = [asyncio.ensure_future(self._keep_house())]
            if self._tap is not None:
                tasks.append(asyncio.ensure_future(self._tap.run()))
            for task in tasks:
                task.add_done_callback(partial(self._ended, stop))
            await asyncio.gather(*beside)
            self._announce([str(listener.address) for listener in listeners])
            if options.held:
                # Where nobody is there to be told, the reader finds that out.
                with suppress(BrokenPipeError):
                    os.write(sys.stdin.fileno(), AT_WORK)
                loop.add_reader(sys.stdin.fileno(), self._forsaken, stop)
            asked = await self._until_told(stop)
            for task in tasks:
                task.cancel()
            try:
                # Nodes that come back while the others are let go are somebody else's.
                while listeners:
                    await listeners.pop().close()
                await self._drain()
                if guard is not None:
                    guard.cancel()
                    await asyncio.wait([guard])
                    self._say_done()
                self._report(asked)
            except Exception:
                # What failed once may fail again on the way out; the first failure is told.
                if self._failure is None:
                    raise
        finally:
            for listener in listeners:
                await listener.close()
            if metrics is not None:
                metrics.close()
            if self._door is not None:
                await self._door.close()
            if self._tap is not None:
                self._tap.close()
            self._garbage.end()
            if self._ric.lifecycle.pointers is not None:
                self._ric.lifecycle.pointers.close()
        if self._failure is not None:
            raise RicloopError(
                f"the RIC stopped: its housekeeping failed with {type(self._failure).__name__}: {self._failure}"
            ) from self._failure
        return self._signal

    # ---------------------------------------------------------------------------------------------- associations

    def _accept(self, address: Address, transport: Transport) -> None:
        association = self._ric.attach(transport.peer)
        if self._tap is not None:
            transport = Tapped(transport, self._tap)
        if self._guard is not None:
            transport = self._guard.fenced(transport)

        def lost(reason: str) -> None:
            self._links.discard(link)

        link: Link[RicEvent] = Link(association.session, transport, self._ric.clock, association.on_event, on_lost=lost)
        association.flush, association.carried = link.flush, (transport.counters, link.counters)
        association.use_ppid = transport.use_ppid
        self._links.add(link)
        link.start()

    # ------------------------------------------------------------------------------------------------- the loop

    def _work(self) -> None:
        # Once per round of the event loop: every frame that is there already takes part in the same turn.
        if not self._turn_due:
            self._turn_due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._turn_due = False
        try:
            self._ric.turn()
        finally:
            # Whatever a turn runs into, the next one comes: asyncio tells what was raised.
            self._arm()
        self._garbage.after_turn(self._ric.account.received)
        self._spare_soon()

    def _spare_soon(self) -> None:
        if self._ric.lifecycle.waiting and self._manual is None:
            # Frames that are there already go first: they are read between this call and the next.
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._spare)

    def _spare(self) -> None:
        if not self._turn_due:
            self._ric.lifecycle.spare()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._ric.timer_at()
        if at is not None and self._manual is None:
            delay = max(0, at - self._ric.clock.now()) / NS_PER_S
            self._timer = asyncio.get_running_loop().call_later(delay, self._turn)

    def _ended(self, stop: asyncio.Event, task: asyncio.Task[None]) -> None:
        """Without records, or without collections, the RIC does not go on as if nothing were wrong."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("housekeeping failed; the RIC ends", error=f"{type(error).__name__}: {error}")
            self._failure = error
            stop.set()

    async def _keep_house(self) -> None:
        self._work()
        while True:
            await asyncio.sleep(HOUSEKEEPING_S)
            self._ric.audit.flush()
            # In lockstep nothing that is decided may depend on when a file was written.
            if self._policies is not None and self._manual is None and self._policies.changed():
                self._ric.a1.apply(self._policies.policies)
            self._ric.lifecycle.keep_house()
            self._spare_soon()
            if self._side is not None and self._side.where is not None:
                self._side.tell(snapshot(self._ric))
            self._garbage.collect()

    # ------------------------------------------------------------------------------------------------ beginning, end

    def _announce(self, addresses: list[str]) -> None:
        if self._options.harness:
            say({"ready": {"listen": addresses} | ({} if self._door is None else {"rpc": self._door.where})})
        elif not self._options.quiet:
            names = ", ".join(runner.name for runner in self._ric.runners) or "none yet"
            door = "" if self._door is None else f"; xApps connect at {self._door.where}"
            sys.stdout.write(f"near-RT RIC listens at {', '.join(addresses)}{door}; xApps: {names}. Ctrl-C ends it.\n")
            sys.stdout.flush()

    async def _until_told(self, stop: asyncio.Event) -> bool:
        """True where a harness asked for the result."""
        if self._options.harness:
            return await serve_harness(Harness(self._ric, self._manual), stop)
        try:
            async with asyncio.timeout(self._options.seconds):
                await stop.wait()
        except TimeoutError:
            pass
        return False

    def _told(self, number: signal.Signals, stop: asyncio.Event) -> None:
        self._signal = int(number)
        stop.set()

    def _forsaken(self, stop: asyncio.Event) -> None:
        """Whoever looks after this process is gone, and another may be started: two must not hold the same nodes."""
        try:
            gone = not os.read(sys.stdin.fileno(), 64)
        except ConnectionResetError:
            gone = True
        if gone:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._signal = signal.SIGTERM
            stop.set()

    def _say_done(self) -> None:
        if not self._links:
            with suppress(OSError):
                os.write(sys.stdin.fileno(), DONE)

    async def _drain(self) -> None:
        """Let controls in flight be answered, delete subscriptions, close."""
        self._ric.quiesce()
        self._ric.shutdown()
        if self._timer is not None:
            self._timer.cancel()
        for _ in range(round(DRAIN_S / 0.01)):
            if not self._ric.draining:
                break
            await asyncio.sleep(0.01)
        for link in list(self._links):
            link.close("the RIC ends")
        for _ in range(round(1.0 / 0.01)):
            if not self._links:
                break
            await asyncio.sleep(0.01)

    def _report(self, asked: bool) -> None:
        self._tell(asked)
        if (report := self._options.shadow_report) is not None:
            if found := self._ric.lifecycle.comparisons():
                write_report(report, found)
            else:
                log.warning("no challenger is at work, so there is nothing to report", file=str(report))

    def _tell(self, asked: bool) -> None:
        if self._ric.trace is not None and self._options.trace_file is not None:
            self._ric.trace.write(self._options.trace_file)
        result: dict[str, Any] = self._ric.summary()
        if self._tap is not None:
            result["capture_dropped"] = self._tap.dropped
            if self._tap.dropped:
                log.warning("messages are missing in the capture", dropped=self._tap.dropped)
        if self._options.json_file is not None:
            try:
                self._options.json_file.write_text(json.dumps(result, indent=2) + "\n")
            except OSError as error:
                raise ConfigError(f"result file {self._options.json_file}: {error.strerror}") from error
        if asked:
            # The audit is complete when the result is there: whoever reads one may read the other.
            self._ric.audit.flush()
            if self._side is not None:
                self._side.settle()
            if self._tap is not None:
                self._tap.flush()
            say({"result": result})
        elif not self._options.quiet and not self._options.harness:
            controls = result["controls"]
            sys.stdout.write(
                f"{result['received']} indications received = {result['decided']} decided + {result['superseded']} "
                f"superseded + {result['refused']} refused; {controls['sent']} controls sent, {controls['accepted']} "
                f"accepted, {controls['effect_confirmed']} seen to take effect\n"
            )
            sys.stdout.writelines(f"{line}\n" for line in in_words(result["lifecycle"]))
