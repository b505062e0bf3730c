"""Long counts: random values and spoilt PDUs by the million, and whole runs over many seeds. Stops and resumes at any
point.

    python -m tests.soak [--values 100000] [--pdus 1000000] [--association 100000] [--runs 40] [--pieces 6] [--many 1]
                         [--fresh]

What is done is kept in `build/soak.json`; a second call goes on from there. Ends with status 1 at the first thing that
may not happen, naming the block or seed that shows it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ricloop.core.errors import DecodeError
from ricloop.e2ap import decode, fast
from ricloop.runtime.log import configure
from ricloop.runtime.stats import Latencies
from ricloop.testing.pair import SessionPair
from ricloop_xapps.demo.memory import run_in_memory
from ricloop_xapps.demo.options import DemoOptions, Pace, Wire
from ricloop_xapps.demo.result import broken_promises, combine
from tests.codec.test_fuzz import PDUS, spoil
from tests.many import Many, heap, problems, watch_memory
from tests.virtual_time import run_virtually

STATE = Path(__file__).resolve().parent.parent / "build" / "soak.json"
BLOCK = 1000


def spoilt(block: int) -> list[bytes]:
    """A block of PDUs, each spoilt once to three times; the same for the same number."""
    rng = np.random.default_rng([2026, block])
    draws = rng.integers(0, [len(PDUS), 4, 256, 1 << 16], size=(BLOCK, 4))
    times = rng.integers(1, 4, size=BLOCK)
    found = []
    for (which, kind, value, place), again in zip(draws.tolist(), times.tolist(), strict=True):
        octets = PDUS[which]
        for turn in range(again):
            octets = spoil(octets, (kind + turn) % 4, value, place * (turn + 1))
        found.append(octets)
    return found


def pdus(block: int) -> str:
    """Every PDU is read or gives DecodeError. The slowest of the block."""
    slowest = 0.0
    for octets in spoilt(block):
        begin = time.perf_counter()
        fast.decode_indication(octets)
        with contextlib.suppress(DecodeError):
            decode(octets)
        slowest = max(slowest, time.perf_counter() - begin)
    return f"slowest {slowest * 1000:.1f} ms"


def association(block: int) -> str:
    """Nothing that arrives raises out of a session, at either end; the pair always falls silent."""
    pair = SessionPair.connected()
    for octets in spoilt(1_000_000 + block):
        for give in (pair.to_ric, pair.to_node):
            give(octets)
        if pair.ric.should_close or pair.node.should_close:
            pair = SessionPair.connected()
    return ""


def runs(seed: int) -> str:
    """A whole demo keeps its promises, whatever the seed."""
    with TemporaryDirectory() as folder:
        options = DemoOptions(
            20.0, "three-sites", seed, Wire.MEMORY, Pace.FREE, "energy-saving", (), None, Path(folder), False
        )
        ric, worlds = run_in_memory(options, lambda *_: None)
    result = combine(ric, worlds, Latencies().quantiles(), repeatable=True)
    problems = broken_promises(result)
    if result["energy_saved_percent"] <= 0:
        problems.append(f"saved {result['energy_saved_percent']} %")
    if problems:
        raise AssertionError(f"seed {seed}: {'; '.join(problems)}")
    return f"saved {result['energy_saved_percent']:.2f} % of {result['clairvoyant_saved_percent']:.2f} %"


def values(block: int) -> str:
    """So many random values of every format of every message, there and back; others for each block."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "values", f"--hypothesis-seed={block}"]
    environment = {**os.environ, "RICLOOP_VALUES": str(BLOCK)}
    folders = ("tests/codec", "tests/e2sm")
    ended = subprocess.run(
        [*command, *folders], cwd=STATE.parent.parent, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise AssertionError(ended.stdout[-4000:] + ended.stderr[-1000:])
    return f"each of {ended.stdout.split(' passed')[0].split()[-1]} types"


def five_minutes(seed: int) -> str:
    """A hundred nodes for five minutes of virtual time; all of them are lost at once in the middle."""
    return _many_nodes(seed, 1)


def many_nodes(seed: int) -> str:
    """A hundred nodes for half an hour of virtual time; all of them are lost at once every five minutes."""
    return _many_nodes(seed, 6)


def _many_nodes(seed: int, fives: int) -> str:
    async def run() -> str:
        many = Many(seed)
        middle = 0
        for five in range(fives):
            await many.run(280)
            if five == fives // 2:
                middle = heap()
            elif found := problems(many, middle or heap(), heap()):
                raise AssertionError("; ".join(found))
            many.cut_all()
            await many.run(20)
        if found := problems(many, middle, heap()):
            raise AssertionError("; ".join(found))
        grown = (heap() - middle) / 1000
        return f"{many.ric.account.received} indications received, {grown:+.0f} kB since the middle"

    configure(quiet=True)
    watch_memory()
    try:
        return run_virtually(run)
    finally:
        tracemalloc.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--values", type=int, default=100_000, help="of every format of every message")
    parser.add_argument("--pdus", type=int, default=1_000_000)
    parser.add_argument("--association", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--pieces", type=int, default=6, help="five minutes with a hundred nodes")
    parser.add_argument("--many", type=int, default=1, help="half hours with a hundred nodes")
    parser.add_argument("--fresh", action="store_true", help="forget what was done before")
    wanted = parser.parse_args()
    done: dict[str, int] = {}
    if STATE.exists() and not wanted.fresh:
        done = {key: int(value) for key, value in json.loads(STATE.read_text()).items()}
    STATE.parent.mkdir(exist_ok=True)
    console = Console()
    stages: list[tuple[str, Callable[[int], str], int, int]] = [
        ("random values", values, wanted.values, BLOCK),
        ("spoilt PDUs decoded", pdus, wanted.pdus, BLOCK),
        ("spoilt PDUs at a session pair", association, wanted.association, BLOCK),
        ("demo runs", runs, wanted.runs, 1),
        ("five minutes of a hundred nodes", five_minutes, wanted.pieces, 1),
        ("half hours of a hundred nodes", many_nodes, wanted.many, 1),
    ]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    for title, work, count, size in stages:
        begin, first = time.monotonic(), done.get(title, 0)
        last = ""
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            bar = progress.add_task(title, total=count, completed=first)
            for number in range(first // size, -(-count // size)):
                try:
                    last = work(number)
                except Exception as error:
                    console.print(f"{title}: number {number} shows {type(error).__name__}: {error}", highlight=False)
                    return 1
                done[title] = (number + 1) * size
                STATE.write_text(json.dumps({"schema": 1, **done}))
                progress.update(bar, completed=done[title])
        took = time.monotonic() - begin
        console.print(
            f"{title}: {max(first, count)} without a fault ({first} of them before; {took:.0f} s now) {last}",
            highlight=False,
            soft_wrap=True,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
