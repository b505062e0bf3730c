"""The process `ricloop ric`: sockets, signals and the clock around a RIC, opened and closed in order.

One thread. No garbage collection falls into a decision: see `garbage`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial

import structlog

from ricloop.asn1 import E2AP, E2AP_V1, KPM, KPM_FLEXRIC, RC
from ricloop.core import affinity
from ricloop.core.errors import ConfigError, RicloopError
from ricloop.link.driver import Link
from ricloop.link.loop import run
from ricloop.link.tap import Tap, Tapped
from ricloop.runtime.fence import line
from ricloop.runtime.fence.fence import Fence
from ricloop.runtime.fence.guard import Guard
from ricloop.runtime.log import configure
from ricloop.runtime.options import RicOptions
from ricloop.runtime.process.assemble import Parts, assemble
from ricloop.runtime.process.garbage import Garbage
from ricloop.runtime.process.harness import Harness, say, serve_harness
from ricloop.runtime.process.result import tell_result
from ricloop.runtime.process.turns import Turns
from ricloop.runtime.side.snapshot import snapshot
from ricloop.session.events import RicEvent
from ricloop.transport import Listener, Transport, listen
from ricloop.transport.address import Address

log = structlog.get_logger()

SYNTAXES = (E2AP, E2AP_V1, KPM, KPM_FLEXRIC, RC)
HOUSEKEEPING_S = 0.25
"""How often records are written out."""
FIFO_PRIORITY = 10
DRAIN_S = 3.0
"""How long nodes may take to confirm that they stopped reporting; the process ends within 5 s."""
CLOSE_S = 1.0
"""How long their associations may take to end after that."""
LOOK_S = 0.01


def run_ric(options: RicOptions) -> None:
    """Run until told to stop. Raises RicloopError; ends with 130 or 143 after Ctrl-C or SIGTERM."""
    configure(quiet=options.quiet)
    if options.cpu is not None:
        affinity.reserve(options.cpu)
    if options.realtime:
        _ask_for_realtime()
    parts = assemble(options)
    if options.held and not _called(parts):
        return
    if options.cpu is not None:
        affinity.keep_to(options.cpu)
    try:
        ended_by = run(Serve(parts).run())
    finally:
        parts.ric.audit.close()
    if ended_by:
        raise SystemExit(128 + ended_by)


def _ask_for_realtime() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))
    except (OSError, AttributeError) as error:
        raise ConfigError(
            f"real-time scheduling is not allowed here ({error}): give the process CAP_SYS_NICE, or leave it out"
        ) from error


def _called(parts: Parts) -> bool:
    """Wait, warm, to be put to work; False where that will not be."""
    for syntax in SYNTAXES:
        syntax.compile()
    if not line.tell(line.WARM) or not line.hear():
        return False
    # It waited long, perhaps.
    if parts.policies is not None and parts.policies.changed():
        parts.ric.a1.apply(parts.policies.policies)
    return True


class Serve:
    """One run of the process."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._options, self._ric = parts, parts.options, parts.ric
        self._garbage = Garbage()
        # In lockstep the harness takes them.
        self._turns = None if parts.manual is not None else Turns(parts.ric, self._garbage)
        fence = parts.options.fence
        self._guard = None if fence is None else Guard(Fence(fence), parts.ric.audit.flush)
        self._tap: Tap | None = None
        self._listeners: list[Listener] = []
        self._links: set[Link[RicEvent]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._guarding: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._signal = 0
        self._failure: BaseException | None = None

    async def run(self) -> int:
        """The signal that ended it, 0 where none did. Raises RicloopError where what keeps the house has failed."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._end_by, number)
        async with AsyncExitStack() as opened:
            await self._open(opened)
            asked = await self._until_told()
            try:
                await self._let_go()
                tell_result(self._parts, self._tap, asked=asked)
            except Exception:
                # What failed once may fail again on the way out; the first failure is told.
                if self._failure is None:
                    raise
        if self._failure is not None:
            raise RicloopError(
                f"the RIC stopped: its housekeeping failed with {type(self._failure).__name__}: {self._failure}"
            ) from self._failure
        return self._signal

    # ------------------------------------------------------------------------------------------------- beginning

    async def _open(self, opened: AsyncExitStack) -> None:
        """Everything that moves; what is to be closed goes to `opened`."""
        parts, options = self._parts, self._options
        if self._guard is not None:
            self._guard.begin()
            self._guarding = self._kept(self._guard.run())
        if self._ric.lifecycle.pointers is not None:
            opened.callback(self._ric.lifecycle.pointers.close)
        if options.capture_file is not None:
            self._tap = Tap.at(options.capture_file)
            opened.callback(self._tap.close)
        opened.push_async_callback(self._close_listeners)
        for address in parts.addresses:
            self._listeners.append(await listen(address, partial(self._accept, address)))
        # Both are processes, which may take seconds to begin; nodes need not wait for them.
        beside: list[Awaitable[None]] = []
        if parts.side is not None:
            beside.append(asyncio.ensure_future(parts.side.start(self._ric.inventory.report)))
        elif options.metrics is not None:
            # Elsewhere the side process serves them: the loop's has no use for an exposition.
            from ricloop.runtime.side.web import own, serve_web

            opened.callback((await serve_web(own(self._ric), options.metrics)).close)
        if parts.door is not None:
            opened.push_async_callback(parts.door.close)
            beside.append(asyncio.ensure_future(parts.door.start()))
        await asyncio.sleep(0)
        # Nodes may start meanwhile: what they send waits in their sockets, not in a decision. Compiled only when a
        # node of E2AP v1 comes, its types would make all other nodes wait.
        for syntax in SYNTAXES:
            syntax.compile()
        if self._turns is not None:
            self._turns.begin()
        self._garbage.begin()
        opened.callback(self._garbage.end)
        self._tasks.append(self._kept(self._keep_house()))
        if self._tap is not None:
            self._tasks.append(self._kept(self._tap.run()))
        await asyncio.gather(*beside)
        self._announce()
        if options.held:
            # Where nobody is there to be told, the reader finds that out.
            line.tell(line.AT_WORK)
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._forsaken)

    def _announce(self) -> None:
        addresses, door = [str(listener.address) for listener in self._listeners], self._parts.door
        if self._options.harness:
            say({"ready": {"listen": addresses} | ({} if door is None else {"rpc": door.where})})
        elif not self._options.quiet:
            names = ", ".join(runner.name for runner in self._ric.runners) or "none yet"
            apart = "" if door is None else f"; xApps connect at {door.where}"
            sys.stdout.write(f"near-RT RIC listens at {', '.join(addresses)}{apart}; xApps: {names}. Ctrl-C ends it.\n")
            sys.stdout.flush()

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

    # ------------------------------------------------------------------------------------------------- meanwhile

    async def _until_told(self) -> bool:
        """True where a harness asked for the result."""
        if self._options.harness:
            return await serve_harness(Harness(self._ric, self._parts.manual), self._stop)
        try:
            async with asyncio.timeout(self._options.seconds):
                await self._stop.wait()
        except TimeoutError:
            pass
        return False

    async def _keep_house(self) -> None:
        policies, side = self._parts.policies, self._parts.side
        while True:
            await asyncio.sleep(HOUSEKEEPING_S)
            self._ric.audit.flush()
            self._ric.lifecycle.keep_house()
            if self._turns is not None:
                # In lockstep nothing that is decided may depend on when a file was written.
                if policies is not None and policies.changed():
                    self._ric.a1.apply(policies.policies)
                self._turns.spare_soon()
            if side is not None and side.where is not None:
                side.tell(snapshot(self._ric))
            self._garbage.collect()

    def _kept(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Without records, or without collections, the RIC does not go on as if nothing were wrong."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("housekeeping failed; the RIC ends", error=f"{type(error).__name__}: {error}")
            self._failure = error
            self._stop.set()

    def _end_by(self, number: signal.Signals) -> None:
        self._signal = int(number)
        self._stop.set()

    def _forsaken(self) -> None:
        """Whoever looks after this process is gone, and another may be started: two must not hold the same nodes."""
        if not line.hear():
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._end_by(signal.SIGTERM)

    # ------------------------------------------------------------------------------------------------------- end

    async def _let_go(self) -> None:
        """Let controls in flight be answered, delete subscriptions, close."""
        for task in self._tasks:
            task.cancel()
        # Nodes that come back while the others are let go are somebody else's.
        await self._close_listeners()
        self._ric.quiesce()
        self._ric.shutdown()
        if self._turns is not None:
            self._turns.end()
        await _until(lambda: not self._ric.draining, DRAIN_S)
        for link in list(self._links):
            link.close("the RIC ends")
        await _until(lambda: not self._links, CLOSE_S)
        if self._guarding is not None:
            self._guarding.cancel()
            await asyncio.wait([self._guarding])
            if not self._links:
                line.tell(line.DONE)

    async def _close_listeners(self) -> None:
        while self._listeners:
            await self._listeners.pop().close()


async def _until(done: Callable[[], bool], within_s: float) -> None:
    for _ in range(round(within_s / LOOK_S)):
        if done():
            return
        await asyncio.sleep(LOOK_S)
