"""What every forecaster is trained and scored on: windows of simulated days, and what came after each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track
from typer import Option

from ricloop.core.model import Table
from ricloop.store import ForecastSpec, WindowSpec
from ricloop_e2sim.scenarios import find
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_models import rollouts
from ricloop_models.train.base import seeds_of


@dataclass(frozen=True)
class RolloutSettings:
    """Of the simulated days."""

    seed: Annotated[int, Option(help="times 1000, of the rollouts; of the weights, where they are drawn")] = 1
    scenario: Annotated[str, Option(help="of the simulator")] = "three-sites"
    days: Annotated[int, Option(help="of each rollout")] = 3
    training: Annotated[int, Option(help="rollouts to learn from")] = 48
    validation: Annotated[int, Option(help="rollouts to choose a ridge's penalty on")] = 8
    held_out: Annotated[int, Option(help="rollouts to score on")] = 12
    stride: Annotated[int, Option(help="periods between two windows of a series")] = 4

    @property
    def plan(self) -> Scenario:
        return find(self.scenario)

    @property
    def parts(self) -> dict[str, list[int]]:
        """Seeds of the rollouts, by what they are for."""
        return seeds_of(self.seed, training=self.training, validation=self.validation, held_out=self.held_out)

    def window(self, metric: str, length: int, calendar: int = 0) -> WindowSpec:
        """Of a forecaster of these days: a period is a tick of the scenario."""
        return WindowSpec(
            metrics=(metric,),
            length=length,
            calendar=calendar,
            period_ms=self.plan.tick_us // 1000,
            day_ms=round(self.plan.demand.day_s * 1000),
        )

    def card(self) -> str:
        """Paragraph of a card: where it comes from."""
        return (
            f"Trained on {self.training} seeded rollouts of the simulator's scenario `{self.scenario}` "
            f"({self.plan.title}), {self.days} days each, reports every {self.plan.tick_us // 1000} ms; scored on "
            f"{self.held_out} seeds that it did not see. Nobody put cells to sleep in them."
        )


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows, what came after each, and what a day before that."""

    asked: Table
    """[windows, values and calendar]"""
    target: Table
    """[windows, horizons]"""
    day_before: Table
    """[windows, horizons]: the target one day earlier."""


class Parts(NamedTuple):
    """Windows by what they are for."""

    training: Windows
    validation: Windows
    held_out: Windows


def simulated(settings: RolloutSettings, window: WindowSpec, output: ForecastSpec, console: Console) -> Parts:
    """Of every part, all cells of its seeds' rollouts."""
    plan, length, horizons = settings.plan, window.length, output.horizons
    day = round(plan.demand.day_s * 1e6 / plan.tick_us)
    parts = []
    for part, seeds in settings.parts.items():
        found = []
        for seed in track(seeds, f"{part.replace('_', '-')} rollouts", console=console, transient=True):
            run = rollouts.rollout(plan, seed, settings.days * day, [output.metric])
            series = run.values[:, :, 0]
            for end in range(max(length, day), len(series) - horizons + 1, settings.stride):
                time = rollouts.calendar(run.hour[end - 1], window.calendar)
                asked = np.hstack([series[end - length : end].T, np.tile(time, (series.shape[1], 1))])
                found.append((asked, series[end : end + horizons].T, series[end - day : end - day + horizons].T))
        parts.append(Windows(*(np.concatenate(part) for part in zip(*found, strict=True))))
    return Parts(*parts)


def golden_inputs(asked: Table, length: int) -> Table:
    """64 windows, some with holes, one without a time of day, one with nothing at all."""
    golden = asked[:: max(1, len(asked) // 64)][:64].copy()
    golden[1, :length:3] = np.nan
    golden[2, : length - 1] = np.nan
    golden[3, length:] = np.nan
    golden[4] = np.nan
    golden[5, :length] = np.nanmax(asked[:, :length])
    return golden
