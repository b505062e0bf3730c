"""The front process of a RIC: owns the gRPC server, and passes messages between its streams and the loop, unread.

`python -m ricloop.rpc.front OPTIONS`, in JSON; a socket pair, whose number OPTIONS says, leads to the loop. gRPC's
threads, TLS and whatever strangers send stay in here. A stream that says more than it was asked is closed: each message
to it lets it send one. The end of the socket pair ends the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc

from ricloop.core.affinity import step_aside
from ricloop.core.errors import RicloopError
from ricloop.rpc.channel import METHOD
from ricloop.rpc.frames import Frames, Kind, frame
from ricloop.rpc.tls import OPTIONS, Files

LARGEST = 256 * 1024
"""Octets of one message of an xApp's."""
MOST_STREAMS = 256
SLACK = 16
"""Messages that a stream may send unasked: the first one, and some that say how far it has read."""
HELLO_WITHIN_S = 5.0
AT_ONCE = 64 * 1024
_TLS = (
    ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "no certificate"),
    ("has expired", "expired"),
    ("CERTIFICATE_VERIFY_FAILED", "untrusted"),
)
"""What TLS says, and the name under which it is counted; all else is `handshake`."""


IN_USE = "the address is in use, or not of this machine; --rpc may name another"


class Front(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Streams on one side, the socket pair on the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._queues: dict[int, asyncio.Queue[bytes | None]] = {}
        self._allowances: dict[int, int] = {}
        self._reasons: dict[int, str] = {}
        self._last = 0

    # ------------------------------------------------------------------------------------------------ of the server

    def service(self, details: Any) -> Any:
        return grpc.stream_stream_rpc_method_handler(self._serve) if details.method == METHOD else None

    async def _serve(self, requests: AsyncIterator[bytes], context: Any) -> None:
        if len(self._queues) >= MOST_STREAMS:
            self.refused("full", context.peer())
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, f"{MOST_STREAMS} xApps are connected")
        self._last += 1
        stream = self._last
        queue = self._queues[stream] = asyncio.Queue()
        self._allowances[stream] = SLACK
        auth = context.auth_context()
        names = [*auth.get("x509_common_name", ()), *auth.get("x509_subject_alternative_name", ())]
        told = {"peer": context.peer(), "names": [name.decode("utf-8", "replace") for name in names] if auth else None}
        self._writer.write(frame(stream, Kind.OPENED, json.dumps(told).encode()))
        reading = asyncio.ensure_future(self._read(stream, requests))
        try:
            while (octets := await queue.get()) is not None:
                await context.write(octets)
        finally:
            reading.cancel()
            del self._queues[stream], self._allowances[stream]
            self._writer.write(frame(stream, Kind.CLOSED, self._reasons.pop(stream, "the connection ended").encode()))

    async def _read(self, stream: int, requests: AsyncIterator[bytes]) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S) as hurry:
                async for octets in requests:
                    hurry.reschedule(None)
                    self._allowances[stream] -= 1
                    if self._allowances[stream] < 0:
                        self._close(stream, "flood")
                        return
                    self._writer.write(frame(stream, Kind.DATA, octets))
                    # Where the loop is slower than all streams together, they wait.
                    await self._writer.drain()
        except TimeoutError:
            self._close(stream, "it did not say who it is")
        except grpc.RpcError:
            pass
        self._close(stream, "the connection ended")

    def _close(self, stream: int, reason: str) -> None:
        if stream in self._queues:
            self._reasons.setdefault(stream, reason)
            self._queues[stream].put_nowait(None)

    # -------------------------------------------------------------------------------------------------- of the loop

    async def run(self) -> None:
        """Until the loop is gone."""
        frames = Frames()
        while octets := await self._reader.read(AT_ONCE):
            for stream, kind, content in frames.feed(octets):
                queue = self._queues.get(stream)
                if queue is None:
                    continue
                if kind is Kind.DATA:
                    self._allowances[stream] += 1
                    queue.put_nowait(content)
                elif kind is Kind.CLOSE:
                    self._close(stream, content.decode())

    def refused(self, why: str, detail: str) -> None:
        self._writer.write(frame(0, Kind.REFUSED, json.dumps([why, detail]).encode()))


async def listen_to_tls(front: Front) -> None:
    """gRPC tells failed handshakes nowhere but on its standard error: read them there, and pass on all else."""
    read, write = os.pipe()
    ours = os.dup(2)
    os.dup2(write, 2)
    os.close(write)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb", buffering=0)
    )
    while line := await reader.readline():
        text = line.decode("utf-8", "replace").strip()
        if "Handshake failed" in text:
            why = next((name for mark, name in _TLS if mark in text), "handshake")
            front.refused(why, text.partition("Handshake failed with error ")[2] or text)
        else:
            os.write(ours, line)


async def serve(options: dict[str, Any], pair: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=pair)
    front = Front(reader, writer)
    telling = asyncio.ensure_future(listen_to_tls(front))
    server = grpc.aio.server(options=(*OPTIONS, ("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", LARGEST)))
    server.add_generic_rpc_handlers((front,))
    try:
        paths = options["files"]
        if paths is None:
            port = server.add_insecure_port(options["where"])
        else:
            port = server.add_secure_port(options["where"], Files(*map(Path, paths)).server())
        if not port:
            raise RicloopError(IN_USE)
        await server.start()
    except (RuntimeError, RicloopError) as error:
        # gRPC's own words name an environment variable, and no way out.
        why = IN_USE if "bind" in str(error) else str(error)
        writer.write(frame(0, Kind.FAILED, why.encode()))
        await writer.drain()
        writer.close()
        return
    writer.write(frame(0, Kind.READY, json.dumps(port).encode()))
    await front.run()
    telling.cancel()
    await server.stop(0.2)


def main() -> None:
    # Ctrl-C is for the loop, whose end ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    step_aside()
    options = json.loads(sys.argv[1])
    pair = socket.socket(fileno=options["descriptor"])
    pair.setblocking(False)
    asyncio.run(serve(options, pair))


if __name__ == "__main__":
    main()
