"""Round trip of one PDU over TCP, what taking a PDU costs when they come in numbers, and a session per indication.

The peer runs in a process of its own: `python -m tests.bench.transport echo LOOP` and `flood PORT` are how it is
started. The baseline of taking PDUs is asyncio's streams: two awaited reads a PDU.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ricloop.e2ap import encode
from ricloop.e2ap.messages import ActionToBeSetup, RequestId, RicIndication
from ricloop.testing.pair import KPM, SessionPair
from ricloop.transport.base import Frame, Transport
from ricloop.transport.registry import connect, listen
from tests.bench.rows import Row, middle_and_tail, times

ResultT = TypeVar("ResultT")

ROUNDS = 20_000
SIZE = 300
FLOOD, AT_ONCE = 200_000, 1000
"""PDUs until the end of a flood, and of one call."""
PEER = (sys.executable, "-m", "tests.bench.transport")
ROOT = Path(__file__).resolve().parents[2]


def measure(share: float) -> Iterator[Row]:
    rounds, count = times(ROUNDS, share), max(round(FLOOD * share / AT_ONCE), 1) * AT_ONCE
    yield _row("session: indication, octets to event", indications(rounds))
    for loop in ("asyncio", "uvloop"):
        if importlib.util.find_spec(loop) is None:
            continue
        yield _row(f"tcp round trip, {SIZE} octets, {loop}", round_trips(loop, rounds))
        ours, theirs = (
            min(run(loop, way(count)) for _ in range(3)) / count * 1e6 for way in (take_by_transport, take_by_streams)
        )
        yield {"what": f"tcp flood, CPU a PDU, {loop}", "us": ours, "streams_us": theirs, "ratio": theirs / ours}


def _row(what: str, took_ns: list[int]) -> Row:
    middle, tail = middle_and_tail(took_ns)
    return {"what": what, "p50_us": middle, "p99_us": tail}


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


async def ping(address: str, rounds: int) -> list[int]:
    pinger = Pinger(await connect(address), rounds)
    await pinger.done.wait()
    pinger.transport.close()
    return pinger.took


def round_trips(loop: str, rounds: int) -> list[int]:
    echo = [*PEER, "echo", loop]
    with subprocess.Popen(echo, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            return run(loop, ping(process.stdout.readline().strip(), rounds))
        finally:
            process.stdin.close()


def run(loop: str, main: Coroutine[Any, Any, ResultT]) -> ResultT:
    factory = importlib.import_module(loop).new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


class Counting:
    def __init__(self, count: int) -> None:
        self.done = asyncio.Event()
        self.came, self.count = 0, count

    def frame_received(self, _: Frame) -> None:
        self.came += 1
        if self.came == self.count:
            self.done.set()

    def connection_lost(self, reason: str) -> None:
        self.done.set()


async def take_by_transport(count: int) -> float:
    """Seconds of this process's CPU time until all of a flood was delivered."""
    counting = Counting(count)
    listener = await listen("tcp://127.0.0.1:0", lambda transport: transport.start(counting))
    took = await flood(listener.address.port, count, counting.done)
    await listener.close()
    assert counting.came == count
    return took


async def take_by_streams(count: int) -> float:
    done = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(count):
            await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
        writer.close()
        done.set()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    took = await flood(server.sockets[0].getsockname()[1], count, done)
    server.close()
    return took


async def flood(port: int, count: int, done: asyncio.Event) -> float:
    """Have a process of its own send to `port`: the CPU time here from its first octet until `done`."""
    process = await asyncio.create_subprocess_exec(
        *PEER, "flood", str(port), str(count), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    await process.stdout.readline()
    began = time.process_time()
    await done.wait()
    took = time.process_time() - began
    await process.wait()
    return took


def send_flood(port: int, count: int) -> None:
    pdu = SIZE.to_bytes(4, "big") + bytes(SIZE)
    with socket.create_connection(("127.0.0.1", port)) as plain:
        print("now", flush=True)
        for _ in range(count // AT_ONCE):
            plain.sendall(pdu * AT_ONCE)


def indications(rounds: int) -> list[int]:
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
    for _ in range(rounds):
        began = time.perf_counter_ns()
        pair.ric.receive(data, 0)
        pair.ric.events()
        took.append(time.perf_counter_ns() - began)
    return took


if __name__ == "__main__":
    if sys.argv[1] == "echo":
        run(sys.argv[2], serve())
    else:
        send_flood(int(sys.argv[2]), int(sys.argv[3]))
