"""An asyncio loop whose time jumps to the next timer when nothing else is to do: waiting costs nothing and is exact.

For code over memory transports; a real socket would be waited for in no time at all.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ricloop.core.time import NS_PER_S
from ricloop.transport.memory import MemoryPair

ResultT = TypeVar("ResultT")


class JumpingSelector(selectors.DefaultSelector):
    """Asked to wait, it moves the clock instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise RuntimeError("everything waits and no timer is set: this would hang")
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Starts at second 0."""

    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


class LoopClock:
    """The running loop's time, as the clock that sessions and links take."""

    def now(self) -> int:
        return round(asyncio.get_running_loop().time() * NS_PER_S)


def run_virtually(main: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run `main()` to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


def wire() -> MemoryPair:
    """A memory pair that the running loop pumps by itself."""
    loop = asyncio.get_running_loop()
    pair = MemoryPair(LoopClock(), wake=lambda: loop.call_soon(pair.pump))
    return pair
