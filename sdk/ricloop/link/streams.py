"""A TCP server of few connections, in the loop of whoever serves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from ricloop.core.errors import TransportError

Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve_streams(
    serve: Serve, host: str, port: int, *, most: int, limit: int, what: str, option: str
) -> asyncio.Server:
    """`serve` each connection to its end; one more than `most` at once is closed unanswered. `limit`: octets that are
    read ahead.

    Raises TransportError where it cannot be listened at: `what` says so, and `option` may name another place.
    """
    connected = 0

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected
        connected += 1
        try:
            if connected <= most:
                await serve(reader, writer)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever it was went away, said nothing, or speaks something else: nobody is left to tell.
            pass
        except asyncio.CancelledError:
            # The loop ends: asyncio's streams of Python 3.11 would print a traceback for each connection.
            pass
        finally:
            connected -= 1
            writer.close()

    try:
        return await asyncio.start_server(served, host, port, limit=limit)
    except OSError as error:
        raise TransportError(f"{what}: {error.strerror}; {option} may name another") from error
