"""What follows from a network's books by definition: against numbers worked out by hand, and against sums by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ricloop.e2sm.kpm.metric import WHOLE, Label, Measurement
from ricloop_e2sim.layout import Floats
from ricloop_e2sim.measuring import Column
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.columns import cell_column, ue_column
from ricloop_e2sim.network.connections import ConnectionRules
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.distributions import BINS
from ricloop_e2sim.network.gauges import ROWS, Extreme
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.sample import NetworkSample
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.phy.mcs import mcs_table
from ricloop_e2sim.rrc.counters import ROW, counters
from tests.e2sim.network import action, indications
from tests.e2sim.networks import TOWN, still
from tests.e2sim.street import STREET, ask, cell_values, node, started

FDD, TDD = Layer(2100, 20, power_dbm=46.0), Layer(3500, 100, 30, power_dbm=49.0, duplex=0.75)
WHERE = deploy(Hexagons(sites=1, sectors=1, layers=(FDD, TDD)))
"""106 PRBs at 15 kHz, and 273 at 30 kHz (TS 38.101-1 5.3.2)."""
CLASSES = Classes(TOWN.world(1).population, TOWN.world(1).slicing, WHERE.gnbs[0].plmn)


def books(**counted: tuple[int, int]) -> NetworkSample:
    """Two seconds of two cells, half of whose PRBs were in use, and of three users: two in the first, one in none."""
    cell, user, most = np.zeros((CellTotal.COUNT, 2)), np.zeros((ROWS, 3)), np.zeros((Extreme.COUNT, 2))
    cell[CellTotal.PRB_S] = [106.0, 273.0]
    cell[CellTotal.BITS] = [8e6, 0.0]
    cell[CellTotal.OFFERED_BITS] = [9e6, 0.0]
    cell[CellTotal.BUSY_UE_S] = [1.6, 0.0]
    cell[CellTotal.CONNECTED_S] = [5.0, 0.0]
    cell[CellTotal.ENERGY_J] = [960.0, 0.0]
    user[UserTotal.BITS] = [8e6, 0.0, 1e3]
    user[UserTotal.BUSY_S] = [1.6, 0.0, 0.1]
    most[Extreme.PRBS] = [53.0, 0.0]
    most[Extreme.CONNECTED] = [4.0, 1.0]
    rrc = counters(2)
    for name, values in counted.items():
        rrc[ROW[name.replace("__", ".").replace("_", "-")]] = values
    nothing = np.full(3, np.nan)
    serving = np.array([0, 0, -1])
    return NetworkSample(
        2.0, cell, user, rrc, None, {}, most, np.zeros(2), serving, WHERE, np.array([3.0, 0.0]), *(nothing,) * 3
    )


def cells(name: str, sample: NetworkSample | None = None) -> list[float]:
    return cell_column(sample or books(), CLASSES, Column(name, WHOLE)).tolist()


def test_a_slot_is_a_block_one_in_ten_of_which_is_sent_again() -> None:
    # 2 s: 2000 slots of 1 ms, half of them used; 4000 of 0.5 ms, three quarters of them downlink, half of those used.
    assert cells("TB.TotNbrDlInitial") == [1000, 1500]
    # The block error curve is at 0.0998 where its threshold is.
    assert cells("TB.IntialErrNbrDl") == [100, 150]
    assert cells("TB.TotNbrDl") == [1100, 1650]
    assert cells("TB.ErrTotNbrDl") == [100, 150]
    assert cells("TB.ResidualErrNbrDl") == [0, 0]


def test_a_block_is_on_the_air_for_a_slot_and_eight_more_each_time_that_it_is_sent_again() -> None:
    first, second = cells("DRB.AirIfDelayDl")
    # 1 ms + 0.0998 · 8 ms, in 0.1 ms; nothing was sent in the other.
    assert first == pytest.approx(17.98, abs=0.02)
    assert math.isnan(second)
    told = ue_column(books(), CLASSES, Column("DRB.AirIfDelayDl"))
    np.testing.assert_allclose(told, [first, np.nan, np.nan])


def test_power_that_is_sent_and_drawn() -> None:
    # Half of 46 dBm is 43, less 3 dB that are lost.
    assert cells("CARR.MaxTxPwr") == [pytest.approx(40.0, abs=0.02), pytest.approx(math.nan, nan_ok=True)]
    # Half of three quarters of 49 dBm.
    assert cells("CARR.NRCellDU") == [pytest.approx(40.0, abs=0.02), pytest.approx(44.74, abs=0.01)]
    # 960 J in 2 s are 480 W.
    assert cells("PEE.Voltage") == [48, 0]
    assert cells("PEE.Current") == [10, 0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("DRB.PDCP.UEThpDl", [5000, math.nan]),
        ("DRB.F1uPdcpSduVolumeDL", [8000, 0]),
        ("DRB.PdcpSduDelayDl", [1, math.nan]),
        ("DRB.PdcpF1DelayDl", [5, math.nan]),
        ("DRB.PdcpPacketDropRateDl", [0, math.nan]),
        ("DRB.F1UpacketLossRateDl", [0, math.nan]),
        ("DRB.SessionTime", [1600, 0]),
        ("QF.SessionTimeQoS", [1600, 0]),
        ("SM.MeanPDUSessionSetupReq", [2, 0]),
        ("SM.MaxPDUSessionSetupReq", [4, 1]),
        ("DRB.MeanEstabSucc", [2, 0]),
        ("DRB.MaxEstabSucc", [4, 1]),
    ],
)
def test_the_user_plane_and_what_is_held(name: str, told: list[float]) -> None:
    np.testing.assert_array_equal(cells(name), told)


def test_a_user_has_its_own_share_of_the_user_plane() -> None:
    told = {
        name: ue_column(books(), CLASSES, Column(name)).tolist() for name in ("DRB.SessionTime", "QF.SessionTimeUE")
    }
    assert told == {"DRB.SessionTime": [1600, 0, 100], "QF.SessionTimeUE": [1600, 0, 100]}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("UECNTX.ConnEstabAtt", [6, 1]),
        ("UECNTX.ConnEstabSucc", [6, 1]),
        ("UECNTX.RelReq", [4, 0]),
        ("UECNTX.RelCmd", [3 + 2 + 7, 1 + 0 + 0]),
        ("DRB.InitialEstabAtt", [6, 1]),
        ("DRB.InitialEstabSucc", [5, 1]),
        ("QF.EstabAttNbr", [6, 1]),
        ("QF.EstabSuccNbr", [5, 1]),
        ("QF.InitialEstabAttNbr", [6, 1]),
        ("QF.InitialEstabSuccNbr", [5, 1]),
        ("DRB.RelActNbr", [1, 0]),
        ("QF.RelActNbr", [1, 0]),
        ("QF.ReleaseAttNbr", [3 + 2, 1]),
        ("MM.HoResAlloInterReq", [9, 8]),
        ("MM.HoExeInterReq.TimeMean", [90, math.nan]),
        ("MM.HoExeInterReq.TimeMax", [90, math.nan]),
        ("RACH.PreambleACell", [5 + 3 + 1, 1 + 1 + 0]),
        ("RACH.PreambleDedCell", [11, 12]),
    ],
)
def test_counters_of_rrc_are_told_under_every_name_that_they_have(name: str, told: list[float]) -> None:
    sample = books(
        RRC__ConnEstabAtt__mo_Data=(5, 1),
        RRC__ConnEstabAtt__mo_VoiceCall=(3, 1),
        RRC__ConnEstabSucc__mo_Data=(4, 0),
        RRC__ConnEstabSucc__mo_VoiceCall=(2, 1),
        RRC__ReEstabAtt=(1, 0),
        DRB__EstabAtt=(6, 1),
        DRB__EstabSucc=(5, 1),
        DRB__RelActNbr=(1, 0),
        RadioLinkFailure=(4, 0),
        RadioLinkGone=(2, 0),
        Released=(3, 1),
        HandoverIn=(11, 12),
        MM__HoExeInterSucc=(7, 0),
        MM__HoResAlloInterReq=(9, 8),
    )
    np.testing.assert_array_equal(cells(name, sample), told)


def test_whoever_was_connected_still_is_or_was_released_or_found_no_cell() -> None:
    rules = replace(TOWN.rules, connections=ConnectionRules(inactivity_us=500_000))
    blackout = tuple(Impairment("blackout", f"gnb{n}", 6.0 + n / 10, 9.0) for n in (1, 2, 3))
    simulation = NetworkSimulation(replace(TOWN, rules=rules, impairments=blackout), 4, seconds=12)
    world = simulation.world
    released = 0
    while not simulation.done:
        simulation.advance()
        table = world.totals.rrc.sum(axis=1)
        connected = sum(table[row] for name, row in ROW.items() if name.startswith("RRC.ConnEstabSucc."))
        here = int((world.serving >= 0).sum() + world.roaming.links.seeking.sum())
        assert connected == here + table[ROW["Released"]] + table[ROW["RadioLinkGone"]]
        released = int(table[ROW["Released"]])
    assert released > 20
    # Cut off without another cell, with a file half fetched.
    assert 0 < table[ROW["DRB.RelActNbr"]] <= table[ROW["RadioLinkGone"]]


def test_levels_of_a_nodes_cells_are_averaged_and_amounts_added() -> None:
    network = started()
    asked = action("PEE.Voltage", "PEE.Current", "PEE.AvgPower", "DRB.PdcpF1DelayDl", "TB.TotNbrDlInitial")
    ask(network, node(network), asked)
    before = network.simulation.world.totals.cell.copy()
    (report,) = indications(network.tick(10)[node(network).name])
    grown = (network.simulation.world.totals.cell - before)[:, :6]
    volts, amperes, watts, delay, blocks = cell_values(report, asked)
    assert (volts, delay) == (48, 5)
    assert volts * amperes == pytest.approx(watts)
    # 52 PRBs at 10 MHz and 106 at 20 MHz, 1000 slots in the second.
    assert blocks == pytest.approx((1000 * grown[CellTotal.PRB_S] / np.tile([52, 106], 3)).sum(), abs=3)
    assert blocks > 1000


# ------------------------------------------------------------------------------------------------------ distributions


def counted(scenario: NetworkScenario, name: str, ticks: int = 20) -> tuple[Floats, list[tuple[Any, Floats]]]:
    """[c, bins] of so many ticks, and after each of them the world's state and what its users [UserTotal, u] got."""
    simulation = NetworkSimulation(scenario, 3, seconds=60)
    for _ in range(20):
        simulation.advance()
    measures = simulation.gnbs[0].measures()
    period_us = ticks * scenario.tick_us
    columns = [measures.column(Measurement(name, Label(bin_x=b.index)), False) for b in BINS[name].x]
    meters = [view.measures().meter(period_us) for view in simulation.gnbs]
    world, seen = simulation.world, []
    for _ in range(ticks):
        before = world.totals.user.copy()
        simulation.advance()
        seen.append(((world.serving.copy(), world.sinr_db.copy()), world.totals.user - before))
    readings = [meter.close() for meter in meters]
    return np.array([np.concatenate([r.cells(c) for r in readings]) for c in columns if c is not None]).T, seen


