"""xApps on a whole network: what they read is what its world counted, and what they decide happens in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ricloop import Decision, XApp, ms, on
from ricloop.decide.topology import Topology
from ricloop.e2sm import ccc, kpm, rc
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_xapps.energy_saving.xapp import EnergySaving
from tests.e2sim.street import APART, PLMN, SLOW, STREET, WAITING, movable
from tests.runtime.world import World

USED, VOLUME, WATTS = (kpm.Metric(name) for name in ("RRU.PrbUsedDl", "DRB.PdcpSduVolumeDL", "PEE.AvgPower"))
RSRP = kpm.Metric("RSRP")
SECOND = kpm.every(ms(1000), USED, VOLUME, WATTS)
USERS = kpm.every_ue(ms(1000), VOLUME, RSRP, kpm.Metric("RRC.ConnMean"))


class Reader(XApp[None]):
    """Keeps what it was told, and does what is put into `wanted`."""

    def started(self) -> None:
        self.cells: list[kpm.Report] = []
        self.ues: list[kpm.UeReport] = []
        self.wanted: list[Any] = []

    @on(USERS)
    def users(self, report: kpm.UeReport) -> Decision:
        self.ues.append(report)
        return Decision.none()

    @on(ccc.watch(ccc.EnergySaving))
    def states(self, states: ccc.States) -> Decision:
        return Decision.none()

    @on(SECOND)
    def second(self, report: kpm.Report) -> Decision:
        self.cells.append(report)
        wanted, self.wanted = self.wanted, []
        return Decision.of(*wanted, reason="as it was told")


def joined(simulation: NetworkSimulation, *xapps: XApp[object]) -> World:
    return World(*xapps, simulation=simulation, topology=Topology.of(simulation.scenario.topology(), "scenario"))


def ended(world: World) -> None:
    world.ric.shutdown()
    world.exchange()
    world.ric.check()


@pytest.mark.parametrize("scenario", [STREET, APART], ids=["cu-du", "cp-up-du"])
def test_an_xapp_reads_each_second_what_the_world_counted_per_cell_and_per_user(scenario: NetworkScenario) -> None:
    simulation, app = NetworkSimulation(scenario, 3), Reader()
    world = joined(simulation, app)
    world.step(10)
    state = simulation.world
    app.cells.clear()
    app.ues.clear()
    cells, users = state.totals.cell.copy(), state.totals.user.copy()
    world.step(10)
    cells, users = state.totals.cell - cells, state.totals.user - users
    number = {int(cell): n for n, cell in enumerate(state.deployment.cells)}
    seen = set()
    for report in app.cells:
        at = [number[int(cell)] for cell in report.cells]
        seen |= set(at)
        np.testing.assert_allclose(report[USED], np.rint(cells[CellTotal.PRB_S, at]), rtol=1e-6)
        np.testing.assert_allclose(report[VOLUME], np.rint(cells[CellTotal.BITS, at] / 1e3), rtol=1e-6)
        np.testing.assert_allclose(report[WATTS], cells[CellTotal.ENERGY_J, at], rtol=1e-6)
    assert seen == set(range(12))
    volumes = np.sort(np.concatenate([one[VOLUME] for one in app.ues]))
    connected = state.serving >= 0
    np.testing.assert_allclose(volumes, np.sort(np.rint(users[UserTotal.BITS, connected] / 1e3)), rtol=1e-6)
    ended(world)


def test_an_xapp_moves_a_user_to_another_gnb_and_knows_it_there_by_the_same_handle() -> None:
    simulation, app = NetworkSimulation(WAITING, 3), Reader()
    world = joined(simulation, app)
    world.step(40)
    user, target = movable(simulation.world, 1)
    source, there = (int(simulation.world.deployment.cells[cell]) for cell in (simulation.world.serving[user], target))
    rsrp = next(one for one in reversed(app.ues) if source in one.cells.tolist())
    level = simulation.world.air.measured[user][simulation.world.air.near[user] == simulation.world.serving[user]][0]
    (row,) = np.flatnonzero((rsrp.cells == np.uint64(source)) & (np.abs(rsrp[RSRP] - level) < 1e-3))
    handle = int(rsrp.ues[row])
    app.wanted.append(rc.handover(handle, there))
    app.ues.clear()
    world.step(25)
    assert simulation.world.serving[user] == target
    assert [one.cell_of(handle) for one in app.ues if one.cell_of(handle) is not None][-1] == there
    ended(world)


def test_an_xapp_gives_a_slice_its_quota_and_puts_a_cell_to_sleep() -> None:
    simulation, app = NetworkSimulation(STREET, 3), Reader()
    world = joined(simulation, app)
    world.step(20)
    state = simulation.world
    one = next(one for one in reversed(app.ues) if int(one.cells[0]) in state.deployment.cells[6:].tolist())
    app.wanted += [rc.slice_quota(int(one.ues[0]), SLOW, plmn=PLMN, max=10)]
    world.step(20)
    assert state.slicing.maximum[:, 1].tolist() == [100.0] * 6 + [10.0] * 6
    app.wanted += [ccc.sleep(int(state.deployment.cells[7]))]
    world.step(20)
    assert state.availability.energy.state[7] == CellState.ASLEEP
    ended(world)


def test_the_energy_saving_xapp_saves_energy_in_a_network_that_has_little_to_do() -> None:
    quiet = replace(STREET, groups=(replace(STREET.groups[2], users=20, slice=0),), seconds=20)
    simulation = NetworkSimulation(quiet, 3, twin=True)
    world = joined(simulation, EnergySaving())
    world.step(simulation.ticks)
    result = simulation.result()
    assert result["energy_saved_percent"] > 20
    assert {row["state"] for row in result["table"] if row["frequency_mhz"] == 700} == {"active"}
    assert result["kpis"]["lost_percent"] < 1
    ended(world)
