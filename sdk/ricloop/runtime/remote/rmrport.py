"""Where an xApp's process answers RMR health checks."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from ricloop.core.errors import DecodeError
from ricloop.link.streams import serve_streams
from ricloop.platform.rmr import Health

log = structlog.get_logger()

MOST_CONNECTIONS = 32
"""At once; one more is closed."""
IDLE_S = 60.0
"""One that says nothing for so long is closed, or idle ones would shut out whoever has something to ask."""
READ = 65_536
"""Octets that are read at a time."""


async def serve_rmr(host: str, port: int, counts: dict[str, int]) -> asyncio.Server:
    """Answer; `counts` as `Health` counts. Raises TransportError where it cannot be listened at."""
    what, serve = f"RMR cannot be answered at {host}:{port}", partial(_answer, counts)
    return await serve_streams(serve, host, port, most=MOST_CONNECTIONS, limit=READ, what=what, option="--rmr")


async def _answer(counts: dict[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    own = writer.get_extra_info("sockname")
    health = Health(f"{own[0]}:{own[1]}", counts)
    try:
        while octets := await asyncio.wait_for(reader.read(READ), IDLE_S):
            if said := health.feed(octets):
                writer.write(said)
                # Whoever does not read is not read from either.
                await writer.drain()
    except DecodeError as error:
        log.warning("an RMR connection is closed", peer=writer.get_extra_info("peername"), reason=str(error))
