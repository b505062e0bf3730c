"""What models are trained on: seeded runs of the simulated network, measured as its E2 nodes would report it.

No E2, no RIC: nobody controls the cells. Faults, where they are asked for, change the world itself or its measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.engine import EPOCH_NS
from ricloop_e2sim.layout import Floats, Layout
from ricloop_e2sim.measure import Window, cell_values
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_e2sim.traffic import DayTraffic
from ricloop_e2sim.world import Load, Rules, World

KINDS = ("interference", "surge", "stuck")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one cell of one gNB, for some periods."""

    kind: str
    """`interference`: a PRB carries a quarter; `surge`: its users want four times as much; `stuck`: its node reports
    the same numbers again and again."""
    site: int
    cell: int
    start: int
    end: int
    """Periods, the end excluded."""


@dataclass(frozen=True, slots=True, eq=False)
class Rollout:
    """One seed's days, all gNBs side by side."""

    values: NDArray[np.float32]
    """[periods, cells, metrics], NaN for what was not measured."""
    hour: NDArray[np.float64]
    """[periods]: time of day when each began, 0..24, by the nodes' clocks: what its report says, and so what a model
    in the loop is shown. Which hour of demand that is, the scenario says."""
    fault: NDArray[np.int8]
    """[periods, cells]: 0 for none, else 1 + its place in `KINDS`."""


class FaultyTraffic:
    """The day's traffic, and what the faults make of it."""

    def __init__(self, source: DayTraffic, layout: Layout, faults: Sequence[Fault], tick_us: int) -> None:
        self._source, self._layout, self._faults, self._tick_us = source, layout, faults, tick_us

    def next(self, time_us: int, tick_us: int) -> Load:
        load, period = self._source.next(time_us, tick_us), time_us // self._tick_us
        bits, rate = load.bits.copy(), self._layout.rate.copy()
        for fault in self._faults:
            if fault.start <= period < fault.end:
                if fault.kind == "surge":
                    bits[self._layout.home == fault.cell] *= 4
                elif fault.kind == "interference":
                    rate[:, fault.cell] *= 0.25
        return Load(load.present, bits, rate)


def rollout(plan: Scenario, seed: int, periods: int, metrics: Sequence[str], faults: Sequence[Fault] = ()) -> Rollout:
    """A period is a tick of the scenario. Every gNB draws from a stream of its own."""
    sites = []
    flags = []
    for site, stream in enumerate(np.random.SeedSequence(seed).spawn(plan.sites)):
        own = [fault for fault in faults if fault.site == site]
        places, traffic = stream.spawn(2)
        layout = plan.layout(site, places)
        source = FaultyTraffic(DayTraffic(layout, plan.demand, traffic), layout, own, plan.tick_us)
        values = _measured(World(layout, plan.power, Rules(), plan.tick_us), source, periods, metrics)
        kinds = np.zeros(values.shape[:2], np.int8)
        for fault in own:
            kinds[fault.start : fault.end, fault.cell] = 1 + KINDS.index(fault.kind)
            if fault.kind == "stuck":
                values[fault.start : fault.end, fault.cell] = values[fault.start - 1, fault.cell]
        sites.append(values)
        flags.append(kinds)
    day_us = round(plan.demand.day_s * 1e6)
    hour = (EPOCH_NS // 1000 + np.arange(periods) * plan.tick_us) % day_us / day_us * 24
    return Rollout(np.concatenate(sites, axis=1).astype(np.float32), hour, np.concatenate(flags, axis=1))


def _measured(world: World, source: FaultyTraffic, periods: int, metrics: Sequence[str]) -> Floats:
    out = np.empty((periods, world.layout.cell_count, len(metrics)))
    window = Window(world)
    for period in range(periods):
        world.step(source.next(world.time_us, world.tick_us))
        window.tick()
        sample = window.close()
        for column, metric in enumerate(metrics):
            out[period, :, column] = cell_values(sample, metric)
    return out


def draw_faults(plan: Scenario, seed: int, periods: int, count: int) -> tuple[Fault, ...]:
    """`count` faults, each kind in turn; a fortieth to a tenth of the run long, anywhere after its first tenth."""
    dice = np.random.default_rng((seed, 0xFA))
    faults = []
    for number in range(count):
        length = int(dice.integers(periods // 40, periods // 10))
        start = int(dice.integers(periods // 10, periods - length))
        site, cell = int(dice.integers(plan.sites)), int(dice.integers(plan.sectors * len(plan.layers)))
        faults.append(Fault(KINDS[number % len(KINDS)], site, cell, start, start + length))
    return tuple(faults)


def calendar(hour: NDArray[np.float64], columns: int) -> NDArray[np.float32]:
    """[…, columns]: sine and cosine of each harmonic of the day, as `core.model.Window` has them."""
    angle = hour[..., None] * (2 * np.pi / 24) * np.arange(1, columns // 2 + 1)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(*hour.shape, columns).astype(np.float32)
