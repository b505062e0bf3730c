"""The event loop that a process runs on: uvloop's where it is installed, asyncio's own elsewhere."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ricloop.core.errors import ConfigError

ResultT = TypeVar("ResultT")

VARIABLE = "RICLOOP_UVLOOP"
"""0: asyncio's own even where uvloop is there; 1: uvloop or an error."""


def loop_name() -> str:
    """`uvloop` or `asyncio`. Raises ConfigError where uvloop is demanded and missing."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in ("", "0", "1"):
        raise ConfigError(f"{VARIABLE}={wanted}: it is 0 (asyncio's own event loop), 1 (uvloop's), or left out")
    if wanted == "0":
        return "asyncio"
    try:
        importlib.import_module("uvloop")
    except ImportError as error:
        if wanted == "1":
            raise ConfigError(
                f"{VARIABLE}=1, and uvloop cannot be loaded ({error}): pip install 'ricloop[fast]'"
            ) from None
        return "asyncio"
    return "uvloop"


def run(main: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run `main` to its end on a new event loop, as `asyncio.run` does. Raises ConfigError, and what `main` raises."""
    try:
        factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module(loop_name()).new_event_loop
    except BaseException:
        main.close()
        raise
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)
