"""Octets there and back over one gRPC stream, and nothing else: the floor of what an xApp apart can cost.

`python -m ricloop_xapps.bench.bare OPTIONS`, in JSON with `files` (CA, certificate, key, or null). With `period_ms` and
`seconds` it is the client of the server at `where`, and prints `{"rtt_ms": [...]}`; without, it is the server, prints
`{"ready": where}`, and serves until its stdin ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import grpc

from ricloop.core.time import NS_PER_MS, NS_PER_S
from ricloop.rpc.channel import METHOD, Channel
from ricloop.rpc.tls import OPTIONS, Files

OCTETS = 300
"""Of a message: about those of a report of a few cells."""


class _Back(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    def service(self, details: Any) -> Any:
        return grpc.stream_stream_rpc_method_handler(self._serve) if details.method == METHOD else None

    async def _serve(self, _: Any, context: Any) -> None:
        while (octets := await context.read()) is not grpc.aio.EOF:
            await context.write(octets)


async def serve(files: Files | None) -> None:
    server = grpc.aio.server(options=OPTIONS)
    server.add_generic_rpc_handlers((_Back(),))
    if files is None:
        port = server.add_insecure_port("localhost:0")
    else:
        port = server.add_secure_port("localhost:0", files.server())
    await server.start()
    say({"ready": f"localhost:{port}"})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(None)


async def ask(where: str, files: Files | None, period_ms: int, seconds: float) -> None:
    channel, octets, times = Channel(where, files), bytes(OCTETS), []
    await channel.write(octets)
    await channel.read()
    due, end = time.monotonic_ns(), time.monotonic_ns() + round(seconds * NS_PER_S)
    while due < end:
        due += period_ms * NS_PER_MS
        await asyncio.sleep((due - time.monotonic_ns()) / NS_PER_S)
        sent = time.monotonic_ns()
        await channel.write(octets)
        await channel.read()
        times.append((time.monotonic_ns() - sent) / NS_PER_MS)
    await channel.close()
    say({"rtt_ms": times})


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    options = json.loads(sys.argv[1])
    files = None if options["files"] is None else Files(*map(Path, options["files"]))
    if "seconds" in options:
        asyncio.run(ask(options["where"], files, options["period_ms"], options["seconds"]))
    else:
        asyncio.run(serve(files))


if __name__ == "__main__":
    main()
