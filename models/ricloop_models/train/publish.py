"""The end of every training: the artifact with its card, lineage, scores, calibration and measured times."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np

from ricloop.core.model import BUCKETS, ModelError, Table
from ricloop.core.time import Clock
from ricloop.engine import DEFAULT, make, onnx
from ricloop.engine.choose import verify
from ricloop.engine.graph import Graph
from ricloop.link.clock import SystemClock
from ricloop.store import Artifact, Calibration, Latency, Lineage, Percentiles, Scores, save
from ricloop_models.train import fit
from ricloop_models.train.card import card

TOLERANCE = 1e-5
"""Of the golden answers."""
LEAST_RUNS, MOST_RUNS, CASE_NS = 50, 2_000, 500_000_000
"""A bucket is measured until so many runs, or so many nanoseconds after the least."""


def publish(
    out: Path,
    graph: Graph,
    golden_inputs: Table,
    *,
    name: str,
    version: str,
    window: Mapping[str, Any],
    output: Mapping[str, Any],
    period_ms: int,
    day_ms: int,
    calibration: Calibration,
    settings: Any,
    data_sha256: str,
    seeds: Mapping[str, Sequence[int]],
    scores: Mapping[str, Mapping[str, float]],
    legend: str,
    paragraphs: Sequence[str],
    score_tolerance: Mapping[str, float],
    parameters: int | None = None,
    source: str | None = None,
    baselines: Sequence[str] | None = None,
    trained: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> Artifact:
    """Write an artifact, and load it again as a RIC would.

    `window`: `metrics`, `length`, `calendar` and so on of a `WindowSpec`, without its period and day. `output`: a
    `ForecastSpec` or `AnomaliesSpec`. `calibration`: JSON with finite numbers. `settings`: the run's dataclass.
    `seeds`: by part, as `training`. `scores`: by who, the model's row first and its headline first in it; each row the
    same figures. `legend` says what they are. `baselines`: rows that a promotion asks it to beat; not given: all but
    the model's and its variants (rows that begin with the model's name in the table). `score_tolerance`: by figure, how
    far a training from the same seed may be off. `parameters`: not given, what the constants hold. `source`: scenario
    or data set; not given, the settings' `scenario`. `trained`: how, as `Fitted.how`.

    Golden answers are computed in double precision. Raises ModelError where no engine gives them.
    """
    golden = golden_inputs, fit.answers(graph, golden_inputs)
    model = next(iter(scores))
    rows = {who: {figure: float(value) for figure, value in row.items()} for who, row in scores.items()}
    facts = json.loads(json.dumps(asdict(settings)))
    times = latency(Draft(name, onnx.write(graph), golden, TOLERANCE), clock or SystemClock())
    return save(
        out,
        graph,
        golden,
        card=card(name, paragraphs, rows, legend),
        lineage=Lineage(
            source=source if source is not None else str(facts.get("scenario", "")),
            seeds={part: tuple(map(int, numbers)) for part, numbers in seeds.items()},
            settings=facts,
            code=fit.code_digest(),
            data_sha256=data_sha256,
            packages=fit.packages(),
            trained=dict(trained or {}),
        ),
        scores=Scores(
            protocol=legend,
            model=model,
            headline=next(iter(rows[model])),
            baselines=tuple([who for who in rows if not who.startswith(model)] if baselines is None else baselines),
            scores=rows,
            tolerance=dict(score_tolerance),
        ),
        calibration=calibration,
        latency=times,
        about={
            "name": name,
            "version": version,
            "window": {**window, "period_ms": period_ms, "day_ms": day_ms},
            "output": dict(output),
            "parameters": parameters if parameters is not None else _floats(graph),
            "tolerance": TOLERANCE,
            "engines": tuple(times.engines),
        },
    )


@dataclass(frozen=True)
class Draft:
    """A network that is not published yet: what engines are made from."""

    name: str
    onnx: bytes
    golden: tuple[Table, Table]
    tolerance: float


def latency(draft: Draft, clock: Clock) -> Latency:
    """Times of every engine that is there and gives the golden answers, full buckets. Raises ModelError where none
    does."""
    found, failures = {}, []
    for name in DEFAULT:
        try:
            engine = make(name, draft, BUCKETS)
            verify(engine, draft)
        except ModelError as error:
            failures.append(str(error))
            continue
        found[name] = {bucket: _timed(engine, bucket, clock) for bucket in BUCKETS}
        engine.close()
    if not found:
        raise ModelError(f"model {draft.name}: no engine can run it: {'; '.join(failures)}")
    return Latency(host=host_class(), engines=found)


def host_class() -> dict[str, str]:
    """What times depend on: CPU, cores and packages."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line for line in cpuinfo.read_text(errors="replace").splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    packages = {package: installed(package) for package in ("numpy", "onnxruntime")}
    return {"cpu": model, "cores": str(os.cpu_count()), "system": platform.system(), **packages}


def _timed(engine: Any, bucket: int, clock: Clock) -> Percentiles:
    engine.input(bucket)[:] = 0
    engine.run(bucket, bucket)
    took: list[int] = []
    while len(took) < LEAST_RUNS or (len(took) < MOST_RUNS and sum(took) < CASE_NS):
        begin = clock.now()
        engine.run(bucket, bucket)
        took.append(clock.now() - begin)
    p50, p99, p999 = (round(float(np.percentile(took, percent)) / 1000, 1) for percent in (50, 99, 99.9))
    return Percentiles(p50_us=p50, p99_us=p99, p999_us=p999)


def _floats(graph: Graph) -> int:
    return sum(value.size for value in graph.constants.values() if value.dtype.kind == "f")
