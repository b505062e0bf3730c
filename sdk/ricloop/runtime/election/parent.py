"""One RIC of several in control: this process holds the lease, and a loop's process that is at work only meanwhile.

The loop's process is warm from the start (as in `standby`): it has everything imported, compiled, loaded and measured,
and waits for a line. It is put to work when this one has the right, may send only as long (`fence`), and is ended when
the right is over. Nothing here waits for the API server: requests are made in threads, and one that hangs is given up.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from ricloop.core.errors import ConfigError, RicloopError
from ricloop.core.time import NS_PER_S
from ricloop.link.clock import BootClock
from ricloop.link.http import Asked, Reply, serve_http
from ricloop.link.loop import run
from ricloop.platform.kube import Kube, api_of
from ricloop.platform.lease import Change, Deed, Election, Refused, Request, Terms
from ricloop.platform.leaserecord import Lease
from ricloop.runtime.election.child import Child, bury_others
from ricloop.runtime.election.label import PodLabel
from ricloop.runtime.election.options import LeaseOptions
from ricloop.runtime.election.tell import PATHS, Told
from ricloop.runtime.fence.fence import Fence
from ricloop.runtime.fence.line import FENCED
from ricloop.runtime.log import configure

log = structlog.get_logger()

FINAL = frozenset((0, 2, 4, 130, 143))
"""Ends of the loop's process that another try would not change; an address that is in use may be the dead one's."""
QUICK_S = 5.0
MOST_QUICK = 3
"""So many deaths in a row, each sooner than that after it was put to work, and the next would die too."""
LOOK_S = 0.5
"""The longest wait between two looks at everything."""
REST_S = 1.0
"""After a death, before it is a candidate again: others go first. And up to as long again, at random."""
RELEASE_WITHIN_S = 2.0
"""How long an end waits for the lease to be given back and the pod's label to be taken away."""
ENDS_WITHIN_S = 8.0
"""After it was told to end, before it is ended."""
THREADS = 6
"""Requests under way at once: one about the lease, one about a label, and those that hang."""


