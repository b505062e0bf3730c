"""How long nodes are without control when one RIC of two takes over: planned, and after a crash of all or of its loop.

    python tests/bench/bench_lease.py

The parts, in seconds: from SIGTERM, or SIGKILL of what crashes, until the lease is free, from that to the right of the
other, from that to the first association, and to the first control. Nodes decide when they try again: simulated
ones after 0.5 to 1 s, so most of a planned change is theirs. Also what the fence costs a frame.
"""

from __future__ import annotations

import signal
import statistics
import sys
import tempfile
import time
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ricloop.core.time import NS_PER_S
from ricloop.runtime.fence import Fence
from tests.platform.replicas import Pair, pair

SECONDS, RENEW_S = 6, 1.0
RUNS = {"planned": 3, "crash": 2, "loop": 1}
STATED = {"planned": 1.0, "crash": SECONDS + 0.3, "loop": 1.0}
"""Until the other has the right; from then on it is the nodes that have to come back."""


def measure(two: Pair, kind: str) -> dict[str, float]:
    """The parts, and what the nodes saw: `gap`, from the last control of the one to the first of the other."""
    first = two.settled()
    other, seen = two.other(first), len(two.service.seen())
    begun = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    number = signal.SIGTERM if kind == "planned" else signal.SIGKILL
    first.signal(number, parent=kind != "loop", child=kind != "planned")
    control = two.controlled_by(other, seen)
    last = max(c.at for c in two.service.seen() if c.pod == first.key)
    with two.api.lock:
        writes = [write for write in two.api.writes if write.at > begun]
    taken = next(write.at for write in writes if write.who == other.name)
    freed = next((write.at for write in writes if not write.holder), taken)
    back = next(at for at, pod in two.service.associations if pod == other.key and at >= taken)
    return {
        "right": (taken - begun) / NS_PER_S,
        "free": (freed - begun) / NS_PER_S,
        "taken": (taken - freed) / NS_PER_S,
        "back": (back - taken) / NS_PER_S,
        "first": (control.at - back) / NS_PER_S,
        "gap": (control.at - last) / NS_PER_S,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, pair(Path(folder), seconds=SECONDS, renew_s=RENEW_S) as two:
        for kind, count in RUNS.items():
            rows = [measure(two, kind) for _ in range(count)]
            middle = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
            longest = {name: max(row[name] for row in rows) for name in rows[0]}
            print(
                f"{kind:8} {count} times: the other has the right after {middle['right']:.2f} s (longest "
                f"{longest['right']:.2f}, stated {STATED[kind]:.1f}): {middle['free']:.2f} until the lease is free, "
                f"{middle['taken']:.2f} until it is taken; then {middle['back']:.2f} until a node is back and "
                f"{middle['first']:.2f} until its first control"
            )
            print(
                f"{'':8} last control of the one to first of the other: {middle['gap']:.2f} s "
                f"(longest {longest['gap']:.2f})"
            )
        if wrong := two.overlaps():
            raise SystemExit(f"two were in control: {wrong[:3]}")
    fence = Fence.new()
    fence.set(1 << 62, 1 << 62)
    each = min(timeit.repeat(fence.open, number=100_000, repeat=5)) / 100_000
    print(f"a look at the fence, before each write: {each * 1e9:.0f} ns")
    fence.close()


if __name__ == "__main__":
    main()
