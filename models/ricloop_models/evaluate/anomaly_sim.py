"""Injected anomalies of simulated days: found, how late, at how many false alarms, beside what is usually taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from rich.progress import Progress

from ricloop.core.model import ModelError, Table
from ricloop.engine import make
from ricloop.store import Artifact, find
from ricloop_models.alarms import RULE, Floats
from ricloop_models.anomaly_contest import Judges, Way, at_work, in_context, raw, simple_ways
from ricloop_models.anomaly_features import METRICS
from ricloop_models.anomaly_windows import plan_of
from ricloop_models.evaluate.base import Cell, Evaluation, Scores
from ricloop_models.events import Judged
from ricloop_models.networkdays import City, Days, draw, simulate

CITY = City()
DAYS, WARM_DAYS, EVENTS = 3, 1, 21
TRAINING, VALIDATION, HELD_OUT = (1000,), (1003, 1004), (9001, 9002)
"""Seeds. Those held out are of no training and of no choice."""
FALSE_PER_DAY = 0.3
"""What every way's threshold is set to on the validation's days; ours have theirs from their artifacts."""
OURS = ("anomaly-pca", "anomaly-ae")
WORKERS, SEED = 2, 1


def evaluate(data: Path, progress: Progress) -> Evaluation:
    """The table, and a row for machines per way and kind. It simulates: `data` is not read."""
    days = _simulated(progress)
    judged, absent = compare(CITY, days[0], days[1:3], days[3:])
    kinds = sorted({kind for one in judged.values() for kind in one.kinds})
    table = Scores(
        "Simulated anomalies",
        ("found", "false", "delay_s", *kinds),
        {who: _row(one, kinds) for who, one in judged.items()},
        f"{sum(len(one.events) for one in days[3:])} events on {len(HELD_OUT)} unseen seeds of {DAYS - WARM_DAYS} "
        f"days each, {CITY.sites * 3} cells. A day takes {CITY.day_s} s and has {CITY.periods_per_day} reports. found: "
        "share with an alarm before the end; false: alarms per cell and (compressed) day in cells without an event of "
        "their own, also of neighbours that take over its users; delay_s: median, s of simulated time; then the share "
        f"found of each kind. An alarm: {RULE.consecutive} reports on end above the threshold that leaves "
        f"{FALSE_PER_DAY} false alarms per cell and day on other seeds.",
    )
    rows: list[Mapping[str, Cell]] = [
        {"dataset": "city-days", "entity": kind, "who": who, "found": one.figures()[kind]}
        for who, one in judged.items()
        for kind in kinds
    ]
    return Evaluation((table,), rows=rows, absent=absent)


def compare(
    city: City, training: Days, validation: Sequence[Days], held_out: Sequence[Days]
) -> tuple[dict[str, Judged], tuple[str, ...]]:
    """Every way on the same days, ours first; and what could not be compared."""
    judges = Judges(city, WARM_DAYS * city.periods_per_day, validation, held_out)
    plan = plan_of(city, training.values)
    ours = {name: _ours(city, find(name)) for name in OURS}
    seen = raw(plan, training.values).reshape(-1, len(METRICS))
    near = in_context(city, plan, training.values)[judges.warm :].reshape(-1, len(METRICS))
    others, absent = simple_ways(city, plan, training.values, SEED), []
    if find_spec("sklearn"):
        others["isolation forest, raw"] = _forest(seen, lambda values: raw(plan, values))
        others["isolation forest, context"] = _forest(near, lambda values: in_context(city, plan, values))
    else:
        absent.append('isolation forest: scikit-learn is absent; pip install "ricloop[evaluate]"')
    if find_spec("river"):
        others["half-space trees, context"] = _half_space(near, lambda values: in_context(city, plan, values))
    else:
        absent.append('half-space trees: river is absent; pip install "ricloop[ml]"')
    judged = {name: judges.judge(way, 1.0) for name, way in ours.items()}
    return {**judged, **judges.compare(others, FALSE_PER_DAY)}, tuple(absent)


def _ours(city: City, artifact: Artifact) -> Way:
    context = artifact.window.context
    if context is None:
        raise ModelError(f"{artifact.folder}: {artifact.name} looks at no context; train it anew")
    return at_work(city, context, make("numpy", artifact, (city.sites * 3,)))


def _forest(usual: Floats, look: Callable[[Table], Floats]) -> Way:
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=100, random_state=SEED).fit(usual)

    def scores(values: Table) -> Floats:
        found: Floats = -forest.score_samples(look(values).reshape(-1, len(METRICS))).reshape(values.shape[:2])
        return found

    return scores


def _half_space(usual: Floats, look: Callable[[Table], Floats]) -> Way:
    """One row after another, as river has it, learning as it goes: only every eighth of the training's rows."""
    from river.anomaly import HalfSpaceTrees

    def scores(values: Table) -> Floats:
        trees = HalfSpaceTrees(
            n_trees=10, height=6, window_size=250, limits=dict.fromkeys(METRICS, (-10, 10)), seed=SEED
        )
        for row in usual[::8]:
            trees.learn_one(dict(zip(METRICS, row.tolist(), strict=True)))
        seen = look(values)
        found = np.empty(seen.shape[:2])
        for place in np.ndindex(*found.shape):
            row = dict(zip(METRICS, seen[place].tolist(), strict=True))
            found[place] = trees.score_one(row)
            trees.learn_one(row)
        return found

    return scores


def _simulated(progress: Progress) -> list[Days]:
    first, last = WARM_DAYS * CITY.periods_per_day, DAYS * CITY.periods_per_day
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        jobs = [
            pool.submit(
                simulate, CITY, seed, DAYS, METRICS, draw(CITY, seed, first, last, EVENTS) if seed in HELD_OUT else ()
            )
            for seed in (*TRAINING, *VALIDATION, *HELD_OUT)
        ]
        return [job.result() for job in progress.track(jobs, description="simulating days")]


def _row(one: Judged, kinds: Sequence[str]) -> tuple[Cell, ...]:
    figures = one.figures()
    return (
        figures["found"],
        figures["false"],
        figures["delay"] * CITY.period_s,
        *(figures[kind] for kind in kinds),
    )
