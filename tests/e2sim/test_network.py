"""The network's world: repeatable to the bit, its books balanced, and what a control changes is near it and has the
right sign."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.mac.slices import SliceRatios
from ricloop_e2sim.network.hexagons import grid
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.slicing import Slice
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.rrc.counters import CAUSES, ROW
from tests.e2sim.networks import TOWN, TWO_TOWNS

FIRST, SECOND = slice(0, 24), slice(24, 48)


def _run(scenario: NetworkScenario, ticks: int, act: Callable[[NetworkWorld, int], None] | None = None) -> NetworkRun:
    run = NetworkRun(scenario, 1, ticks * scenario.tick_us / 1e6)
    while not run.done:
        if act is not None:
            act(run.world, run.done_ticks)
        run.advance()
    return run


def test_one_seed_gives_one_digest_here_and_in_another_process() -> None:
    code = (
        "from tests.e2sim.networks import TOWN; from tests.e2sim.test_network import _run; print(_run(TOWN, 60).digest)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == _run(TOWN, 60).digest
    assert (
        NetworkRun(TOWN, 2, 1.0).world.population.xy.tolist() != NetworkRun(TOWN, 1, 1.0).world.population.xy.tolist()
    )


def test_bits_are_delivered_lost_or_still_there_and_cells_and_users_agree() -> None:
    world = _run(TOWN, 200).world
    cell, user = world.totals.cell, world.totals.user
    offered, served, lost = (user[row].sum() for row in (UserTotal.OFFERED_BITS, UserTotal.BITS, UserTotal.LOST_BITS))
    assert offered == pytest.approx(served + lost + world.backlog.sum(), rel=1e-12)
    for of_cell, of_user in (
        (CellTotal.BITS, UserTotal.BITS),
        (CellTotal.PRB_S, UserTotal.PRB_S),
        (CellTotal.BUSY_UE_S, UserTotal.BUSY_S),
        (CellTotal.CONNECTED_S, UserTotal.CONNECTED_S),
    ):
        assert cell[of_cell].sum() == pytest.approx(user[of_user].sum(), rel=1e-12)
    assert (world.use <= 1 + 1e-9).all()
    assert served > 0


def test_connections_handovers_and_links_are_accounted_for() -> None:
    world = _run(
        replace(TOWN, groups=tuple(replace(g, moves="waypoint", speed_kmh=120) for g in TOWN.groups)), 300
    ).world
    rrc = world.totals.rrc
    asked, done = (sum(rrc[ROW[f"RRC.ConnEstab{what}.{cause}"]] for cause in CAUSES) for what in ("Att", "Succ"))
    assert (asked == done + rrc[ROW["RRC.ConnEstabFailCause.NetworkReject"]]).all()
    moves = {what: sum(rrc[ROW[f"MM.HoExeInt{kind}{what}"]].sum() for kind in ("ra", "er")) for what in ("Req", "Succ")}
    assert moves["Succ"] > 10
    assert moves["Req"] >= moves["Succ"]
    seeking = int(world.roaming.links.seeking.sum())
    assert (
        rrc[ROW["RadioLinkFailure"]].sum()
        == sum(rrc[ROW[n]].sum() for n in ("RRC.ReEstabAtt", "RadioLinkGone")) + seeking
    )


def test_a_cell_asleep_changes_its_neighbours_and_nothing_beyond_them() -> None:
    cell = 1  # a capacity cell of the first town

    def sleep(world: NetworkWorld, tick: int) -> None:
        if tick == 50:
            world.availability.energy.sleep(cell, Depth.DEEP)

    before, after = _run(TWO_TOWNS, 200).world, _run(TWO_TOWNS, 200, sleep).world
    assert (before.totals.cell[:, SECOND] == after.totals.cell[:, SECOND]).all(), "to the bit"
    assert (before.totals.cell_up[:, SECOND] == after.totals.cell_up[:, SECOND]).all()
    assert (before.totals.cell_up[:, FIRST] != after.totals.cell_up[:, FIRST]).any()
    assert (before.totals.rrc[:, SECOND] == after.totals.rrc[:, SECOND]).all()
    energy = after.totals.cell[CellTotal.ENERGY_J] - before.totals.cell[CellTotal.ENERGY_J]
    assert energy[cell] < -0.5 * before.totals.cell[CellTotal.ENERGY_J, cell]
    assert after.power_w[cell] == after.availability.energy.units.sleep_w[Depth.DEEP, cell]
    assert after.totals.cell[CellTotal.BITS, cell] < before.totals.cell[CellTotal.BITS, cell]
    # Who was in it is in its neighbours now, whose carrier of the same frequency is disturbed less.
    others = [c for c in range(24) if c != cell]
    assert (
        after.totals.cell[CellTotal.CONNECTED_S, others].sum() > before.totals.cell[CellTotal.CONNECTED_S, others].sum()
    )
    stayed = (before.serving == after.serving) & (after.serving >= 0) & (after.serving % 2 == 1) & (after.serving < 24)
    assert (after.sinr_db[stayed] >= before.sinr_db[stayed] - 1e-9).all()
    assert (after.sinr_db[stayed] > before.sinr_db[stayed]).any()


def test_a_handover_moves_a_user_and_its_load() -> None:
    base = _run(TWO_TOWNS, 60).world
    user = int(np.flatnonzero((base.serving >= 0) & (base.serving < 24))[0])
    source = int(base.serving[user])
    target = source ^ 1  # the same sector's other layer

    def act(world: NetworkWorld, tick: int) -> None:
        if tick == 50:
            assert world.hand_over(user, target) == ""

    moved = _run(TWO_TOWNS, 54, act).world
    assert moved.serving[user] == target
    rows = ROW["MM.HoExeIntraReq"], ROW["MM.HoExeIntraSucc"], ROW["MM.HoExeInterFreqSucc"]
    before = _run(TWO_TOWNS, 54).world
    assert [int(moved.totals.rrc[row, source] - before.totals.rrc[row, source]) for row in rows] == [1, 1, 1]
    assert (moved.totals.cell[:, SECOND] == before.totals.cell[:, SECOND]).all()


def test_what_is_refused_leaves_no_trace() -> None:
    cell = 1
    reasons: list[str] = []

    def act(world: NetworkWorld, tick: int) -> None:
        if tick == 20:
            nobody = int(np.flatnonzero(world.serving < 0)[0]) if (world.serving < 0).any() else None
            reasons.append(world.hand_over(0, int(world.serving[0])))
            reasons.append(world.hand_over(0, 30))
            if nobody is not None:
                reasons.append(world.hand_over(nobody, 0))
            reasons.append(world.slicing.configure(cell, 0, 0.0, 50.0, 40.0))

    assert _run(TWO_TOWNS, 60, act).digest == _run(TWO_TOWNS, 60).digest
    assert all(reasons), reasons
    assert "does not receive" in reasons[1]


SLICED = replace(
    TWO_TOWNS,
    groups=(*TWO_TOWNS.groups[:2], replace(TWO_TOWNS.groups[0], slice=1), replace(TWO_TOWNS.groups[1], slice=1)),
    slices=(Slice("embb"), Slice("urllc", sst=2)),
)


def test_a_quota_caps_its_slice_and_gives_the_rest_to_the_others() -> None:
    def act(world: NetworkWorld, tick: int) -> None:
        if tick == 30:
            for cell in range(24):
                assert world.slicing.configure(cell, 0, 0.0, 0.0, 30.0) == ""

    before, after = _run(SLICED, 130).world, _run(SLICED, 130, act).world
    assert (before.totals.user[:, _town(before, 1)] == after.totals.user[:, _town(after, 1)]).all()
    mine = _town(after, 0)
    for number, sign in ((0, -1), (1, 1)):
        users = mine[after.population.slice[mine] == number]
        change = (after.totals.user[UserTotal.PRB_S, users] - before.totals.user[UserTotal.PRB_S, users]).sum()
        assert np.sign(change) == sign
    capped = after.slicing.ratios
    assert isinstance(capped, SliceRatios)
    assert (capped.maximum[:24, 0] == 0.3).all()


def _town(world: NetworkWorld, number: int) -> np.ndarray:
    east = world.population.xy[:, 0] > 15_000
    return np.flatnonzero(east == bool(number))


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("sleeping-cell", 10.0), ("interference", 40.0), ("backhaul-congestion", 1.0), ("blackout", 0.0)],
)
def test_an_anomaly_hurts_where_and_while_it_is(kind: str, amount: float) -> None:
    one = Impairment(kind, "gnb1", 3.0, 6.0, amount)
    scenario = replace(TWO_TOWNS, impairments=(one,))
    assert scenario.truth() == [{"kind": kind, "entity": "gnb1", "start": 3.0, "end": 6.0}]
    clean, hurt = NetworkRun(TWO_TOWNS, 1, 9.0), NetworkRun(scenario, 1, 9.0)
    cells = np.flatnonzero(hurt.world.deployment.gnb == 0)
    served: list[float] = []
    for end in (3.0, 6.0):
        before = [run.world.totals.cell[CellTotal.BITS, cells].sum() for run in (clean, hurt)]
        for run in (clean, hurt):
            while run.time_us < end * 1e6:
                run.advance()
        after = [run.world.totals.cell[CellTotal.BITS, cells].sum() for run in (clean, hurt)]
        served.append((after[1] - before[1]) / (after[0] - before[0]))
    assert served[0] == 1.0
    assert served[1] < 0.9, served
    assert (clean.world.totals.cell[:, SECOND] == hurt.world.totals.cell[:, SECOND]).all()


def test_what_names_nothing_that_is_there_is_refused() -> None:
    with pytest.raises(ConfigError, match="gnb9"):
        NetworkRun(replace(TOWN, impairments=(Impairment("blackout", "gnb9", 0, 1),)), 1)
    with pytest.raises(ConfigError, match="slice 3"):
        NetworkRun(replace(TOWN, groups=(replace(TOWN.groups[0], slice=3),)), 1)
    with pytest.raises(ConfigError, match="at least one"):
        TOWN.scaled(users=2)


def test_users_are_shared_among_the_groups_as_before() -> None:
    assert [group.users for group in TOWN.scaled(users=80).groups] == [40, 20, 20]
    assert TOWN.scaled(sites=7).cells == 21


@pytest.mark.parametrize("count", [1, 7, 8, 19, 37])
def test_sites_stand_in_rings_of_hexagons(count: int) -> None:
    places = grid(count, 500.0)
    apart = np.hypot(*(places[:, np.newaxis] - places).transpose(2, 0, 1)) + np.where(np.eye(count), np.inf, 0.0)
    assert (apart > 499.9).all(), "nowhere two"
    if count > 1:
        assert apart.min(axis=1) == pytest.approx(500.0)
    from_middle = np.hypot(*places.T)
    assert from_middle[0] == 0
    assert from_middle[1:7] == pytest.approx(500.0)
    for number, distance in enumerate(from_middle.tolist()):
        ring = int(np.ceil((np.sqrt(12 * (number + 1) - 3) - 3) / 6 - 1e-9))
        assert 500.0 * ring * np.sqrt(3) / 2 - 0.1 <= distance <= 500.0 * ring + 0.1
