"""`ricloop bench loop`: how long the loop takes, and how long it takes for a node, under a paced open-loop load.

Three processes beside this one: the RIC (`ricloop ric`, as an operator starts it), the nodes, and an echo over the same
kind of sockets. Blocks of load alternate with blocks of echo; a figure is the median of its blocks.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import RicloopError
from ricloop_xapps.bench.network import plan
from ricloop_xapps.bench.xapp import class_name
from ricloop_xapps.children import Child, family

BLOCKS = 5
LONGEST_BLOCK_S = 60.0
"""Reports are encoded before their block: longer runs have more blocks."""
WARM_UP_S, WARM_UP_PERIODS = 3.0, 6
"""Before the first block, whichever is longer: windows fill, and what is found out of each node once is found out."""
ECHO_SHARE = 0.2
"""Of a block's length: the echo beside it."""
READY_S = 60.0
MISSES = frozenset(("late", "no time", "tripped"))
"""Causes of an answer that is not the handler's."""

Tell = Callable[[str, float], None]
"""What happens now, and which share of all is done."""


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """See the command's help for each."""

    nodes: int
    cells: int
    period_ms: int
    seconds: float
    model: str | None
    burst: bool
    seed: int
    trace: str | None = None
    """A file for every decision's stages."""
    blocks: int = BLOCKS


def bench_loop(options: LoopOptions, tell: Tell) -> dict[str, Any]:
    """The result as `--json` has it. Raises ChildError when a process ends before its time."""
    with tempfile.TemporaryDirectory(prefix="ricloop-bench-") as scratch, family() as children:
        folder = Path(scratch)
        topology = folder / "topology.json"
        topology.write_text(json.dumps(plan(options.nodes, options.cells).topology()))
        echo = Child("the echo", [], folder / "echo.log", module="ricloop_xapps.bench.echo")
        children.append(echo)
        xapp = f"ricloop_xapps.bench.xapp:{class_name(options.period_ms, options.model)}"
        arguments = ["ric", "--harness", "--quiet", "--listen", "tcp://127.0.0.1:0", "--xapp", xapp]
        arguments += ["--topology", str(topology), "--audit", str(folder / "audit.jsonl")]
        if options.trace is not None:
            arguments += ["--trace", options.trace]
        ric = Child("the RIC", arguments, folder / "ric.log")
        children.append(ric)
        asked = asdict(options) | {"ric": ric.answer()["ready"]["listen"][0], "echo": echo.answer()["ready"]}
        nodes = Child("the nodes", [json.dumps(asked)], folder / "nodes.log", module="ricloop_xapps.bench.nodes")
        children.append(nodes)
        nodes.answer()
        _subscribed(ric, options.nodes)
        blocks, spent = _blocks(options, nodes, ric.pid, tell)
        summary = ric.ask("finish")["result"]
        nodes.ask("finish", file=str(folder / "journal.json"))
        return _result(options, blocks, spent, summary, folder)


def _subscribed(ric: Child, nodes: int) -> None:
    """Wait until every node admitted what is asked of it: its load and its cells' states."""
    end = time.monotonic() + READY_S
    while ric.ask("status")["subscriptions"] < 2 * nodes:
        if time.monotonic() > end:
            raise RicloopError(f"{nodes} nodes did not admit their subscriptions in {READY_S:g} s")
        time.sleep(0.1)


def _blocks(options: LoopOptions, nodes: Child, ric: int, tell: Tell) -> tuple[list[tuple[int, int]], float]:
    """Begin and end of each block, and the share of a processor that the RIC's process took in them."""
    count = max(options.blocks, math.ceil(options.seconds / LONGEST_BLOCK_S))
    length = options.seconds / count
    blocks, busy, total = [], 0.0, 0.0
    tell("warming up", 0.0)
    nodes.ask("pace", seconds=max(WARM_UP_S, WARM_UP_PERIODS * options.period_ms / 1000))
    for number in range(count):
        tell(f"block {number + 1} of {count}", number / count)
        before, begun = _cpu_s(ric), time.monotonic()
        block = nodes.ask("pace", seconds=length)
        busy, total = busy + _cpu_s(ric) - before, total + time.monotonic() - begun
        blocks.append((block["begun"], block["begun"] + round(length * 1e9)))
        tell(f"echo {number + 1} of {count}", (number + 0.8) / count)
        nodes.ask("echo", seconds=length * ECHO_SHARE)
    return blocks, busy / total


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ------------------------------------------------------------------------------------------------------- reckoning


