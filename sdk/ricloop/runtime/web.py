"""What a RIC answers over HTTP: metrics, health, and its nodes to who is on this machine."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ricloop.core.errors import ConfigError, TransportError
from ricloop.runtime.metrics import exposition

MAX_REQUEST = 8192
REQUEST_TIMEOUT_S = 5.0
STALE_S = 2.0
"""A loop that has told nothing for so long is not alive: it tells something four times a second."""
_PLAIN = "text/plain; charset=utf-8"
_PATHS = "GET /metrics, /health/alive, /health/ready, /models, /nodes and /policies"


@dataclass
class Source:
    """Where answers come from."""

    told: Callable[[], dict[str, Any] | None]
    """The newest snapshot; None before the first."""
    age_s: Callable[[], float]
    """How old that is."""
    nodes: Callable[[], Awaitable[bytes]]
    """The inventory as JSON. Raises TimeoutError where the loop does not answer."""
    drift: Callable[[], dict[str, dict[str, str]]] = dict
    """Per handler and signal, as `DriftWatch.states`."""


async def serve_web(source: Source, where: str) -> asyncio.Server:
    """Answer at HOST:PORT. Raises ConfigError or TransportError."""
    host, port = address(where)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = await _answer(source, head, writer.get_extra_info("peername")[0])
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                    "Connection: close\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever asked went away or sends no HTTP: nobody is left to tell.
            pass
        finally:
            writer.close()

    try:
        return await asyncio.start_server(answer, host, port, limit=MAX_REQUEST)
    except OSError as error:
        raise TransportError(f"metrics cannot be served at {where}: {error.strerror}") from error


def address(where: str) -> tuple[str, int]:
    """Host and port. Raises ConfigError for what is no HOST:PORT."""
    host, colon, port = where.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"--metrics {where}: write HOST:PORT, as 127.0.0.1:9464")
    return host.strip("[]"), int(port)


async def _answer(source: Source, head: bytes, asker: str) -> tuple[str, str, bytes]:
    """Status, content type and body."""
    method, path = [*head.split(b" ", 2), b""][:2]
    if method != b"GET":
        return "405 Method Not Allowed", _PLAIN, f"only {_PATHS} are here\n".encode()
    if path in (b"/health/alive", b"/health/ready"):
        wrong = _unhealthy(source, ready=path.endswith(b"ready"))
        return ("503 Service Unavailable" if wrong else "200 OK"), _PLAIN, f"{wrong or 'ok'}\n".encode()
    if path == b"/metrics":
        told = source.told()
        if told is None:
            return "503 Service Unavailable", _PLAIN, b"the loop has told nothing yet\n"
        return "200 OK", CONTENT_TYPE_LATEST, exposition(told)
    if path in (b"/models", b"/nodes", b"/policies"):
        # Addresses, cells, versions and policies are nobody's business outside this machine, wherever metrics are
        # served.
        if not ipaddress.ip_address(asker.split("%")[0]).is_loopback:
            return "403 Forbidden", _PLAIN, b"GET %b is answered on this machine only\n" % path
        if path == b"/policies":
            return _policies(source.told())
        if path == b"/models":
            return _models(source.told(), source.drift())
        return "200 OK", "application/json", await source.nodes()
    return "404 Not Found", _PLAIN, f"only {_PATHS} are here\n".encode()


def _policies(told: dict[str, Any] | None) -> tuple[str, str, bytes]:
    if told is None:
        return "503 Service Unavailable", _PLAIN, b"the loop has told nothing yet\n"
    return "200 OK", "application/json", orjson.dumps({"schema": 1, "policies": told["a1_policies"]})


def _models(told: dict[str, Any] | None, drift: dict[str, dict[str, str]]) -> tuple[str, str, bytes]:
    if told is None:
        return "503 Service Unavailable", _PLAIN, b"the loop has told nothing yet\n"
    lifecycle = told["lifecycle"]
    rows = [{**row, "drift": drift.get(f"{row['xapp']}.{row['handler']}", {})} for row in lifecycle["models"]]
    return "200 OK", "application/json", orjson.dumps({"schema": 1, **lifecycle, "models": rows})


def _unhealthy(source: Source, *, ready: bool) -> str | None:
    """What is wrong; None where nothing is. A RIC that is ending is alive, and not ready."""
    told = source.told()
    if told is None:
        return "the loop has told nothing yet"
    if (age := source.age_s()) > STALE_S:
        return f"the loop has told nothing for {age:.1f} s"
    if ready and told["stopping"]:
        return "the RIC is ending"
    return None


def own(ric: Any) -> Source:
    """A RIC in this very process: for small runs and tests."""
    from ricloop.runtime.snapshot import snapshot

    async def nodes() -> bytes:
        return orjson.dumps(ric.inventory.report())

    return Source(lambda: snapshot(ric), lambda: 0.0, nodes, ric.lifecycle.states)