def in_bin(name: str, value: float) -> int:
    """By hand: the bin that holds it, from its edges."""
    return next(n for n, b in enumerate(BINS[name].x) if b.start <= value < b.end)


@pytest.mark.parametrize(
    ("name", "rows", "scale"),
    [
        ("DRB.UEThpDlDist", (UserTotal.BITS, UserTotal.BUSY_S), 1e-3),
        ("DRB.PerDataVolumeDLDist", (UserTotal.BITS, None), 1e-3),
    ],
)
def test_what_users_got_is_counted_once_a_tick_in_the_bin_that_it_is_in(
    name: str, rows: tuple[int, int | None], scale: float
) -> None:
    table, seen = counted(STREET, name)
    expected = np.zeros_like(table)
    part, whole = rows
    for (serving, _), grown in seen:
        for user in np.flatnonzero(serving >= 0).tolist():
            of = 1.0 if whole is None else grown[whole, user]
            if of > 0 and (whole is not None or grown[part, user] > 0):
                expected[serving[user], in_bin(name, grown[part, user] * scale / of)] += 1
    np.testing.assert_array_equal(table, expected)
    assert (table.sum(axis=0) > 0).sum() > 1


def test_schemes_are_counted_by_the_prbs_that_were_sent_with_them() -> None:
    name = "CARR.PDSCHMCSDist"
    table, seen = counted(STREET, name)
    # 2 dB of margin over the thresholds of table 2.
    thresholds = mcs_table(2).threshold_db
    expected = np.zeros_like(table)
    for (serving, sinr_db), grown in seen:
        for user in np.flatnonzero(serving >= 0).tolist():
            met = np.flatnonzero(thresholds <= sinr_db[user] - 2)
            if len(met):
                expected[serving[user], met[-1]] += grown[UserTotal.PRB_S, user] / 0.1
    np.testing.assert_allclose(table, expected, atol=0.5)
    assert (table.sum(axis=0) > 0).sum() > 3


