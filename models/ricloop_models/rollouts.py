"""What models are trained on: seeded runs of the simulated network, measured as its E2 nodes would report it.

No E2, no RIC: nobody controls the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.e2node.timing import EPOCH_NS
from ricloop_e2sim.gnb.measure import cell_values
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.sample import Window
from ricloop_e2sim.gnb.traffic import DayTraffic
from ricloop_e2sim.gnb.world import World
from ricloop_e2sim.scenarios.base import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Rollout:
    """One seed's days, all gNBs side by side."""

    values: NDArray[np.float32]
    """[periods, cells, metrics], NaN for what was not measured."""
    hour: NDArray[np.float64]
    """[periods]: time of day when each began, 0..24, by the nodes' clocks: what its report says, and so what a model
    in the loop is shown. Which hour of demand that is, the scenario says."""


def rollout(plan: Scenario, seed: int, periods: int, metrics: Sequence[str]) -> Rollout:
    """A period is a tick of the scenario. Every gNB draws from a stream of its own."""
    sites = []
    for site, stream in enumerate(np.random.SeedSequence(seed).spawn(plan.sites)):
        places, traffic = stream.spawn(2)
        layout = plan.layout(site, places)
        world = World(layout, plan.power, Rules(), plan.tick_us)
        sites.append(_measured(world, DayTraffic(layout, plan.demand, traffic), periods, metrics))
    day_us = round(plan.demand.day_s * 1e6)
    hour = (EPOCH_NS // 1000 + np.arange(periods) * plan.tick_us) % day_us / day_us * 24
    return Rollout(np.concatenate(sites, axis=1).astype(np.float32), hour)


def _measured(world: World, source: DayTraffic, periods: int, metrics: Sequence[str]) -> Floats:
    out = np.empty((periods, world.layout.cell_count, len(metrics)))
    window = Window(world)
    for period in range(periods):
        world.step(source.next(world.time_us, world.tick_us))
        window.tick()
        sample = window.close()
        for column, metric in enumerate(metrics):
            out[period, :, column] = cell_values(sample, metric)
    return out


def calendar(hour: NDArray[np.float64], columns: int) -> NDArray[np.float32]:
    """[…, columns]: sine and cosine of each harmonic of the day, as `core.model.Window` has them."""
    angle = hour[..., None] * (2 * np.pi / 24) * np.arange(1, columns // 2 + 1)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(*hour.shape, columns).astype(np.float32)
