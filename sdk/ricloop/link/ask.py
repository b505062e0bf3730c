"""One request over HTTP, and its answer: bounded in octets and time, no redirects, no proxies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from ricloop.core.errors import ConfigError, DecodeError, TransportError
from ricloop.transport.errors import CONNECTING, why

MOST_HEAD = 65_536
"""Octets of an answer's head."""
MOST_BODY = 4096
"""Octets of its body that are kept: enough for a reason."""


@dataclass(frozen=True, slots=True)
class Url:
    """`http://HOST:PORT/PATH`."""

    host: str
    port: int
    path: str

    def __str__(self) -> str:
        return f"http://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    reason: str
    body: bytes
    """At most MOST_BODY octets of it."""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        said = " ".join(self.body.decode(errors="replace").split())
        return f"{self.status} {self.reason}{f': {said}' if said else ''}"


def parse_url(
    text: str, name: str, example: str = "http://HOST:PORT/PATH, as http://127.0.0.1:8080/ric/v1/health/ready"
) -> Url:
    """Of `name`, an option or argument. Raises ConfigError that shows a right one, as `example`."""
    try:
        parts = urlsplit(text)
        port = parts.port or 80
    except ValueError as error:
        raise ConfigError(f"{name} {text}: {error}; write {example}") from error
    if parts.scheme != "http" or not parts.hostname or parts.username or not text.isascii() or not text.isprintable():
        raise ConfigError(f"{name} {text}: write {example}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Url(parts.hostname, port, path.replace(" ", "%20"))


async def ask(url: Url, body: bytes | None = None, *, timeout_s: float) -> Answered:
    """GET, or POST of a JSON body. Raises TransportError where nobody answers in time, or not in HTTP."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _exchange(url, body)
    except TimeoutError:
        raise TransportError(f"{url}: no answer within {timeout_s:g} s") from None
    except OSError as error:
        raise TransportError(f"{url}: {why(url.host, error, CONNECTING)}") from error
    except UnicodeError as error:
        raise TransportError(f"{url}: {error}") from error
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, DecodeError) as error:
        raise TransportError(f"{url}: what answers there speaks no HTTP") from error


def status_of(head: bytes) -> tuple[int, str]:
    """Status and reason of an answer's head. Raises DecodeError for what is none."""
    first = head.partition(b"\r\n")[0].decode("latin-1")
    version, status, reason = [*first.split(" ", 2), "", ""][:3]
    if not version.startswith("HTTP/1.") or not (len(status) == 3 and status.isascii() and status.isdecimal()):
        raise DecodeError(f"{first[:80]!r} begins no answer of HTTP/1", path="HTTP")
    return int(status), reason


async def _exchange(url: Url, body: bytes | None) -> Answered:
    reader, writer = await asyncio.open_connection(url.host, url.port, limit=MOST_HEAD)
    try:
        # HTTP/1.0: the answer ends with the connection, and comes in one piece.
        head = f"{'GET' if body is None else 'POST'} {url.path} HTTP/1.0\r\nHost: {url.authority}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n".encode() + (body or b""))
        await writer.drain()
        status, reason = status_of(await reader.readuntil(b"\r\n\r\n"))
        kept = b""
        while len(kept) < MOST_BODY and (more := await reader.read(MOST_BODY - len(kept))):
            kept += more
        return Answered(status, reason, kept)
    finally:
        writer.close()
