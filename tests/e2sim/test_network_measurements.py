"""What follows from a network's books by definition: against numbers worked out by hand, and against sums by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from ricloop.e2sm.kpm.metric import WHOLE, Label, Measurement
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.e2node.measuring import Column
from ricloop_e2sim.network.bins import BINS
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.columns import cell_column, ue_column
from ricloop_e2sim.network.connections import ConnectionRules
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.gauges import Extreme
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

FDD, TDD = Layer(2100, 20, power_dbm=46.0), Layer(3500, 100, 30, power_dbm=49.0, duplex=0.75, streams=2.0)
WHERE = deploy(Hexagons(sites=1, sectors=1, layers=(FDD, TDD)))
"""106 PRBs at 15 kHz, and 273 at 30 kHz (TS 38.101-1 5.3.2)."""
CLASSES = Classes(TOWN.world(1).population, TOWN.world(1).slicing, WHERE.gnbs[0].plmn)


def books(**counted: tuple[int, int]) -> NetworkSample:
    """Two seconds of two cells, half of whose PRBs were in use, and of three users: two in the first, one in none.

    In the uplink a quarter of the first cell's PRBs were, and a tenth of the second's.
    """
    cell, users, most = np.zeros((CellTotal.COUNT, 2)), np.zeros((UserTotal.COUNT, 2, 3)), np.zeros((Extreme.COUNT, 2))
    cell_up = np.zeros((CellTotal.CONNECTED_S, 2))
    cell[CellTotal.PRB_S] = [106.0, 273.0]
    cell[CellTotal.BITS] = [8e6, 0.0]
    cell[CellTotal.OFFERED_BITS] = [9e6, 0.0]
    cell[CellTotal.BUSY_UE_S] = [1.6, 0.0]
    cell[CellTotal.CONNECTED_S] = [5.0, 0.0]
    cell[CellTotal.ENERGY_J] = [960.0, 0.0]
    cell_up[CellTotal.PRB_S] = [53.0, 54.6]
    cell_up[CellTotal.BITS] = [3e6, 0.0]
    cell_up[CellTotal.OFFERED_BITS] = [4e6, 1e6]
    cell_up[CellTotal.LOST_BITS] = [1e6, 1e6]
    users[UserTotal.BITS, 0] = [8e6, 0.0, 1e3]
    users[UserTotal.BUSY_S, 0] = [1.6, 0.0, 0.1]
    users[UserTotal.BITS, 1] = [0.0, 3e6, 2e3]
    users[UserTotal.OFFERED_BITS, 1] = [0.0, 4e6, 2e3]
    users[UserTotal.LOST_BITS, 1] = [0.0, 1e6, 0.0]
    most[Extreme.PRBS] = [53.0, 0.0]
    most[Extreme.CONNECTED] = [4.0, 1.0]
    rrc = counters(2)
    for name, values in counted.items():
        rrc[ROW[name.replace("__", ".").replace("_", "-")]] = values
    nothing = np.full(3, np.nan)
    serving = np.array([0, 0, -1])
    return NetworkSample(
        2.0,
        cell,
        cell_up,
        users,
        rrc,
        None,
        {},
        most,
        np.zeros(2),
        serving,
        WHERE,
        np.array([3.0, 0.0]),
        *(nothing,) * 3,
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


def test_the_uplink_has_blocks_and_retransmissions_of_its_own_in_its_share_of_the_time() -> None:
    # 2 s: a quarter of 2000 slots of 1 ms; of 4000 of 0.5 ms a quarter is uplink, and a tenth of that was used.
    assert cells("TB.TotNbrUlInit") == [500, 100]
    assert cells("TB.ErrNbrUlInitial") == [50, 10]
    assert cells("TB.TotNbrUl") == [550, 110]
    assert cells("TB.ErrTotNbrUl") == [50, 10]
    assert cells("TB.ResidualErrNbrUl") == [0, 0]
    # As long on the air as downwards; in the second cell nothing came through.
    first, second = cells("DRB.AirIfDelayUl")
    assert first == pytest.approx(17.98, abs=0.02)
    assert math.isnan(second)
    np.testing.assert_allclose(ue_column(books(), CLASSES, Column("DRB.AirIfDelayUl")), [np.nan, first, np.nan])
    # Users send on one layer, whatever the downlink has.
    assert cells("CARR.AverageLayersUl") == [1, 1]


def test_where_nothing_was_sent_there_are_no_layers() -> None:
    sample = books()
    sample.cell_up[CellTotal.PRB_S] = [0.0, 1.0]
    np.testing.assert_array_equal(cells("CARR.AverageLayersUl", sample), [np.nan, 1])
    assert cells("CARR.AverageLayersDl", sample) == [1, 2]


def test_power_that_is_sent_and_drawn() -> None:
    # Half of 46 dBm is 43, less 3 dB that are lost.
    assert cells("CARR.MaxTxPwr") == [pytest.approx(40.0, abs=0.02), pytest.approx(math.nan, nan_ok=True)]
    # Half of three quarters of 49 dBm.
    assert cells("CARR.NRCellDU") == [pytest.approx(40.0, abs=0.02), pytest.approx(44.74, abs=0.01)]
    assert cells("CARR.AverageLayersDl") == [1, 2]
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
        ("DRB.PacketLossRateUu", [0, math.nan]),
        ("DRB.F1uPdcpSduVolumeUL", [3000, 0]),
        ("DRB.PdcpReordDelayUl", [1, math.nan]),
        ("DRB.F1UpacketLossRateUl", [0, math.nan]),
        # A quarter of what there was to send did not fit into the users' buffers; of the second cell's, all.
        ("DRB.PacketLossRateUl", [250_000, 1_000_000]),
        ("DRB.PacketSuccessRateUlgNBUu", [75, 0]),
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
        ("DRB.F1uPdcpSduVolumeUL", [0, 3000, 2]),
        ("DRB.PdcpReordDelayUl", [math.nan, 1, 1]),
        ("DRB.F1UpacketLossRateUl", [math.nan, 0, 0]),
        ("DRB.PacketSuccessRateUlgNBUu", [math.nan, 75, 100]),
    ],
)
def test_a_user_has_its_own_share_of_the_uplinks_user_plane(name: str, told: list[float]) -> None:
    np.testing.assert_array_equal(ue_column(books(), CLASSES, Column(name)), told)


def test_a_class_of_users_has_its_own_share_of_the_uplinks_user_plane() -> None:
    # [UserTotal, ways, cells, classes]: the first class sent 2 Mbit of 4 in the first cell, the others nothing.
    by_class = np.zeros((UserTotal.COUNT, 2, 2, CLASSES.count))
    by_class[UserTotal.BITS, 1, 0, 0] = 2e6
    by_class[UserTotal.OFFERED_BITS, 1, 0, 0] = 4e6
    by_class[UserTotal.LOST_BITS, 1, 0, 0] = 1e6
    label = Label(five_qi=int(CLASSES.five_qi[0]))
    sample = replace(books(), by_class=by_class)
    told = {
        name: cell_column(sample, CLASSES, Column(f"DRB.{name}", label)).tolist()
        for name in ("F1uPdcpSduVolumeUL", "PacketSuccessRateUlgNBUu")
    }
    assert told["F1uPdcpSduVolumeUL"] == [2000, 0]
    np.testing.assert_array_equal(told["PacketSuccessRateUlgNBUu"], [75, np.nan])


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
        ("RACH.PreambleA", [5 + 3 + 1, 1 + 1 + 0]),
        ("RACH.PreambleDedCell", [11, 12]),
        ("RACH.PreambleDed", [11, 12]),
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
    levels = ("DRB.PdcpReordDelayUl", "DRB.PacketSuccessRateUlgNBUu", "CARR.AverageLayersDl", "CARR.AverageLayersUl")
    asked = action("PEE.Voltage", "PEE.Current", "PEE.AvgPower", "DRB.PdcpF1DelayDl", "TB.TotNbrDlInitial", *levels)
    ask(network, node(network), asked)
    before = network.simulation.world.totals.cell.copy()
    (report,) = indications(network.tick(10)[node(network).name])
    grown = (network.simulation.world.totals.cell - before)[:, :6]
    volts, amperes, watts, delay, blocks, *others = cell_values(report, asked).tolist()
    assert (volts, delay) == (48, 5)
    assert volts * amperes == pytest.approx(watts)
    # 52 PRBs at 10 MHz and 106 at 20 MHz, 1000 slots in the second.
    assert blocks == pytest.approx((1000 * grown[CellTotal.PRB_S] / np.tile([52, 106], 3)).sum(), abs=3)
    assert blocks > 1000
    # 0.1 ms; full buffers lose nothing; one layer each way.
    assert others == [1, 100, 1, 1]


# ------------------------------------------------------------------------------------------------------ distributions


class Seen(NamedTuple):
    """Of users, after a tick."""

    serving: Ints
    sinr_db: Floats
    grown: Floats
    """[UserTotal, u]: what the tick added."""


def counted(scenario: NetworkScenario, name: str, way: int = 0, ticks: int = 20) -> tuple[Floats, list[Seen]]:
    """[c, bins] of so many ticks, and what there was to see after each of them of that way."""
    simulation = NetworkSimulation(scenario, 3, seconds=60)
    for _ in range(20):
        simulation.advance()
    measures = simulation.gnbs[0].measures()
    period_us = ticks * scenario.tick_us
    columns = [measures.column(Measurement(name, Label(bin_x=b.index)), False) for b in BINS[name].x]
    meters = [view.measures().meter(period_us) for view in simulation.gnbs]
    world, seen = simulation.world, []
    for _ in range(ticks):
        before = world.totals.users[:, way].copy()
        simulation.advance()
        sinr_db = (world.sinr_db, world.sinr_up_db)[way]
        seen.append(Seen(world.serving.copy(), sinr_db.copy(), world.totals.users[:, way] - before))
    readings = [meter.close() for meter in meters]
    return np.array([np.concatenate([r.cells(c) for r in readings]) for c in columns if c is not None]).T, seen


CALM = replace(STREET, groups=(replace(STREET.groups[2], users=30, moves="static"),))
"""Voice alone, for which there is room."""


def got_through(seen: list[Seen]) -> int:
    """Users, tick by tick, of whom anything did."""
    return sum(int((grown[UserTotal.BITS] > 0)[serving >= 0].sum()) for serving, _, grown in seen)


def in_bin(name: str, value: float) -> int:
    """By hand: the bin that holds it, from its edges."""
    return next(n for n, b in enumerate(BINS[name].x) if b.start <= value < b.end)


@pytest.mark.parametrize(
    ("name", "way", "rows", "scale"),
    [
        ("DRB.UEThpDlDist", 0, (UserTotal.BITS, UserTotal.BUSY_S), 1e-3),
        ("DRB.UEThpUlDist", 1, (UserTotal.BITS, UserTotal.BUSY_S), 1e-3),
        ("DRB.PerDataVolumeDLDist", 0, (UserTotal.BITS, None), 1e-3),
        ("DRB.PerDataVolumeULDist", 1, (UserTotal.BITS, None), 1e-3),
    ],
)
def test_what_got_through_is_counted_once_a_tick_in_the_bin_that_it_is_in(
    name: str, way: int, rows: tuple[int, int | None], scale: float
) -> None:
    table, seen = counted(STREET, name, way)
    expected = np.zeros_like(table)
    part, whole = rows
    for serving, _, grown in seen:
        for user in np.flatnonzero(serving >= 0).tolist():
            of = 1.0 if whole is None else grown[whole, user]
            if of > 0 and (whole is not None or grown[part, user] > 0):
                expected[serving[user], in_bin(name, grown[part, user] * scale / of)] += 1
    np.testing.assert_array_equal(table, expected)
    assert (table.sum(axis=0) > 0).sum() > 1


@pytest.mark.parametrize(("name", "way"), [("CARR.PDSCHMCSDist", 0), ("CARR.PUSCHMCSDist", 1)])
def test_schemes_are_counted_by_the_prbs_that_were_sent_with_them(name: str, way: int) -> None:
    table, seen = counted(STREET, name, way)
    # 2 dB of margin over the thresholds of table 2.
    thresholds = mcs_table(2).threshold_db
    expected = np.zeros_like(table)
    for serving, sinr_db, grown in seen:
        for user in np.flatnonzero(serving >= 0).tolist():
            met = np.flatnonzero(thresholds <= sinr_db[user] - 2)
            if len(met):
                expected[serving[user], met[-1]] += grown[UserTotal.PRB_S, user] / 0.1
    np.testing.assert_allclose(table, expected, atol=0.5)
    assert (table.sum(axis=0) > 0).sum() > 3


@pytest.mark.parametrize(("name", "way"), [("RRU.PrbTotDlDist", 0), ("RRU.PrbTotUlDist", 1)])
def test_the_load_of_each_tick_is_in_the_tenth_that_it_is_in(name: str, way: int) -> None:
    table, seen = counted(TOWN, name, way)
    expected = np.zeros_like(table)
    for serving, _, grown in seen:
        # Of 106 PRBs, on nine cells.
        used = [grown[UserTotal.PRB_S, serving == cell].sum() / 0.1 / 106 for cell in range(9)]
        for cell, share in enumerate(used):
            expected[cell, min(int(share * 10 + 1e-9), 9)] += 1
    np.testing.assert_array_equal(table, expected)
    assert (table.sum(axis=0) > 0).sum() > 1


def test_waiting_times_are_in_the_bin_of_their_milliseconds() -> None:
    table, seen = counted(CALM, "DRB.RlcSduDelayDlDist")
    assert table.sum() == got_through(seen) > 100
    # Where there is room, all that comes in a tick of 100 ms leaves in it, after half of it on average.
    first, last = (in_bin("DRB.RlcSduDelayDlDist", at) for at in (49.9, 50.1))
    assert table[:, first : last + 1].sum() == table.sum()


def test_every_part_of_a_delay_is_counted_and_their_sum() -> None:
    found = {}
    for part in ("AirIfDelayDist", "PdcpSduDelayDlDist", "GtpF1DelayDlDist", "RlcSduDelayDlDist", "DelayDlNgranUeDist"):
        table, seen = counted(CALM, f"DRB.{part}")
        found[part] = table.sum(axis=0)
        assert table.sum() == got_through(seen)
    at = {name: np.flatnonzero(row).tolist() for name, row in found.items()}
    # 1.8 ms on the air at 15 kHz; 0.1 ms in the CU-UP and 0.5 ms to the DU; half a tick of waiting, and all of them.
    assert (at["AirIfDelayDist"], at["PdcpSduDelayDlDist"], at["GtpF1DelayDlDist"]) == ([1], [0], [0])
    assert at["DelayDlNgranUeDist"] == [in_bin("DRB.DelayDlNgranUeDist", 50 + 0.6 + 1.8)]


def test_in_the_uplink_what_users_wait_is_counted_apart() -> None:
    for name, ms in (("DRB.DelayUlNgranUeDist", 1.8 + 0.6), ("DRB.DelayUlNgranUeIncD1Dist", 50 + 1.8 + 0.6)):
        table, seen = counted(CALM, name, 1)
        assert table.sum() == got_through(seen) > 100
        assert np.flatnonzero(table.sum(axis=0)).tolist() == [in_bin(name, ms)]


@pytest.mark.parametrize(("name", "way"), [("DRB.RlcPacketDropRateDLDist", 0), ("DRB.PacketLossRateULDist", 1)])
def test_losses_are_in_the_bin_of_their_percentage(name: str, way: int) -> None:
    # Voice that waits nowhere, over a transport of 100 kbit/s each way.
    voices = replace(STREET.groups[2], users=40, buffer_bits=1.0)
    thin = replace(STREET, groups=(voices,), impairments=(Impairment("backhaul-congestion", "gnb1", 0, 60, 0.1),))
    table, seen = counted(thin, name, way)
    expected = np.zeros_like(table)
    for serving, _, grown in seen:
        for user in np.flatnonzero((serving >= 0) & (grown[UserTotal.OFFERED_BITS] > 0)).tolist():
            lost = min(100 * grown[UserTotal.LOST_BITS, user] / grown[UserTotal.OFFERED_BITS, user], 99.9)
            expected[serving[user], in_bin(name, lost)] += 1
    np.testing.assert_array_equal(table, expected)
    assert (table.sum(axis=0) > 0).sum() > 2


def test_the_timing_advance_is_the_distance_in_steps_of_78_m() -> None:
    scenario = still(replace(TOWN, deployment=Hexagons(sites=3)))
    table, seen = counted(scenario, "L1M.ATADist")
    world = NetworkSimulation(scenario, 3).world
    expected = np.zeros_like(table)
    for serving, _, _ in seen:
        for user in np.flatnonzero(serving >= 0).tolist():
            site = world.deployment.plan.site[serving[user]]
            east = world.population.xy[user, 0] - world.deployment.plan.x_m[site]
            north = world.population.xy[user, 1] - world.deployment.plan.y_m[site]
            expected[serving[user], int(math.hypot(east, north) / 78.07)] += 1
    np.testing.assert_array_equal(table, expected)
    assert (table.sum(axis=0) > 0).sum() > 2


def test_the_quality_that_users_measure_is_within_half_a_decibel() -> None:
    table, seen = counted(STREET, "MR.NRScSSRSRQ")
    assert table.sum() == sum(int((serving >= 0).sum()) for serving, _, _ in seen)
    # 12 subcarriers of which one's worth is the cell's own: −10.79 dB at best, in the bin from −11.
    told = [BINS["MR.NRScSSRSRQ"].x[n].start for n in np.flatnonzero(table.sum(axis=0))]
    assert max(told) <= -11.0
    assert min(told) > -30
