"""The end of every training: the artifact with its card, lineage, scores, calibration and measured times."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ricloop.core.model import Table
from ricloop.core.time import Clock
from ricloop.engine import DEFAULT, onnx
from ricloop.engine.graph import Graph
from ricloop.link.clock import SystemClock
from ricloop.store import Artifact, Calibration, Lineage, Scores, save
from ricloop_models.measure import Draft, latency
from ricloop_models.train import fit
from ricloop_models.train.card import card

TOLERANCE = 1e-5
"""Of the golden answers."""


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
    rows = {who: {figure: float(value) for figure, value in row.items()} for who, row in scores.items()}
    facts = json.loads(json.dumps(asdict(settings)))
    times = latency(Draft(name, onnx.write(graph), golden, TOLERANCE), DEFAULT, clock or SystemClock())
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
        scores=_scores(rows, legend, baselines, score_tolerance),
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


def _scores(
    rows: dict[str, dict[str, float]],
    legend: str,
    baselines: Sequence[str] | None,
    tolerance: Mapping[str, float],
) -> Scores:
    model = next(iter(rows))
    return Scores(
        protocol=legend,
        model=model,
        headline=next(iter(rows[model])),
        baselines=tuple([who for who in rows if not who.startswith(model)] if baselines is None else baselines),
        scores=rows,
        tolerance=dict(tolerance),
    )


def _floats(graph: Graph) -> int:
    return sum(value.size for value in graph.constants.values() if value.dtype.kind == "f")