def _result(
    options: LoopOptions, blocks: list[tuple[int, int]], spent: float, summary: dict[str, Any], folder: Path
) -> dict[str, Any]:
    journal = json.loads((folder / "journal.json").read_text())
    loop, e2e, missed, rules = _decisions(folder / "audit.jsonl", journal)
    echoes = np.array(journal["echoes"], np.int64).reshape(-1, 2)
    echo = np.stack([echoes[:, 0], echoes[:, 1] - echoes[:, 0]], axis=1)
    ends = [blocks[n + 1][0] if n + 1 < len(blocks) else 1 << 62 for n in range(len(blocks))]
    within = [sum(int(((at >= begun) & (at < end)).sum()) for begun, end in blocks) for at in (loop[:, 0], missed)]
    return {
        "schema": 1,
        **asdict(options),
        "received": summary["received"],
        "decided": summary["decided"],
        "superseded": summary["superseded"],
        "refused": summary["refused"],
        "decisions": len(loop),
        "controls": summary["controls"]["sent"],
        "loop_ms": _quantiles(loop, blocks),
        "e2e_ms": _quantiles(e2e, blocks),
        "echo_ms": _quantiles(echo, [(begun, end) for (begun, _), end in zip(blocks, ends, strict=True)]),
        "stages": summary["stages_us"],
        "misses": within[1],
        "misses_percent": round(100 * within[1] / max(1, within[0]), 4),
        "superseded_percent": round(100 * summary["superseded"] / max(1, summary["received"]), 4),
        "answered_by_rule": rules,
        "indications_per_s": round(options.nodes * options.cells * 1000 / options.period_ms, 1),
        "cpu_percent": round(100 * spent, 1),
        "audit_dropped": summary["audit_dropped"],
    }


def _decisions(
    audit: Path, journal: dict[str, Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    """(scheduled, loop ns) and (scheduled, end-to-end ns) of every decision, when those were scheduled that missed
    their deadline or whose model was not started, and how many of them the rule answered."""
    scheduled = {tuple(row[:5]): row[5] for row in journal["indications"]}
    received = {tuple(row[:3]): row[3] for row in journal["controls"]}
    loop, e2e, missed, rules = [], [], [], 0
    with audit.open() as lines:
        for line in lines:
            record = json.loads(line)
            if record["kind"] != "decision":
                continue
            starts = [at for trigger in record["triggers"] if (at := scheduled.get(tuple(trigger))) is not None]
            if not starts:
                continue
            begun = min(starts)
            if record["cause"] in MISSES:
                missed.append(begun)
                rules += record["source"] == "rule"
            loop.append((begun, round(record["loop_ms"] * 1e6)))
            e2e += [
                (begun, end - begun)
                for control in record["controls"]
                if (end := received.get(tuple(control["request"]))) is not None
            ]
    tables = [np.array(rows, np.int64).reshape(-1, 2) for rows in (loop, e2e)]
    return tables[0], tables[1], np.array(missed, np.int64), rules


def _quantiles(rows: NDArray[np.int64], blocks: list[tuple[int, int]]) -> dict[str, Any]:
    """Of each block by its instants; the medians of the blocks, in ms."""
    found: dict[str, list[float]] = {"p50": [], "p99": [], "p999": [], "max": []}
    count = 0
    for begun, end in blocks:
        took = rows[(rows[:, 0] >= begun) & (rows[:, 0] < end), 1] / 1e6
        count += len(took)
        if len(took):
            for name, percent in (("p50", 50), ("p99", 99), ("p999", 99.9), ("max", 100)):
                found[name].append(float(np.percentile(took, percent)))
    return {"count": count, **{name: round(median(values), 3) if values else None for name, values in found.items()}}
