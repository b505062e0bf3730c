"""The end of every training: the artifact with its card, lineage, scores, calibration and measured times."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ricloop.core.model import Table
from ricloop.engine import DEFAULT, onnx
from ricloop.engine.graph import Graph
from ricloop.store import AnomaliesSpec, Artifact, Calibration, ForecastSpec, Lineage, Scores, WindowSpec, save
from ricloop_models.measure import Draft, latency
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.train.card import card

TOLERANCE = 1e-5
"""Of the golden answers."""


def publish(
    run: Run,
    graph: Graph,
    golden_inputs: Table,
    *,
    name: str,
    version: str,
    window: WindowSpec,
    output: ForecastSpec | AnomaliesSpec,
    lineage: Lineage,
    scores: Scores,
    paragraphs: Sequence[str],
    calibration: Calibration,
    parameters: int | None = None,
    tolerance: float = TOLERANCE,
) -> Artifact:
    """Write an artifact, and load it again as a RIC would.

    `version`: where the run is not told another. `paragraphs`: of the card. `parameters`: not given, what the constants
    hold. `tolerance`: of the golden answers; more where they are small beside what they are differences of.

    Golden answers are computed in double precision. Raises ModelError where no engine gives them.
    """
    golden = golden_inputs, fit.answers(graph, golden_inputs)
    times = latency(Draft(name, onnx.write(graph), golden, tolerance), DEFAULT, run.clock)
    return save(
        run.out,
        graph,
        golden,
        card=card(name, paragraphs, scores),
        lineage=lineage,
        scores=scores,
        calibration=calibration,
        latency=times,
        about={
            "name": name,
            "version": run.version or version,
            "window": window,
            "output": output,
            "parameters": parameters if parameters is not None else _floats(graph),
            "tolerance": tolerance,
            "engines": tuple(times.engines),
        },
    )


def origin(
    settings: Any,
    source: str,
    learned: Sequence[Table],
    seeds: Mapping[str, Sequence[int]],
    trained: Mapping[str, str] | None = None,
) -> Lineage:
    """Where weights come from. `settings`: the run's dataclass. `source`: scenario or data set. `learned`: the tables
    that were learned from. `seeds`: of the rollouts, by part. `trained`: how, as `Fitted.how`."""
    return Lineage(
        source=source,
        seeds={part: tuple(numbers) for part, numbers in seeds.items()},
        settings=json.loads(json.dumps(asdict(settings))),
        code=fit.code_digest(),
        data_sha256=fit.digest(*learned),
        packages=fit.packages(),
        trained=dict(trained or {}),
    )


def contest(rows: Mapping[str, Mapping[str, float]], legend: str, tolerance: Mapping[str, float]) -> Scores:
    """`rows`: by who, the model's first and its headline first in it; each the same figures. A promotion asks it to
    beat all but its own variants, whose rows begin with its name in the table. `legend`: what the figures are.
    `tolerance`: by figure, how far a training from the same seed may be off."""
    model = next(iter(rows))
    return Scores(
        protocol=legend,
        model=model,
        headline=next(iter(rows[model])),
        baselines=tuple(who for who in rows if not who.startswith(model)),
        scores={who: {figure: float(value) for figure, value in row.items()} for who, row in rows.items()},
        tolerance=dict(tolerance),
    )


def _floats(graph: Graph) -> int:
    return sum(value.size for value in graph.constants.values() if value.dtype.kind == "f")
