"""Seeded days of a whole network as tables: what its E2 nodes would report of every cell, with events where asked for.

Anomalies of the network are the simulator's own impairments; those of the measurement alter what was measured:

    sleeping-cell, interference, backhaul-congestion, slice-sla, blackout    `ricloop_e2sim.network.impairments`
    stuck          the node reports the same numbers again and again
    unit-error     volumes and throughputs are told in another unit: an eighth, a thousandth, or a thousandfold
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.e2node.measuring import Column
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.network.columns import cell_column
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.meter import NetworkMeter
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY


@dataclass(frozen=True, slots=True)
class City:
    """The simulator's city with a compressed day, from Monday 0:00 on, in ticks of a second."""

    sites: int = 7
    """Of three cells each."""
    users: int = 200
    day_s: int = 7200
    """A day in two hours."""
    period_s: int = 5
    """Between reports: 1,440 of them a day, as many as a real day has minutes."""

    @property
    def periods_per_day(self) -> int:
        return self.day_s // self.period_s

    def scenario(self, impairments: tuple[Impairment, ...] = ()) -> NetworkScenario:
        """As the simulator runs it."""
        users = None if self.users == DENSE_URBAN_DAY.users else self.users
        return replace(
            DENSE_URBAN_DAY.scaled(self.sites, users),
            name="city-days",
            calendar=Calendar(0.0, self.day_s),
            tick_us=1_000_000,
            impairments=impairments,
        )


AMOUNTS: dict[str, tuple[float, float]] = {
    "sleeping-cell": (20.0, 60.0),
    "interference": (15.0, 30.0),
    "backhaul-congestion": (1.0, 4.0),
    "slice-sla": (2.0, 10.0),
    "blackout": (0.0, 0.0),
    "stuck": (0.0, 0.0),
    "unit-error": (0.0, 0.0),
}
"""By kind, from least to most: dB, dB, Mbit/s, percent of the PRBs; the rest has none."""
OF_GNBS = ("backhaul-congestion", "blackout")
"""Kinds that strike all cells of a gNB; the others one cell."""
OF_MEASUREMENT = ("stuck", "unit-error")
FACTORS = (1 / 8, 1 / 1000, 1000.0)
UNITS = ("Thp", "Volume")
"""In names of metrics whose unit may be wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """Something wrong, for some periods, the last excluded."""

    kind: str
    cells: NDArray[np.bool_]
    """[cells]: whose."""
    start: int
    end: int
    amount: float
    entity: str


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """One seed's days."""

    values: NDArray[np.float32]
    """[periods, cells, metrics], each metric in its own unit; NaN for what was not measured."""
    events: tuple[Event, ...]


def draw(city: City, seed: int, first: int, last: int, count: int) -> tuple[Event, ...]:
    """`count` events between two periods, every kind in turn, each 30 to 120 periods long, at random cells or gNBs.

    No two of them overlap at one gNB, or follow within 60 periods there. Raises ValueError where so many do not fit.
    """
    dice, where = np.random.default_rng((seed, 0xA7)), deploy(city.scenario().deployment)
    events: list[Event] = []
    for number in range(count):
        kind = tuple(AMOUNTS)[number % len(AMOUNTS)]
        for _ in range(1000):
            length, cell = int(dice.integers(30, 121)), int(dice.integers(where.cell_count))
            start = int(dice.integers(first, last - length))
            at_gnb = where.gnb == where.gnb[cell]
            if not any(
                (one.cells & at_gnb).any() and start < one.end + 60 and one.start < start + length + 60
                for one in events
            ):
                break
        else:
            raise ValueError(f"{count} events do not fit between the periods {first} and {last}")
        whole = kind in OF_GNBS
        cells = at_gnb if whole else np.arange(where.cell_count) == cell
        entity = where.names[where.gnb[cell]] if whole else where.titles[cell]
        amount = float(dice.choice(FACTORS)) if kind == "unit-error" else float(dice.uniform(*AMOUNTS[kind]))
        events.append(Event(kind, cells, start, start + length, amount, entity))
    return tuple(sorted(events, key=lambda one: one.start))


def simulate(city: City, seed: int, days: int, metrics: Sequence[str], events: Sequence[Event] = ()) -> Days:
    """The days of one seed; the same whatever else is simulated beside it."""
    impairments = tuple(
        Impairment(one.kind, one.entity, float(one.start * city.period_s), float(one.end * city.period_s), one.amount)
        for one in events
        if one.kind not in OF_MEASUREMENT
    )
    plan = city.scenario(impairments)
    world = plan.world(seed)
    meter, columns = NetworkMeter(world), [Column(name) for name in metrics]
    period_us = city.period_s * 1_000_000
    meter.open(period_us)
    values = np.empty((days * city.periods_per_day, world.deployment.cell_count, len(metrics)), np.float32)
    for period in range(len(values)):
        for _ in range(period_us // plan.tick_us):
            world.step()
            meter.tick()
        sample = meter.close(period_us)
        for place, column in enumerate(columns):
            values[period, :, place] = cell_column(sample, meter.classes, column)
    for one in events:
        if one.kind in OF_MEASUREMENT:
            _mismeasure(values, one, metrics)
    return Days(values, tuple(events))


def _mismeasure(values: NDArray[np.float32], one: Event, metrics: Sequence[str]) -> None:
    if one.kind == "stuck":
        values[one.start : one.end, one.cells] = values[one.start - 1, one.cells]
        return
    wrong = np.array([any(part in name for part in UNITS) for name in metrics])
    values[one.start : one.end] *= np.where(one.cells[:, None] & wrong, np.float32(one.amount), np.float32(1))
