"""How long nodes are without control when one RIC of two takes over: planned, and after a crash of all or of its loop.

The parts, in seconds: from SIGTERM, or SIGKILL of what crashes, until the lease is free, from that to the right of the
other, from that to the first association, and to the first control. Nodes decide when they try again: simulated
ones after 0.5 to 1 s, so most of a planned change is theirs. Also what the fence costs a frame.
"""

from __future__ import annotations

import signal
import statistics
import tempfile
import time
import timeit
from collections.abc import Iterator
from pathlib import Path

from ricloop.core.time import NS_PER_S
from ricloop.runtime.fence.fence import Fence
from tests.bench.rows import Row
from tests.platform.replicas import Pair, pair

SECONDS, RENEW_S = 6, 1.0
RUNS = {"planned": 3, "crash": 2, "loop": 1}
STATED = {"planned": 1.0, "crash": SECONDS + 0.3, "loop": 1.0}
"""Until the other has the right; from then on it is the nodes that have to come back."""
LOOKS = 100_000


def measure(share: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, pair(Path(folder), seconds=SECONDS, renew_s=RENEW_S) as two:
        for kind, count in RUNS.items():
            runs = [_take_over(two, kind) for _ in range(max(round(count * share), 1))]
            middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
            longest = {f"longest_{name}": max(run[name] for run in runs) for name in ("right_s", "gap_s")}
            yield {"kind": kind, "runs": len(runs), "stated_right_s": STATED[kind], **middle, **longest}
        if wrong := two.overlaps():
            raise SystemExit(f"two were in control: {wrong[:3]}")
    fence = Fence.new()
    fence.set(1 << 62, 1 << 62)
    each_s = min(timeit.repeat(fence.open, number=LOOKS, repeat=5)) / LOOKS
    fence.close()
    yield {"kind": "a look at the fence, before each write", "each_us": each_s * 1e6}


def _take_over(two: Pair, kind: str) -> dict[str, float]:
    """The parts, and what the nodes saw: `gap_s`, from the last control of the one to the first of the other."""
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
        "right_s": (taken - begun) / NS_PER_S,
        "free_s": (freed - begun) / NS_PER_S,
        "taken_s": (taken - freed) / NS_PER_S,
        "back_s": (back - taken) / NS_PER_S,
        "first_s": (control.at - back) / NS_PER_S,
        "gap_s": (control.at - last) / NS_PER_S,
    }
