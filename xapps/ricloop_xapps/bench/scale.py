"""`ricloop bench scale`: the same loop over ever more cells, and how its cost grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ricloop_xapps.bench.loop import LoopOptions, Tell, bench_loop
from ricloop_xapps.bench.network import MOST_CELLS

SIZES = ((1000, 160), (1000, 1600), (1000, 5600), (1000, 10_000), (100, 160), (100, 560), (100, 1008))
"""(period in ms, cells)."""
BLOCKS = 3


def bench_scale(
    sizes: Sequence[tuple[int, int]], seconds: float, model: str | None, seed: int, tell: Tell
) -> dict[str, Any]:
    """A point per size, and the exponent with which processor time grows with indications per second."""
    points = []
    for number, (period_ms, cells) in enumerate(sizes):
        title = f"{cells} cells every {period_ms} ms"

        def told(text: str, done: float, title: str = title, number: int = number) -> None:
            tell(f"{title}: {text}", (number + done) / len(sizes))

        nodes = -(-cells // MOST_CELLS)
        options = LoopOptions(nodes, MOST_CELLS, period_ms, seconds, model, False, seed, blocks=BLOCKS)
        result = bench_loop(options, told)
        points.append(
            {
                "cells": nodes * MOST_CELLS,
                "nodes": nodes,
                "period_ms": period_ms,
                "indications_per_s": result["indications_per_s"],
                "loop_p50_ms": result["loop_ms"]["p50"],
                "loop_p99_ms": result["loop_ms"]["p99"],
                "e2e_p50_ms": result["e2e_ms"]["p50"],
                "e2e_p99_ms": result["e2e_ms"]["p99"],
                "echo_p99_ms": result["echo_ms"]["p99"],
                "superseded_percent": result["superseded_percent"],
                "misses_percent": result["misses_percent"],
                "cpu_percent": result["cpu_percent"],
            }
        )
    return {"schema": 1, "points": points, "exponent": exponent(points)}


def exponent(points: Sequence[dict[str, Any]]) -> float | None:
    """Of processor time over indications per second, by least squares of their logarithms; None for one point."""
    pairs = [(math.log(p["indications_per_s"]), math.log(p["cpu_percent"])) for p in points if p["cpu_percent"] > 0]
    if len({rate for rate, _ in pairs}) < 2:
        return None
    rates, costs = np.array(pairs).T
    return round(float(np.polyfit(rates, costs, 1)[0]), 3)