class Elector:
    """Runs `ricloop ARGUMENTS` while it has the right."""

    def __init__(self, options: LeaseOptions, arguments: Sequence[str], *, audit: Path | None, quiet: bool) -> None:
        """Raises ConfigError for what is missing: the client of Kubernetes, an address, a file, Linux."""
        if not hasattr(time, "CLOCK_BOOTTIME") or not hasattr(os, "pidfd_open"):
            raise ConfigError("--lease needs Linux: a clock that goes on while the machine sleeps, and pidfd_open")
        self._options, self._arguments, self._quiet = options, arguments, quiet
        self._pod = options.identity or socket.gethostname().lower()
        self._timeout_s = max(0.2, min(options.renew, 5.0))
        api = api_of(options.api, options.token, options.ca)
        self._kube = Kube(api, options.namespace, options.name, self._timeout_s)
        self._terms = Terms(options.duration, round(options.renew * NS_PER_S))
        # Whoever starts again under the same name is not who held the lease before; and no two replicas keep step.
        identity, self._random = f"{self._pod}_{secrets.token_hex(4)}", random.Random()
        self._election = Election(self._terms, identity, seed=self._random.getrandbits(32))
        self._told = Told(self._election, options.lease, audit)
        self._clock, self._fence = BootClock(), Fence.new()
        self._child: Child | None = None
        self._end_by: int | None = None
        """The signal that was to end it all."""
        self._again_at = self._kill_at = self._leave_at = 0
        self._status: int | None = None
        """What it all ends with, once nothing more is to be done but to give the lease back."""
        self._quick = 0
        self._requests: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    def run(self) -> int:
        """The exit status. Raises RicloopError where the loop's process dies again and again, and for an address that
        cannot be had."""
        configure(quiet=self._quiet)
        return run(self._run())

    async def _run(self) -> int:
        loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="lease")
        self._label = PodLabel(self._kube, self._pool, self._pod, self._timeout_s, self._label_failed)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._tell_to_end, number)
        server = await serve_http(self._answer, self._options.http, option="--lease-http", what="health", paths=PATHS)
        try:
            self._child = self._spawn()
            while not self._over(self._clock.now()):
                self._wake.clear()
                self._step()
                await self._rest()
                if self._failure is not None:
                    raise self._failure
            await self._label.settle(RELEASE_WITHIN_S)
        finally:
            self._fence.shut()
            if self._child is not None:
                self._child.close()
            self._fence.close()
            for task in self._requests:
                task.cancel()
            self._label.cancel()
            server.close()
            # A thread that hangs in a request holds nothing up.
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._quick >= MOST_QUICK:
            raise RicloopError(
                f"the loop's process died {self._quick} times in a row, within {QUICK_S:g} s each: what it said before "
                "tells why; without --lease it runs alone"
            )
        return self._status or 0

    # ------------------------------------------------------------------------------------------------ each round

    def _step(self) -> None:
        now, election = self._clock.now(), self._election
        child = self._child = self._alive(now)
        if os.getpid() == 1:
            bury_others(child.pid)
        election.willing = (
            (child.warm or (child.called_at is not None and not child.done))
            and self._end_by is None
            and self._status is None
            and now >= self._again_at
        )
        if child.done and child.called_at is not None and election.leads(now):
            # It sends nothing any more: whoever comes next need not wait until it has ended.
            self._fence.shut()
            election.give_up(now)
        if (request := election.next(now)) is not None:
            self._ask(request)
        self._obey(now)

    def _obey(self, now: int) -> None:
        """Let the loop's process do what the right allows."""
        election, child = self._election, self._child
        assert child is not None
        if election.leads(now) and not (child.done and child.called_at is not None):
            self._fence.set(election.right_until, election.right_until + self._terms.margin // 2)
            if child.warm and self._end_by is None:
                child.put_to_work()
        elif not election.leads(now):
            # The lease is given back once the process has ended, not when it was told to.
            self._fence.shut()
            if child.called_at is not None and not child.done:
                child.tell(signal.SIGKILL)
        for change, why in election.changes:
            self._told.changed(change, why)
            self._label.want(change is Change.TAKEN, _pod_of(election.predecessor))
        election.changes.clear()

    async def _rest(self) -> None:
        now, at = self._clock.now(), self._election.timer_at()
        wait = LOOK_S if at is None else min(LOOK_S, max(0, at - now) / NS_PER_S)
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            return

    # --------------------------------------------------------------------------------------------- the API server

    def _ask(self, request: Request) -> None:
        task = asyncio.ensure_future(self._asked(request))
        self._requests.add(task)
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._requests.discard(task)
        if not task.cancelled():
            self._failure = self._failure or task.exception()
        self._wake.set()

    async def _asked(self, request: Request) -> None:
        loop = asyncio.get_running_loop()
        answer: Lease | Refused | None
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await loop.run_in_executor(self._pool, self._kube.ask, request)
        except TimeoutError:
            answer = Refused(0, f"no answer within {self._timeout_s:g} s")
        if request.deed is Deed.RENEW:
            self._told.renewals["failed" if isinstance(answer, Refused) else "ok"] += 1
        now = self._clock.now()
        self._election.answered(request, answer, now)
        refused = answer if isinstance(answer, Refused) else Refused(200, "")
        self._told.answered(refused.status, refused.why)
        self._obey(now)

    def _label_failed(self, refused: Refused) -> None:
        self._told.label_failures += 1

    # ------------------------------------------------------------------------------------------ the loop's process

    def _spawn(self) -> Child:
        self._fence.shut()
        return Child(self._arguments, self._fence, self._wake.set)

    def _alive(self, now: int) -> Child:
        """The process that is there; a new one where it has ended, which gives another RIC the chance to take over."""
        child, leads = self._child, self._election.leads(now)
        assert child is not None
        if (status := child.status) is None or self._status is not None:
            return child
        self._fence.shut()
        self._election.give_up(now)
        if self._end_by is not None or status in FINAL:
            self._end(128 + self._end_by if self._end_by and status == 0 else status if status >= 0 else 128 - status)
            return child
        lived = time.monotonic() - child.called_at if child.called_at is not None else 0.0
        # That it was fenced is no fault of its own.
        fenced = status == FENCED or (not leads and status == -signal.SIGKILL)
        self._quick = 0 if fenced or lived >= QUICK_S else self._quick + 1
        log.error("the loop's process ended; another is made warm", status=status, in_a_row=self._quick)
        if self._quick >= MOST_QUICK:
            self._end(1)
            return child
        self._again_at = now + round(REST_S * (1 + self._random.random()) * NS_PER_S)
        return self._spawn()

    def _tell_to_end(self, number: signal.Signals) -> None:
        child = self._child
        if self._end_by is None and child is not None:
            self._end_by = int(number)
            self._kill_at = self._clock.now() + round(ENDS_WITHIN_S * NS_PER_S)
            # One that is warm waits for nothing but its line.
            if child.warm:
                child.let_go()
            else:
                child.tell(number)
        self._wake.set()

    def _end(self, status: int) -> None:
        self._status = status
        self._leave_at = self._clock.now() + round(RELEASE_WITHIN_S * NS_PER_S)

    def _over(self, now: int) -> bool:
        if self._status is None:
            if self._end_by is not None and self._child is not None and now >= self._kill_at:
                self._child.tell(signal.SIGKILL)
            return False
        return self._election.settled or now >= self._leave_at

    # ---------------------------------------------------------------------------------------------------- looking

    async def _answer(self, asked: Asked) -> Reply | None:
        return self._told.answer(asked, self._unready(), self._clock.now())

    def _unready(self) -> str | None:
        """Why it could not do its part at once; None where it could, or is doing it."""
        child = self._child
        if self._end_by is not None or self._status is not None:
            return "the RIC is ending"
        if child is None or child.status is not None or not (child.warm or child.called_at is not None):
            return "the loop's process is not warm yet"
        if child.called_at is not None and not child.at_work:
            return "the loop's process is being put to work"
        return None


def _pod_of(identity: str) -> str:
    return identity.rpartition("_")[0]
