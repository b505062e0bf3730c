"""The loop's end of the front process: starts it, keeps it running, and passes messages on. Nothing here waits."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from typing import Any

import structlog

from ricloop.core.errors import TransportError
from ricloop.rpc.frames import Frames, Kind, frame
from ricloop.rpc.tls import Files
from ricloop.runtime.remote.remotes import Caller, Remotes

log = structlog.get_logger()

BEGINS_WITHIN_S = 20.0
ENDS_WITHIN_S = 2.0
AGAIN_AFTER_S = 1.0
"""Before a front that died is started again."""
MOST_BUFFERED = 4 * 1024 * 1024
"""Octets that wait for a front that does not read; while there are more, nothing is sent."""


class Door:
    """xApps of other processes come in by it."""

    def __init__(self, remotes: Remotes, host: str, port: int, files: Files | None) -> None:
        """`files`: None for a door without TLS."""
        self._remotes, self._host, self._port, self._files = remotes, host, port, files
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._callers: dict[int, Caller] = {}
        self._ready: asyncio.Future[int] | None = None
        self._closed = False
        self._spawning: asyncio.Future[None] | None = None
        self.starts = 0

    @property
    def where(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port}"

    async def start(self) -> None:
        """Serve. Raises TransportError where that cannot be."""
        self._ready = asyncio.get_running_loop().create_future()
        try:
            await self._spawn()
            async with asyncio.timeout(BEGINS_WITHIN_S):
                # The same again, should it be started anew.
                self._port = await self._ready
        except TimeoutError:
            await self.close()
            raise TransportError(f"xApps cannot be served at {self.where}: its process does not begin") from None
        except TransportError:
            await self.close()
            raise
        finally:
            self._ready = None

    async def close(self) -> None:
        """End the process."""
        self._closed = True
        process, self._process = self._process, None
        if self._transport is not None:
            self._transport.close()
        if process is None:
            return
        for _ in range(round(ENDS_WITHIN_S / 0.01)):
            if process.poll() is not None:
                return
            await asyncio.sleep(0.01)
        process.kill()
        process.wait()

    async def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        paths = (
            None if self._files is None else [str(path) for path in (self._files.ca, self._files.cert, self._files.key)]
        )
        options = json.dumps({"where": self.where, "files": paths, "descriptor": theirs.fileno()})
        self.starts += 1
        self._process = subprocess.Popen(  # noqa: ASYNC220  # once, and short
            [sys.executable, "-m", "ricloop.rpc.front", options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
        theirs.close()
        await asyncio.get_running_loop().create_connection(lambda: _Pair(self), sock=ours)

    # ------------------------------------------------------------------------------------------ what the pair brings

    def opened(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def take(self, stream: int, kind: Kind, octets: bytes) -> None:
        if kind is Kind.DATA:
            if (caller := self._callers.get(stream)) is not None:
                self._remotes.received(caller, octets)
        elif kind is Kind.OPENED:
            told = json.loads(octets)
            names = None if self._files is None else frozenset(told["names"] or ())
            self._callers[stream] = self._remotes.opened(_Wire(self, stream), told["peer"], names)
        elif kind is Kind.CLOSED:
            if (caller := self._callers.pop(stream, None)) is not None:
                self._remotes.closed(caller, octets.decode())
        elif kind is Kind.REFUSED:
            why, detail = json.loads(octets)
            self._remotes.count(why, detail)
        elif self._ready is not None and not self._ready.done():
            if kind is Kind.READY:
                self._ready.set_result(json.loads(octets))
            else:
                self._ready.set_exception(
                    TransportError(f"xApps cannot be served at {self.where}: {octets.decode(errors='replace')}")
                )
        elif kind is Kind.FAILED:
            log.error("xApps cannot be served again", where=self.where, error=octets.decode(errors="replace"))

    def lost(self) -> None:
        """The front is gone, and every stream with it."""
        self._transport = None
        for caller in self._callers.values():
            self._remotes.closed(caller, "the front process ended")
        self._callers.clear()
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(TransportError(f"xApps cannot be served at {self.where}: its process ended"))
        elif not self._closed:
            process = self._process
            log.error("the front process died; xApps come back to a new one", status=process and process.poll())
            asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self._again)

    def _again(self) -> None:
        if not self._closed:
            if self._process is not None:
                # It let go of its socket: what is left of it ends now.
                self._process.kill()
                self._process.wait()
            self._spawning = asyncio.ensure_future(self._spawn())

    def send(self, stream: int, kind: Kind, octets: bytes) -> bool:
        """False where the front does not read."""
        transport = self._transport
        if transport is None or transport.get_write_buffer_size() > MOST_BUFFERED:
            return False
        transport.write(frame(stream, kind, octets))
        return True


class _Wire:
    """One stream (`session.Stream`)."""

    def __init__(self, door: Door, stream: int) -> None:
        self._door, self._stream = door, stream

    def send(self, octets: bytes) -> bool:
        return self._door.send(self._stream, Kind.DATA, octets)

    def close(self, reason: str) -> None:
        self._door.send(self._stream, Kind.CLOSE, reason.encode())


class _Pair(asyncio.Protocol):
    def __init__(self, door: Door) -> None:
        self._door, self._frames = door, Frames()

    def connection_made(self, transport: Any) -> None:
        self._door.opened(transport)

    def data_received(self, data: bytes) -> None:
        for stream, kind, octets in self._frames.feed(data):
            try:
                self._door.take(stream, kind, octets)
            except Exception as error:
                # Raised from here it would close the pair, and with it every xApp's stream.
                log.error("a message of an xApp failed in the loop", error=f"{type(error).__name__}: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.lost()
