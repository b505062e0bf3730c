"""Round trip of one PDU over each transport at hand, and what a session costs per indication.

    python tests/bench/bench_transport.py

The echo runs in a process of its own, with the same event loop; `echo LOOP` is how that process is started.
"""

from __future__ import annotations

import asyncio
import importlib.util
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
    report("session: indication, bytes to event", indications())
    for loop in ("asyncio", "uvloop"):
        if importlib.util.find_spec(loop) is not None:
            report(f"tcp round trip, {SIZE} octets, {loop}", round_trips(loop))


if __name__ == "__main__":
    main()
