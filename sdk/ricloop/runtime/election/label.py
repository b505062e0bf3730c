"""The label of the pod that is in control, which Services select. It follows the right, and never holds it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress

import structlog

from ricloop.platform.kube import LEADER, Kube
from ricloop.platform.lease import Refused
from ricloop.runtime.election.options import NAME

log = structlog.get_logger()

AGAIN_S = 1.0
SLOWEST_S = 15.0
"""Between two tries; each wait is twice the one before."""
AFFIRM_S = 3.0
"""How often our own label is set again as it is: a request that was given up may be obeyed long after, and people err.
One that changes nothing is written nowhere."""


class PodLabel:
    """Gives it to our own pod or takes it away, and affirms that as long as it runs. Who takes over takes it from the
    one before as well, until that was done: that one may be cut off from the API server, or dead."""

    def __init__(
        self, kube: Kube, pool: Executor, pod: str, timeout_s: float, failed: Callable[[Refused], None]
    ) -> None:
        self._kube, self._pool, self._pod, self._timeout_s = kube, pool, pod, timeout_s
        self._failed = failed
        self._wanted: dict[str, str | None] = {}
        """By pod: ours always, others until it is so."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()
        self._leaving = False
        # An earlier life of this pod may have left it.
        self.want(False, "")

    def want(self, leads: bool, before: str) -> None:
        """Ours is, or is not, in control; it was `before`, where that is another's."""
        self._put(self._pod, LEADER if leads else None)
        if not leads:
            # Whoever came after us says now who carries it: perhaps the one that we took it from.
            for pod in self._wanted.keys() - {self._pod}:
                del self._wanted[pod]
        # A lease may name anybody, in any words; what is no pod's name has no place in a path.
        if leads and before != self._pod and NAME.fullmatch(before):
            self._put(before, None)

    def _put(self, pod: str, role: str | None) -> None:
        self._wanted[pod] = role
        self._hurry.set()
        if pod not in self._tasks:
            self._tasks[pod] = asyncio.ensure_future(self._until_so(pod))

    async def _until_so(self, pod: str) -> None:
        try:
            await self._ask_until_so(pod)
        finally:
            # At once: what is wanted from now on needs a task of its own.
            del self._tasks[pod]

    async def _ask_until_so(self, pod: str) -> None:
        """One request at a time, so that the last that was wanted is the last that is asked for."""
        wait, told = AGAIN_S, False
        while pod in self._wanted:
            role = self._wanted[pod]
            refused = await self._try(pod, role)
            # A pod that is gone carries nothing.
            done = refused is None or (refused.status == 404 and role is None)
            if refused is not None and not done:
                self._failed(refused)
                if not told:
                    told, why = True, refused.why
                    log.warning("a pod's label cannot be set", pod=pod, role=role, status=refused.status, why=why)
            if self._wanted.get(pod, "") != role:
                continue
            if done and (pod != self._pod or self._leaving):
                del self._wanted[pod]
                continue
            self._hurry.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(AFFIRM_S if done else wait):
                    await self._hurry.wait()
            wait, told = (AGAIN_S, False) if done else (min(2 * wait, SLOWEST_S), told)

    async def _try(self, pod: str, role: str | None) -> Refused | None:
        try:
            async with asyncio.timeout(2 * self._timeout_s):
                return await asyncio.get_running_loop().run_in_executor(self._pool, self._kube.label, pod, role)
        except TimeoutError:
            return Refused(0, f"no answer within {2 * self._timeout_s:g} s")

    async def settle(self, seconds: float) -> None:
        """Wait until all is as it was last wanted, and affirm nothing any more."""
        self._leaving = True
        self._hurry.set()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)

    def cancel(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()
