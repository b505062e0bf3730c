"""Where an xApp's process answers RMR health checks."""

from __future__ import annotations

import asyncio

import structlog

from ricloop.core.errors import DecodeError, TransportError
from ricloop.platform.rmr import Health

log = structlog.get_logger()

MOST_CONNECTIONS = 32
"""At once; one more is closed."""
READ = 65_536
"""Octets that are read at a time."""


async def serve_rmr(host: str, port: int, counts: dict[str, int]) -> asyncio.Server:
    """Answer; `counts` as `Health` counts. Raises TransportError where it cannot be listened at."""
    connected = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected
        connected += 1
        try:
            if connected <= MOST_CONNECTIONS:
                await _answer(reader, writer, counts)
        except DecodeError as error:
            log.warning("an RMR connection is closed", peer=writer.get_extra_info("peername"), reason=str(error))
        except OSError:
            # Whoever it was went away.
            pass
        except asyncio.CancelledError:
            # The loop ends; see `link.http`.
            pass
        finally:
            connected -= 1
            writer.close()

    try:
        return await asyncio.start_server(serve, host, port, limit=READ)
    except OSError as error:
        raise TransportError(
            f"RMR cannot be answered at {host}:{port}: {error.strerror}; --rmr may name another"
        ) from error


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counts: dict[str, int]) -> None:
    own = writer.get_extra_info("sockname")
    health = Health(f"{own[0]}:{own[1]}", counts)
    while octets := await reader.read(READ):
        if said := health.feed(octets):
            writer.write(said)
            # Whoever does not read is not read from either.
            await writer.drain()
