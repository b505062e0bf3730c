"""A process that sends back every frame that it gets, over the transport and the event loop of a RIC: the floor of what
any loop over these sockets can do. `python -m ricloop_xapps.bench.echo`; the end of stdin ends it."""

from __future__ import annotations

import asyncio
import gc
import json
import sys

from ricloop.link.loop import run
from ricloop.transport.base import Frame, Transport
from ricloop.transport.registry import listen


class Back:
    """Sends back on one connection."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        transport.start(self)

    def frame_received(self, frame: Frame) -> None:
        self._transport.send(frame.data)

    def connection_lost(self, reason: str) -> None:
        """The other end is done."""


async def serve() -> None:
    backs: list[Back] = []
    listener = await listen("tcp://127.0.0.1:0", lambda transport: backs.append(Back(transport)))
    sys.stdout.write(json.dumps({"ready": str(listener.address)}) + "\n")
    sys.stdout.flush()
    gc.freeze()
    gc.disable()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await listener.close()


if __name__ == "__main__":
    run(serve())
