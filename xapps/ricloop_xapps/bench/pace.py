"""Waiting for an instant, to some tens of microseconds, without keeping a processor busy."""

from __future__ import annotations

import asyncio
import selectors
import time


def new_event_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose timers are good to microseconds: epoll counts milliseconds, select does not."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


async def until(instant_ns: int) -> None:
    """Wait for an instant of CLOCK_MONOTONIC. At once where it is past, without letting anybody else in."""
    if (left := instant_ns - time.monotonic_ns()) > 0:
        # A timer of asyncio is never early on the clock that it and this share.
        await asyncio.sleep(left / 1e9)
