"""Standard input as lines, where another process drives this one."""

from __future__ import annotations

import asyncio
import os
import stat
import sys

from ricloop.core.errors import ConfigError

LONGEST = 1 << 20
"""Octets of a line."""


async def open_stdin() -> asyncio.StreamReader:
    """Raises ConfigError where nobody can write to it: an event loop cannot wait for a file, and libuv's aborts."""
    mode = 0 if sys.stdin is None else os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or (sys.stdin is not None and sys.stdin.isatty())):
        raise ConfigError("standard input is a file or closed: another process drives this one, by a pipe")
    reader = asyncio.StreamReader(limit=LONGEST)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
