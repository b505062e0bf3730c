"""Every anomaly that a scenario plans shows in the KPI of its cell or gNB, and only while it lasts."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pytest

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.scenarios import find_network

SETTLED_S = 3.0
"""After an anomaly begins: links fail and users look for another cell meanwhile."""
RECOVERED_S = 5.0
"""After it ends: what waited is sent."""
START_S = 10.0


ENTITY = attrgetter("entity")


class Story(NamedTuple):
    """One run: [ticks, …]."""

    cells: Floats
    """[ticks, totals, c]: what each tick added."""
    users: Floats
    serving: Ints
    slice: Ints
    titles: tuple[str, ...]


@cache
def story(name: str) -> Story:
    run = NetworkRun(find_network(name), 1)
    cells, users, serving = [], [], []
    while not run.done:
        run.advance()
        cells.append(run.world.totals.cell.copy())
        users.append(run.world.totals.user.copy())
        serving.append(run.world.serving.copy())
    return Story(
        np.diff(np.array(cells), axis=0, prepend=0.0),
        np.diff(np.array(users), axis=0, prepend=0.0),
        np.array(serving),
        run.world.population.slice,
        run.world.deployment.titles,
    )


class View:
    """An anomaly's cells inside its window, or outside it."""

    def __init__(self, one: Impairment, told: Story, *, inside: bool) -> None:
        self.time_s = np.arange(len(told.cells)) / 10
        if inside:
            when: Bools = (self.time_s >= one.start_s + SETTLED_S) & (self.time_s < one.end_s)
        else:
            when = (self.time_s >= START_S) & (self.time_s < one.start_s) | (self.time_s >= one.end_s + RECOVERED_S)
        of = [title == one.entity or title.startswith(one.entity + "/") for title in told.titles]
        self.cells, self.seconds = np.array(of), float(when.sum()) / 10
        self._told, self._when, self._one = told, when, one

    def rate(self, row: int) -> float:
        """Of a cell total, per second."""
        return float(self._told.cells[self._when, row][:, self.cells].sum()) / self.seconds

    @property
    def prb_percent(self) -> float:
        return 100 * self.rate(CellTotal.PRB_S) / self.rate(CellTotal.AVAILABLE_PRB_S)

    @property
    def bits_per_prb(self) -> float:
        return self.rate(CellTotal.BITS) / self.rate(CellTotal.PRB_S)

    @property
    def wait_s(self) -> float:
        return self.rate(CellTotal.QUEUE_BIT_S) / self.rate(CellTotal.BITS)

    def slice_bps(self, number: int) -> float:
        here = np.isin(self._told.serving[self._when], np.flatnonzero(self.cells)) & (self._told.slice == number)
        return float(self._told.users[self._when, UserTotal.BITS][here].sum()) / self.seconds


def planned(name: str) -> list[Impairment]:
    return list(find_network(name).impairments)


def views(name: str, one: Impairment) -> tuple[View, View]:
    told = story(name)
    return View(one, told, inside=True), View(one, told, inside=False)


@pytest.mark.parametrize("one", planned("sleeping-cell"), ids=ENTITY)
def test_a_sleeping_cell_carries_nothing_and_draws_power(one: Impairment) -> None:
    inside, outside = views("sleeping-cell", one)
    assert inside.rate(CellTotal.BITS) < 0.02 * outside.rate(CellTotal.BITS)
    assert inside.rate(CellTotal.CONNECTED_S) < 0.1 * outside.rate(CellTotal.CONNECTED_S)
    assert outside.prb_percent > 5
    # Idle: 50 units of 2 W.
    assert inside.rate(CellTotal.ENERGY_J) == pytest.approx(100)


@pytest.mark.parametrize("one", planned("interference"), ids=ENTITY)
def test_interference_makes_every_prb_carry_less(one: Impairment) -> None:
    inside, outside = views("interference", one)
    assert inside.bits_per_prb < 0.7 * outside.bits_per_prb
    assert inside.rate(CellTotal.CONNECTED_S) > 0.3 * outside.rate(CellTotal.CONNECTED_S)


@pytest.mark.parametrize("one", planned("backhaul-congestion"), ids=ENTITY)
def test_a_thin_backhaul_leaves_the_radio_idle_and_users_waiting(one: Impairment) -> None:
    inside, outside = views("backhaul-congestion", one)
    assert inside.rate(CellTotal.BITS) == pytest.approx(one.amount * 1e6, rel=0.15)
    assert inside.rate(CellTotal.BITS) < 0.5 * outside.rate(CellTotal.BITS)
    assert inside.prb_percent < 0.5 * outside.prb_percent
    assert inside.wait_s > 3 * outside.wait_s


@pytest.mark.parametrize("one", planned("slice-sla"), ids=ENTITY)
def test_a_capped_slice_gets_a_fraction_and_the_others_get_theirs(one: Impairment) -> None:
    inside, outside = views("slice-sla", one)
    assert outside.slice_bps(one.slice) > 3e6
    assert inside.slice_bps(one.slice) < 0.3 * outside.slice_bps(one.slice)
    assert inside.prb_percent < outside.prb_percent


@pytest.mark.parametrize("one", planned("blackout"), ids=ENTITY)
def test_a_gnb_without_power_draws_none_and_its_neighbours_take_over(one: Impairment) -> None:
    inside, outside = views("blackout", one)
    assert inside.rate(CellTotal.ENERGY_J) == inside.rate(CellTotal.BITS) == inside.rate(CellTotal.CONNECTED_S) == 0
    assert outside.rate(CellTotal.BITS) > 5e6
    assert inside.rate(CellTotal.OUT_S) == pytest.approx(3)