def test_waiting_times_are_in_the_bin_of_their_milliseconds() -> None:
    calm = replace(STREET, groups=(replace(STREET.groups[2], users=30, moves="static"),))
    table, seen = counted(calm, "DRB.RlcSduDelayDlDist")
    served = sum(int((grown[UserTotal.BITS] > 0)[serving >= 0].sum()) for (serving, _), grown in seen)
    assert table.sum() == served > 100
    # Where there is room, all that comes in a tick of 100 ms leaves in it, after half of it on average.
    first, last = (in_bin("DRB.RlcSduDelayDlDist", at) for at in (49.9, 50.1))
    assert table[:, first : last + 1].sum() == served


def test_the_timing_advance_is_the_distance_in_steps_of_78_m() -> None:
    scenario = still(replace(TOWN, deployment=Hexagons(sites=3)))
    table, seen = counted(scenario, "L1M.ATADist")
    world = NetworkSimulation(scenario, 3).world
    expected = np.zeros_like(table)
    for (serving, _), _grown in seen:
        for user in np.flatnonzero(serving >= 0).tolist():
            site = world.deployment.plan.site[serving[user]]
            east = world.population.xy[user, 0] - world.deployment.plan.x_m[site]
            north = world.population.xy[user, 1] - world.deployment.plan.y_m[site]
            expected[serving[user], int(math.hypot(east, north) / 78.07)] += 1
    np.testing.assert_array_equal(table, expected)
    assert (table.sum(axis=0) > 0).sum() > 2


def test_the_quality_that_users_measure_is_within_half_a_decibel() -> None:
    table, seen = counted(STREET, "MR.NRScSSRSRQ")
    assert table.sum() == sum(int((serving >= 0).sum()) for (serving, _), _ in seen)
    # 12 subcarriers of which one's worth is the cell's own: −10.79 dB at best, in the bin from −11.
    told = [BINS["MR.NRScSSRSRQ"].x[n].start for n in np.flatnonzero(table.sum(axis=0))]
    assert max(told) <= -11.0
    assert min(told) > -30
