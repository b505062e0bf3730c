"""What all E2 nodes of a network measure together, against sums over its users and cells one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.ids import Plmn
from ricloop.e2sm.common import Slice as SNssai
from ricloop.e2sm.kpm.metric import Label, Measurement
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.hexagons import Hexagons
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.slicing import Slice
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from tests.e2sim.networks import TOWN

PERIOD_US = 1_000_000
BUSY = replace(
    TOWN,
    groups=(replace(TOWN.groups[0], users=40), replace(TOWN.groups[1], slice=1), replace(TOWN.groups[2], slice=1)),
    slices=(Slice(), Slice("other", 2, 7)),
    deployment=Hexagons(sites=3, distance_m=200.0),
)


def test_each_gnb_is_told_of_its_own_changes_and_of_all_of_them() -> None:
    simulation = NetworkSimulation(BUSY, 2, seconds=20)
    world, gnb = simulation.world, np.append(simulation.world.deployment.gnb, -1)
    between = 0
    while not simulation.done:
        before = world.serving.copy()
        simulation.advance()
        now = world.serving
        for number, view in enumerate(simulation.gnbs):
            changes = view.changes()
            told = list(zip(changes.user.tolist(), changes.before.tolist(), changes.now.tolist(), strict=True))
            assert told == [
                (user, before[user], now[user])
                for user in range(len(now))
                if before[user] != now[user] and number in (gnb[before[user]], gnb[now[user]])
            ]
            between += sum(gnb[a] != gnb[b] and min(a, b) >= 0 for _, a, b in told)
            np.testing.assert_array_equal(view.serving >= 0, gnb[now] == number)
    # Each is told of both sides.
    assert between > 0
    assert between % 2 == 0


def test_classes_add_up_to_the_cells_and_queues_of_users_to_those_of_cells() -> None:
    simulation = NetworkSimulation(BUSY, 2, seconds=6)
    measures = simulation.gnbs[0].measures()
    meters = [view.measures().meter(3 * PERIOD_US) for view in simulation.gnbs]
    assert measures.column(Measurement("DRB.UEThpDl", Label(slice=SNssai(2, 7))), False) is not None
    start = simulation.world.totals.cell.copy()
    for _ in range(30):
        simulation.advance()
    sample = measures.network.close(3 * PERIOD_US)
    assert [meter.close().at.min() >= 0 for meter in meters] == [True] * 3
    assert measures.network.close(3 * PERIOD_US) is sample
    assert sample.by_class is not None
    for row, of_cell in (
        (UserTotal.BITS, CellTotal.BITS),
        (UserTotal.PRB_S, CellTotal.PRB_S),
        (UserTotal.BUSY_S, CellTotal.BUSY_UE_S),
        (UserTotal.OFFERED_BITS, CellTotal.OFFERED_BITS),
        (UserTotal.LOST_BITS, CellTotal.LOST_BITS),
        (UserTotal.CONNECTED_S, CellTotal.CONNECTED_S),
        (UserTotal.QUEUE_BIT_S, CellTotal.QUEUE_BIT_S),
        (UserTotal.SLOT_BITS, CellTotal.SLOT_BITS),
    ):
        for way, cells in enumerate((sample.cell, sample.cell_up)):
            if of_cell < len(cells):
                told = sample.by_class[row, way].sum(axis=1)
                np.testing.assert_allclose(told, cells[of_cell], rtol=1e-9, atol=1e-6)
                assert told.any() or row == UserTotal.LOST_BITS
    np.testing.assert_array_equal(sample.cell, simulation.world.totals.cell - start)
    assert (sample.most[0] >= sample.cell[CellTotal.CONNECTED_S] / 3 - 1e-9).all()


def test_extremes_are_those_of_the_ticks() -> None:
    simulation = NetworkSimulation(BUSY, 2, seconds=2)
    meter = simulation.gnbs[1].measures().meter(PERIOD_US)
    used, up, power = [], [], []
    for _ in range(10):
        simulation.advance()
        used.append(simulation.world.use * simulation.world.deployment.prbs)
        up.append(simulation.world.uses[1] * simulation.world.deployment.prbs)
        power.append(simulation.world.power_w.copy())
    reading, view = meter.close(), simulation.gnbs[1]
    for name, expected in (
        ("RRU.MaxPrbUsedDl", np.rint(np.max(used, axis=0))),
        ("RRU.MaxPrbUsedUl", np.rint(np.max(up, axis=0))),
        ("PEE.MinPower", np.min(power, axis=0)),
        ("PEE.MaxPower", np.max(power, axis=0)),
    ):
        column = view.measures().column(Measurement(name), False)
        assert column is not None
        np.testing.assert_allclose(reading.cells(column), expected[3:6], err_msg=name)


@pytest.mark.parametrize(
    ("label", "meant"),
    [
        (Label(), [True, True, True]),
        (Label(slice=SNssai(1)), [True, False, False]),
        (Label(slice=SNssai(2, 7)), [False, True, True]),
        (Label(slice=SNssai(2)), [False, False, False]),
        (Label(five_qi=1), [False, True, False]),
        (Label(plmn=Plmn("001", "01"), five_qi=9), [True, False, True]),
        (Label(plmn=Plmn("001", "02")), [False, False, False]),
    ],
)
def test_a_label_means_the_users_of_its_slice_and_5qi(label: Label, meant: list[bool]) -> None:
    world = BUSY.world(1)
    classes = Classes(world.population, world.slicing, world.deployment.gnbs[0].plmn)
    assert classes.meant(label).tolist() == meant
    # Voice is 5QI 1 and the other two are 9; groups one after the other.
    assert np.bincount(classes.of).tolist() == [40, 10, 10]
