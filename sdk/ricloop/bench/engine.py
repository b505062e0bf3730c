"""`ricloop bench engine`: learned models on every engine, side by side, against the reference in the same process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table as Shown

from ricloop import store
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.model import Engine, ModelError
from ricloop.engine import DEFAULT, ENGINES, make
from ricloop.engine.choose import verify

MOST_ROWS = 1 << 16
REFERENCE = ("torch", "numpy")
"""The first that can run."""
WARM_UPS, LEAST_RUNS, MOST_RUNS, CASE_S = 20, 200, 20_000, 0.5
"""A case ends after so many runs, or after its seconds and the least runs."""


def bench_engine(batch: str, model: Sequence[str] | None, engines: str, json_file: Path | None) -> None:
    """Measure, print, write. Raises ConfigError for a word that cannot be used, ModelError for a model that cannot."""
    batches, names = numbers(batch), chosen(engines)
    artifacts = [store.find(name) for name in dict.fromkeys(model or store.shipped())]
    if not artifacts:
        raise ConfigError("no installed package brings a model")
    console = Console()
    rows: list[dict[str, Any]] = []
    for artifact in artifacts:
        found, missing = compared(artifact, names, batches, console)
        rows += found
        console.print(_table(artifact.version, found, batches))
        for name, reason in missing.items():
            console.print(f"{name}: {reason}", highlight=False, markup=False, soft_wrap=True)
    if json_file is not None:
        json_file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def compared(
    artifact: store.Artifact, names: Sequence[str], batches: Sequence[int], console: Console
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows of one model, and why engines are missing. Every engine that is timed gave the golden answers."""
    wanted = list(dict.fromkeys([*names, *REFERENCE]))
    ready: dict[str, Engine] = {}
    missing: dict[str, str] = {}
    for name in wanted:
        try:
            engine = make(name, artifact, batches)
            verify(engine, artifact)
            ready[name] = engine
        except ModelError as error:
            missing[name] = str(error)
    reference = next(name for name in (*REFERENCE, *ready) if name in ready)
    default = next((name for name in DEFAULT if name in ready), None)
    took: dict[tuple[str, int], dict[str, float]] = {}
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(artifact.name, total=len(ready) * len(batches))
        for rows in batches:
            for name, engine in ready.items():
                took[name, rows] = percentiles(engine, artifact, rows)
                progress.advance(task)
    for engine in ready.values():
        engine.close()
    found = [
        {
            "model": artifact.name,
            "engine": name,
            "batch": rows,
            **{key: round(value, 2) for key, value in took[name, rows].items()},
            "ratio": round(took[reference, rows]["p50_us"] / took[name, rows]["p50_us"], 2),
            "reference": reference,
            "default": name == default,
        }
        for name in ready
        if name in names
        for rows in batches
    ]
    return found, {name: reason for name, reason in missing.items() if name in names}


def percentiles(engine: Engine, artifact: store.Artifact, rows: int) -> dict[str, float]:
    """Microseconds of one run with its buffers in place, as the loop calls it."""
    table = engine.input(rows)
    table[:] = np.resize(artifact.golden[0], table.shape)
    for _ in range(WARM_UPS):
        engine.run(rows, rows)
    took = np.fromiter(_runs(engine, rows), np.int64) / 1000
    return {f"{key}_us": float(np.percentile(took, at)) for key, at in (("p50", 50), ("p99", 99), ("p999", 99.9))}


def _runs(engine: Engine, rows: int) -> Iterator[int]:
    start = time.perf_counter_ns()
    for count in range(MOST_RUNS):
        begin = time.perf_counter_ns()
        if count >= LEAST_RUNS and begin - start > CASE_S * 1e9:
            return
        engine.run(rows, rows)
        yield time.perf_counter_ns() - begin


def numbers(text: str) -> list[int]:
    """Numbers of rows. Raises ConfigError."""
    found = []
    for word in text.split(","):
        if not word.strip().isdecimal() or not 1 <= int(word) <= MOST_ROWS:
            raise ConfigError(f"--batch {text}: {word.strip()!r} is no number of rows from 1 to {MOST_ROWS}")
        found.append(int(word))
    return sorted(set(found))


def chosen(text: str) -> list[str]:
    """Engines by name. Raises ConfigError naming the nearest."""
    names = [word.strip() for word in text.split(",")]
    for name in names:
        if name not in ENGINES:
            raise ConfigError(
                f"--engines: there is no engine {name!r}.{nearest(name, ENGINES)} Engines: {', '.join(ENGINES)}"
            )
    return list(dict.fromkeys(names))


def _table(title: str, rows: Sequence[dict[str, Any]], batches: Sequence[int]) -> Shown:
    against = rows[0]["reference"] if rows else "nothing"
    shown = Shown(title=f"{title}: microseconds, and how much faster than {against}", title_justify="left")
    for column in ("rows", "engine", "p50", "p99", "p99.9", ""):
        shown.add_column(column, justify="left" if column == "engine" else "right")
    for batch in batches:
        for row in (row for row in rows if row["batch"] == batch):
            times = [f"{row[key]:.1f}" for key in ("p50_us", "p99_us", "p999_us")]
            name = f"{row['engine']} (default)" if row["default"] else row["engine"]
            shown.add_row(str(batch), name, *times, f"{row['ratio']:.1f}×")
        shown.add_section()
    return shown
