"""What both detectors are trained, calibrated and scored on: simulated days of a city, seen as the loop sees them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from typer import Option

from ricloop.core.model import ContextPlan, Table
from ricloop_models.anomaly_features import COLUMNS, METRICS
from ricloop_models.anomaly_windows import plan_of, windows
from ricloop_models.networkdays import City, Days, Event, draw, simulate
from ricloop_models.train.base import Run, seeds_of

WARM_DAYS = 1
"""Days of each rollout in which the context is learned and nothing else: the first."""


@dataclass(frozen=True)
class DaySettings:
    """Of the simulated days."""

    seed: Annotated[int, Option(help="times 1000, of the rollouts; of the weights, where they are drawn")] = 1
    sites: Annotated[int, Option(help="of the city, three cells each")] = 7
    users: Annotated[int, Option(help="of the city")] = 200
    day_s: Annotated[int, Option(help="simulated seconds that a day takes")] = 7200
    days: Annotated[int, Option(help="of each rollout; the first is for the context alone")] = 3
    training: Annotated[int, Option(help="rollouts to learn from")] = 3
    validation: Annotated[int, Option(help="rollouts without anomalies to set thresholds on")] = 2
    held_out: Annotated[int, Option(help="rollouts with anomalies to score on")] = 2
    events: Annotated[int, Option(help="of each held-out rollout, every kind in turn")] = 21
    stride: Annotated[int, Option(help="periods between two windows to learn from")] = 3
    workers: Annotated[int, Option(help="processes that simulate; 1: this one")] = 2
    false_per_day: Annotated[float, Option(help="false alarms per cell and day that are aimed at")] = 0.3

    @property
    def city(self) -> City:
        return City(self.sites, self.users, self.day_s)

    @property
    def parts(self) -> dict[str, list[int]]:
        """Seeds of the rollouts, by what they are for."""
        return seeds_of(self.seed, training=self.training, validation=self.validation, held_out=self.held_out)


@dataclass(frozen=True, eq=False)
class Seen:
    """Days of each part, and windows of those after the warm ones."""

    days: Mapping[str, list[Days]]
    """By part, as they were measured."""
    plan: ContextPlan
    training: Table
    """[windows, columns], every `stride`th."""
    validation: Table
    """[periods, cells, columns]: the cells of all rollouts side by side."""


def rollouts(settings: DaySettings, run: Run) -> dict[str, list[Days]]:
    """By part; simulated by `workers` processes, and kept beside the artifact until it is there: `--resume` takes those
    that are done."""
    city, days = settings.city, settings.days
    first, last = WARM_DAYS * city.periods_per_day, days * city.periods_per_day
    asked = [(part, seed) for part, seeds in settings.parts.items() for seed in seeds]
    events = [draw(city, seed, first, last, settings.events) if part == "held_out" else () for part, seed in asked]
    paths = [
        run.checkpoint(f"days-{sha256(repr((city, seed, days, METRICS, _named(own))).encode()).hexdigest()[:16]}")
        for (_, seed), own in zip(asked, events, strict=True)
    ]
    todo = [
        (city, seed, days, own, path)
        for (_, seed), own, path in zip(asked, events, paths, strict=True)
        if not (run.resume and path.exists())
    ]
    with ProcessPoolExecutor(settings.workers, get_context("spawn")) as pool:
        # One worker is this process.
        work = pool.map if settings.workers > 1 else map
        done = work(_simulated, *zip(*todo, strict=True)) if todo else ()
        for _ in track(done, "simulating days", len(todo), console=run.console, transient=True):
            pass
    found: dict[str, list[Days]] = {part: [] for part in settings.parts}
    for (part, _), own, path in zip(asked, events, paths, strict=True):
        with path.open("rb") as file:
            found[part].append(Days(np.load(file, allow_pickle=False), own))
    return found


def see(settings: DaySettings, days: dict[str, list[Days]]) -> Seen:
    """What the loop would have seen of them."""
    city = settings.city
    warm = WARM_DAYS * city.periods_per_day
    plan = plan_of(city, np.concatenate([one.values for one in days["training"]]))

    def after(one: Days, stride: int) -> Table:
        return np.array(list(map(np.copy, windows(city, one.values, plan)))[warm::stride])

    return Seen(
        days=days,
        plan=plan,
        training=np.concatenate([after(one, settings.stride).reshape(-1, COLUMNS) for one in days["training"]]),
        validation=np.concatenate([after(one, 1) for one in days["validation"]], axis=1),
    )


def golden_inputs(table: Table) -> Table:
    """32 windows, some with holes, one with nothing at all, one absurd."""
    golden = table[:: max(len(table) // 32, 1)][:32].copy()
    golden[1, ::3] = np.nan
    golden[2] = np.nan
    golden[3] = 1e30
    return golden


def _named(events: tuple[Event, ...]) -> list[tuple[str, str, int, int, float]]:
    return [(one.kind, one.entity, one.start, one.end, one.amount) for one in events]


def _simulated(city: City, seed: int, days: int, events: tuple[Event, ...], path: Path) -> None:
    values: NDArray[np.float32] = simulate(city, seed, days, METRICS, events).values
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.save(file, values, allow_pickle=False)
