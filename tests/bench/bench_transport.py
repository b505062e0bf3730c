"""Round trip of one PDU over each transport at hand, what taking a PDU costs when they come in numbers, and what a
session costs per indication.

    python tests/bench/bench_transport.py

The peer runs in a process of its own: `echo LOOP` and `flood PORT` are how it is started. The baseline of taking
PDUs is asyncio's streams: two awaited reads a PDU.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine
from statistics import quantiles
from typing import Any, TypeVar

from ricloop.e2ap import encode
from ricloop.e2ap.messages import ActionToBeSetup, RequestId, RicIndication
from ricloop.testing.pair import KPM, SessionPair
from ricloop.transport.base import Frame, Transport
from ricloop.transport.registry import connect, listen

ResultT = TypeVar("ResultT")

ROUNDS = 20_000
SIZE = 300
FLOOD = 200_000
"""PDUs in one go."""


class Echo:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        transport.start(self)

    def frame_received(self, frame: Frame) -> None:
        self.transport.send(frame.data)

    def connection_lost(self, reason: str) -> None:
        """Nothing to clean up."""


class Pinger:
    def __init__(self, transport: Transport, rounds: int) -> None:
        self.transport, self.rounds = transport, rounds
        self.took: list[int] = []
        self.done = asyncio.Event()
        transport.start(self)
        self.ping()

    def ping(self) -> None:
        self.began = time.perf_counter_ns()
        self.transport.send(bytes(SIZE))

    def frame_received(self, _: Frame) -> None:
        self.took.append(time.perf_counter_ns() - self.began)
        if len(self.took) < self.rounds:
            self.ping()
        else:
            self.done.set()

    def connection_lost(self, reason: str) -> None:
        self.done.set()


async def serve() -> None:
    listener = await listen("tcp://127.0.0.1:0", Echo)
    print(listener.address, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await listener.close()


async def ping(address: str) -> list[int]:
    pinger = Pinger(await connect(address), ROUNDS)
    await pinger.done.wait()
    pinger.transport.close()
    return pinger.took


def round_trips(loop: str) -> list[int]:
    echo = [sys.executable, __file__, "echo", loop]
    with subprocess.Popen(echo, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            return run(loop, ping(process.stdout.readline().strip()))
        finally:
            process.stdin.close()


def run(loop: str, main: Coroutine[Any, Any, ResultT]) -> ResultT:
    factory = importlib.import_module(loop).new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


class Counting:
    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.came = 0

    def frame_received(self, _: Frame) -> None:
        self.came += 1
        if self.came == FLOOD:
            self.done.set()

    def connection_lost(self, reason: str) -> None:
        self.done.set()


async def take_by_transport() -> float:
    """Seconds of this process's CPU time until all of a flood was delivered."""
    counting = Counting()
    listener = await listen("tcp://127.0.0.1:0", lambda transport: transport.start(counting))
    took = await flood(listener.address.port, counting.done)
    await listener.close()
    assert counting.came == FLOOD
    return took


async def take_by_streams() -> float:
    done = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(FLOOD):
            await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
        writer.close()
        done.set()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    took = await flood(server.sockets[0].getsockname()[1], done)
    server.close()
    return took


async def flood(port: int, done: asyncio.Event) -> float:
    """Have a process of its own send to `port`: the CPU time here from its first octet until `done`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "flood", str(port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    began = time.process_time()
    await done.wait()
    took = time.process_time() - began
    await process.wait()
    return took


def send_flood(port: int) -> None:
    pdu = SIZE.to_bytes(4, "big") + bytes(SIZE)
    with socket.create_connection(("127.0.0.1", port)) as plain:
        print("now", flush=True)
        for _ in range(FLOOD // 1000):
            plain.sendall(pdu * 1000)


def indications() -> list[int]:
    """Nanoseconds from an indication's bytes to its event, at the RIC."""
    pair = SessionPair.connected()
    one = RequestId(1, 1)
    pair.ric.subscribe(one, KPM.id, b"", [ActionToBeSetup(id=1)], pair.now)
    pair.exchange()
    pair.node.admit(one, (1,), (), pair.now)
    pair.exchange()
    data = encode(
        RicIndication(request_id=one, function_id=KPM.id, action_id=1, sequence=1, header=bytes(12), message=bytes(200))
    )
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter_ns()
        pair.ric.receive(data, 0)
        pair.ric.events()
        took.append(time.perf_counter_ns() - began)
    return took


def report(name: str, took: list[int]) -> None:
    cuts = quantiles(took, n=1000)
    print(f"{name:<42} p50 {cuts[499] / 1e3:8.1f} us   p99 {cuts[989] / 1e3:8.1f} us   n {len(took)}")


def main() -> None:
    if sys.argv[1:2] == ["echo"]:
        run(sys.argv[2], serve())
        return
    if sys.argv[1:2] == ["flood"]:
        send_flood(int(sys.argv[2]))
        return
    report("session: indication, bytes to event", indications())
    for loop in ("asyncio", "uvloop"):
        if importlib.util.find_spec(loop) is not None:
            report(f"tcp round trip, {SIZE} octets, {loop}", round_trips(loop))
            ours, theirs = (min(run(loop, way()) for _ in range(3)) for way in (take_by_transport, take_by_streams))
            print(
                f"tcp, a flood of {SIZE} octets each, {loop}: {ours / FLOOD * 1e6:.2f} us of CPU a PDU, "
                f"{theirs / FLOOD * 1e6:.2f} us by streams, ratio {theirs / ours:.1f}"
            )


if __name__ == "__main__":
    main()
