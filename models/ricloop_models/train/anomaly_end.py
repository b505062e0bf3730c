"""How every training of a detector ends: scores on held-out days beside baselines, the card, the artifact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from ricloop.core.model import Table
from ricloop.engine import make, onnx
from ricloop.engine.graph import Graph
from ricloop.store import AnomaliesSpec, Artifact, WindowSpec
from ricloop.store.manifest import ContextSpec
from ricloop_models.alarms import RULE
from ricloop_models.anomaly_contest import Judges, at_work, simple_ways
from ricloop_models.anomaly_features import LENGTH, METRICS
from ricloop_models.measure import Draft
from ricloop_models.train import fit
from ricloop_models.train.anomaly_data import WARM_DAYS, DaySettings, Seen, golden_inputs
from ricloop_models.train.base import Run
from ricloop_models.train.publish import TOLERANCE, contest, origin, publish

LEGEND = (
    "found: share of the events with an alarm in one of their cells before their end. false: alarms per cell and day "
    "in cells that have no event of their own, also those of neighbours that take over its users. delay: median, in "
    "periods. Then the share found of each kind. An alarm is a score above the threshold for "
    f"{RULE.consecutive} periods on end; those within {RULE.quiet} periods are one. Baselines have thresholds that "
    "leave the same rate of false alarms on the validation's days."
)
SCORE_TOLERANCE = {"found": 0.08, "false": 0.4, "delay": 4.0}
"""Held-out days hold some forty events: one more or less found is 0.024."""


def finish(
    settings: DaySettings,
    run: Run,
    seen: Seen,
    graph: Graph,
    *,
    name: str,
    version: str,
    how: str,
    calibration: Mapping[str, float],
    trained: Mapping[str, str],
    parameters: int | None = None,
) -> Artifact:
    """`how`: a paragraph of the card. `calibration`: the thresholds of the model's parts, by what they are of."""
    city, golden = settings.city, golden_inputs(seen.training)
    return publish(
        run,
        graph,
        golden,
        name=name,
        version=version,
        window=WindowSpec(
            metrics=METRICS,
            length=LENGTH,
            context=ContextSpec(**asdict(seen.plan)),
            period_ms=city.period_s * 1000,
            day_ms=city.day_s * 1000,
        ),
        output=AnomaliesSpec(threshold=1.0),
        lineage=origin(settings, city.scenario().name, (seen.training,), settings.parts, trained),
        scores=contest(judged(settings, seen, graph, golden), LEGEND, SCORE_TOLERANCE),
        paragraphs=paragraphs(settings, how),
        calibration={
            **calibration,
            "false_alarms_per_cell_and_day": settings.false_per_day,
            "consecutive_periods": RULE.consecutive,
            "quiet_periods": RULE.quiet,
        },
        parameters=parameters,
    )


def judged(settings: DaySettings, seen: Seen, graph: Graph, golden: Table) -> dict[str, dict[str, float]]:
    """Figures on the held-out days, by who: the model as the loop runs it, then the baselines."""
    city, days = settings.city, seen.days
    draft = Draft(graph.name, onnx.write(graph), (golden, fit.answers(graph, golden)), TOLERANCE)
    ours = at_work(city, seen.plan, make("numpy", draft, (3 * settings.sites,)))
    judges = Judges(city, WARM_DAYS * city.periods_per_day, days["validation"], days["held_out"])
    usual = np.concatenate([one.values for one in days["training"]], axis=1)
    simple = judges.compare(simple_ways(city, seen.plan, usual, settings.seed), settings.false_per_day)
    compared = {graph.name: judges.judge(ours, 1.0), **simple}
    return {who: found.figures() for who, found in compared.items()}


def paragraphs(settings: DaySettings, how: str) -> list[str]:
    """Of the card."""
    city = settings.city
    return [
        f"How unlike itself each cell behaves, from the last {LENGTH} values of {', '.join(METRICS)}, each put "
        "beside what is usual of that cell at that hour (`features.Context`), with each metric's part of the score.",
        how,
        f"Trained on {settings.training} seeded rollouts of {settings.days} days of a city of {city.sites} sites and "
        f"{city.users} users without anomalies; a day takes {city.day_s} s, reports come every {city.period_s} s, "
        f"{city.periods_per_day} a day. The first day of each is for the context alone. Thresholds leave "
        f"{settings.false_per_day} false alarms per cell and day on {settings.validation} other seeds; "
        f"scored on {settings.held_out} more, with {settings.events} events each.",
        "Meant for: a hint where to look, with the metrics to blame. Not for: deciding alone. An hour that it has not "
        "seen it judges by the cell's whole day, and a cell that is new by the training's cells: expect more alarms "
        "then. A change that stays for a day is learned as usual.",
    ]
