"""Ways to find what is unusual, side by side: the same days, the same rule of alarms, the same rate of false ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.model import ContextPlan, Engine, Table
from ricloop.features import Context
from ricloop_models.alarms import Floats, calibrate, raised
from ricloop_models.anomaly_features import LOGARITHMIC, METRICS
from ricloop_models.anomaly_windows import NS_PER_S, windows
from ricloop_models.events import Judged, judge, together
from ricloop_models.networkdays import City, Days
from ricloop_models.principal import fit_principal

Way: TypeAlias = Callable[[Table], Floats]
"""Scores [periods, cells] of the values [periods, cells, metrics] that were reported."""


def at_work(city: City, plan: ContextPlan, engine: Engine) -> Way:
    """A model as the loop runs it: what it calls unusual, above 1, its context does not learn."""
    (bucket,) = engine.buckets

    def answer(table: Table) -> Floats:
        engine.input(bucket)[: len(table)] = table
        return engine.run(bucket, len(table))[:, 0].astype(np.float64)

    def scores(values: Table) -> Floats:
        found: list[Floats] = []

        def unusual(table: Table) -> NDArray[np.bool_]:
            found.append(answer(table))
            return found[-1] > 1

        for _ in windows(city, values, plan, unusual):
            pass
        return np.array(found)

    return scores


def in_context(city: City, plan: ContextPlan, values: Table) -> Floats:
    """[periods, cells, metrics]: in spreads from what is usual of each cell at its hour; what is missing is usual."""
    cells = np.arange(values.shape[1], dtype=np.uint64)
    context = Context(plan, len(cells), day_ns=city.day_s * NS_PER_S)
    found = np.empty(values.shape)
    for period, reported in enumerate(values):
        time_ns, row = (period + 1) * city.period_s * NS_PER_S, np.ascontiguousarray(reported.T)
        found[period] = context.scale(cells, time_ns, row).T
        context.update(cells, time_ns, row)
    return np.nan_to_num(found)


def raw(plan: ContextPlan, values: Table) -> Floats:
    """[periods, cells, metrics]: in the training's spreads from the training's centre, whatever cell and hour."""
    taken = np.where(LOGARITHMIC, np.log1p(np.maximum(values, 0)), values)
    found: Floats = np.nan_to_num((taken - plan.centre) / plan.spread).clip(-10, 10)
    return found


def simple_ways(city: City, plan: ContextPlan, training: Table, seed: int) -> dict[str, Way]:
    """Baselines that need no library; `training`: [periods, cells, metrics] of usual days."""
    seen = raw(plan, training).reshape(-1, len(METRICS))
    plain = fit_principal(seen, len(METRICS) // 3)
    dice = np.random.default_rng((seed, 3))

    def pca(values: Table) -> Floats:
        return plain.score(raw(plan, values).reshape(-1, len(METRICS))).reshape(values.shape[:2])

    return {
        "PCA, raw": pca,
        "L2 norm of the context": lambda values: np.square(in_context(city, plan, values)).sum(axis=2),
        "largest of the context": lambda values: np.abs(in_context(city, plan, values)).max(axis=2),
        "random": lambda values: dice.random(values.shape[:2]),
    }


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """The days that thresholds are set on and events are found in; the first periods of each warm the context."""

    city: City
    warm: int
    """Periods."""
    validation: Sequence[Days]
    held_out: Sequence[Days]

    def usual(self, way: Way) -> Floats:
        """Scores of the validation's days, [periods, cells of all rollouts]."""
        return np.concatenate([way(one.values)[self.warm :] for one in self.validation], axis=1)

    def judge(self, way: Way, threshold: float) -> Judged:
        """Of the held-out days."""
        return together(
            [
                judge(raised(way(one.values), threshold), one.events, self.warm, self.city.periods_per_day)
                for one in self.held_out
            ]
        )

    def compare(self, ways: Mapping[str, Way], false_per_day: float) -> dict[str, Judged]:
        """Each at the threshold that leaves so many false alarms per cell and day on the validation's days."""
        return {
            who: self.judge(way, calibrate(self.usual(way), false_per_day, self.city.periods_per_day))
            for who, way in ways.items()
        }
