"""The uplink of a network's world: its books, its rates by hand, who disturbs whom, and what limits it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.slicing import Slice
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.phy.mcs import mcs_table
from ricloop_e2sim.phy.rate import by_mcs
from tests.e2sim.networks import TOWN, TWO_TOWNS, still

FULL = NetworkScenario(
    name="full",
    title="three sites whose users always have something to send",
    groups=(Group(30, "full-buffer", "static", hours="always", indoor=0.3),),
    deployment=Hexagons(sites=3),
)


def ran(scenario: NetworkScenario, ticks: int) -> NetworkWorld:
    run = NetworkRun(scenario, 1, ticks * scenario.tick_us / 1e6)
    while not run.done:
        run.advance()
    return run.world


def grown(world: NetworkWorld) -> tuple[Floats, Floats]:
    """What the next tick adds to users in the uplink, and their SINR in it, dB."""
    before = world.totals.user_up.copy()
    world.step()
    return world.totals.user_up - before, world.sinr_up_db


def over_thermal_db(world: NetworkWorld) -> Floats:
    return 10 * np.log10(world.air.uplink.over_thermal())


@pytest.mark.parametrize("scenario", [TOWN, FULL], ids=["town", "full"])
def test_bits_are_delivered_lost_or_still_there_and_cells_and_users_agree(scenario: NetworkScenario) -> None:
    world = ran(scenario, 150)
    cell, user = world.totals.cell_up, world.totals.user_up
    offered, served, lost = (user[row].sum() for row in (UserTotal.OFFERED_BITS, UserTotal.BITS, UserTotal.LOST_BITS))
    assert offered == pytest.approx(served + lost + world.backlogs[1].sum(), rel=1e-12)
    for row in (UserTotal.BITS, UserTotal.PRB_S, UserTotal.BUSY_S, UserTotal.QUEUE_BIT_S, UserTotal.SLOT_BITS):
        # Who waits for its first connection is of no cell.
        of_cells = user[row][world.camped >= 0].sum()
        assert cell[row].sum() == pytest.approx(of_cells, rel=0.01)
    assert (world.uses <= 1 + 1e-9).all()
    assert served > 0


@pytest.mark.parametrize(("duplex", "share"), [(1.0, 1.0), (0.75, 0.25)])
def test_a_users_rate_is_that_of_its_mcs_less_the_overhead_in_its_share_of_the_time(
    duplex: float, share: float
) -> None:
    layers = (Layer(2100, 20, duplex=duplex, streams=4.0),)
    world = ran(replace(FULL, deployment=Hexagons(sites=3, layers=layers)), 20)
    told, sinr = grown(world)
    sends = told[UserTotal.BITS] > 0
    # 168,000 resource elements a second, 8 % of them overhead, 2 dB of margin; one layer, whatever the downlink has.
    wanted = told[UserTotal.PRB_S] * 168e3 * 0.92 * share * by_mcs(mcs_table(2), 2.0)(sinr)
    assert sends.sum() > 20
    np.testing.assert_allclose(told[UserTotal.BITS][sends], wanted[sends], rtol=0.01)


def test_nobody_sends_on_more_prbs_than_it_has_power_for() -> None:
    world = ran(FULL, 30)
    told, _ = grown(world)
    most = world.air.uplink.most_prbs
    poor = (most < 20) & (told[UserTotal.PRB_S] > 0)
    assert poor.any()
    assert (told[UserTotal.PRB_S] <= most * 0.1 + 1e-9).all()
    # Its data wait although its cell has PRBs left: it is busy all the time.
    np.testing.assert_allclose(told[UserTotal.BUSY_S][poor], 0.1)


def test_a_cell_hears_what_others_users_send_and_nothing_where_they_are_silent() -> None:
    loud = ran(FULL, 10)
    assert (over_thermal_db(loud) > 1).all()
    # Users of one cell do not disturb one another, nor anybody across carriers.
    alone = ran(replace(FULL, deployment=Hexagons(sites=1, sectors=1)), 10)
    assert alone.uses[1].max() > 0
    assert over_thermal_db(alone).tolist() == [0.0]
    apart = tuple(Layer(f_mhz, 20) for f_mhz in (2100, 2600))
    both = ran(replace(FULL, deployment=Hexagons(sites=1, sectors=1, layers=apart)), 10)
    assert over_thermal_db(both).tolist() == [0.0, 0.0]


def test_interference_is_what_users_of_others_sent_in_the_tick_before() -> None:
    world = ran(FULL, 11)
    told, _ = grown(world)
    sent, serving = world.air.uplink.sent_mw.copy(), world.serving.copy()
    heard = np.zeros(9)
    for user, row in enumerate(world.air.near):
        for slot, cell in enumerate(row):
            if 0 <= cell != serving[user] >= 0:
                share = told[UserTotal.PRB_S, user] / 0.1 / 106
                heard[cell] += sent[user] * share * 10 ** (world.air.channel.gain_db[user, slot] / 10)
    # Thermal noise of 180 kHz and a noise figure of 5 dB.
    noise = 10 ** ((-174 + 10 * np.log10(180e3) + 5) / 10)
    np.testing.assert_allclose(world.air.uplink.over_thermal(), (noise + heard) / noise)
    gain_db = np.array(
        [
            world.air.channel.gain_db[user, row == serving[user]].max(initial=-400)
            for user, row in enumerate(world.air.near)
        ]
    )
    _, sinr = grown(world)
    same = (serving == world.serving) & (serving >= 0)
    wanted = 10 * np.log10(sent) + gain_db - 10 * np.log10(noise + heard[serving])
    np.testing.assert_allclose(sinr[same], wanted[same])
    assert same.sum() > 20


def test_slices_share_the_uplink_as_configured_and_controls_change_the_downlink_alone() -> None:
    halves = (
        Group(15, "full-buffer", "static", hours="always"),
        Group(15, "full-buffer", "static", hours="always", slice=1),
    )
    capped = replace(FULL, groups=halves, slices=(Slice("one", maximum=30), Slice("two", sst=2)))
    world = ran(capped, 20)
    told, _ = grown(world)
    used = np.bincount(world.serving[:15] + 1, told[UserTotal.PRB_S, :15], 10)[1:] * 10 / 106
    assert (used <= 0.3 + 1e-9).all()
    assert used.max() > 0.29
    assert world.slicing.configure(0, 0, 0.0, 0.0, 5.0) == ""
    assert world.slicing.ratios.maximum[[0, 9], 0].tolist() == pytest.approx([0.05, 0.3])


def test_a_misconfigured_slice_is_capped_both_ways() -> None:
    cap = Impairment("slice-sla", "gnb1", 0.5, 9, 10.0)
    world = ran(replace(FULL, impairments=(cap,)), 10)
    assert (world.uses[:, :3] <= 0.1 + 1e-9).all()
    assert (world.uses[:, 3:].max(axis=1) > 0.5).all()
    # A control that names the slice puts its downlink right, in its cell; the next mistake is a new one.
    assert world.slicing.configure(0, 0, 0.0, 0.0, 60.0) == ""
    assert world.slicing.ratios.maximum[[0, 1, 9, 10], 0].tolist() == pytest.approx([0.6, 0.1, 0.1, 0.1])
    world.slicing.cap(np.full((9, 1), 0.05))
    assert world.slicing.ratios.maximum[[0, 1, 9, 10], 0].tolist() == pytest.approx([0.05] * 4)
    world.slicing.cap(np.ones((9, 1)))
    assert world.slicing.ratios.maximum[[0, 1, 9, 10], 0].tolist() == pytest.approx([0.6, 1.0, 1.0, 1.0])


def test_the_transport_limits_each_way_by_itself() -> None:
    world = ran(replace(FULL, impairments=(Impairment("backhaul-congestion", "gnb1", 0, 9, 5.0),)), 20)
    before = world.totals.cell[CellTotal.BITS].copy(), world.totals.cell_up[CellTotal.BITS].copy()
    world.step()
    for was, books in zip(before, (world.totals.cell, world.totals.cell_up), strict=True):
        carried = (books[CellTotal.BITS] - was)[:3].sum()
        assert carried == pytest.approx(0.5e6)


def begun(kind: str, amount: float) -> tuple[NetworkWorld, NetworkWorld, Floats]:
    """A tick of trouble at the first site, the same tick without it, and noise and interference over noise before."""
    troubled, calm = (
        ran(replace(FULL, impairments=planned), 10) for planned in ((Impairment(kind, "gnb1", 1.0, 9, amount),), ())
    )
    before = calm.air.uplink.over_thermal()
    np.testing.assert_array_equal(troubled.air.uplink.over_thermal(), before)
    troubled.step()
    calm.step()
    return troubled, calm, before


def test_noise_from_outside_is_heard_at_users_and_at_the_cell() -> None:
    troubled, calm, before = begun("interference", 12.0)
    same = (troubled.serving == calm.serving) & (calm.serving >= 0)
    there, elsewhere = same & (calm.serving < 3), same & (calm.serving >= 3)
    assert there.sum() > 5
    assert elsewhere.sum() > 5
    # 12 dB are 15.85 times the thermal noise, of which there was one already.
    more = (before + 10**1.2 - 1) / before
    lost_db = calm.sinr_up_db - troubled.sinr_up_db
    np.testing.assert_allclose(lost_db[there], 10 * np.log10(more[calm.serving[there]]))
    np.testing.assert_array_equal(lost_db[elsewhere], 0)
    assert (calm.sinr_db[there] > troubled.sinr_db[there]).all()


def test_a_cell_that_lost_power_hears_its_users_as_before() -> None:
    troubled, calm, _ = begun("sleeping-cell", 20.0)
    there = (troubled.serving == calm.serving) & (calm.serving >= 0) & (calm.serving < 3)
    assert there.sum() > 5
    np.testing.assert_allclose(troubled.sinr_up_db[there], calm.sinr_up_db[there])
    weaker_db = calm.sinr_db[there] - troubled.sinr_db[there]
    assert weaker_db.min() > 0
    assert weaker_db.max() > 10


def test_energy_follows_the_downlink_alone() -> None:
    busy = replace(FULL, groups=(Group(30, "full-buffer", "static", hours="always"),))
    world = ran(busy, 5)
    units = world.availability.energy.units
    np.testing.assert_allclose(world.power_w, units.active_w(world.use))


def test_a_single_voice_frame_fits_into_a_slot_and_a_full_buffer_does_not() -> None:
    groups = (Group(5, "voip", "static", hours="always"), Group(5, "full-buffer", "static", hours="always"))
    user = ran(replace(still(TOWN), groups=groups), 100).totals.users
    share = user[UserTotal.SLOT_BITS].reshape(2, 2, 5).sum(axis=2) / user[UserTotal.BITS].reshape(2, 2, 5).sum(axis=2)
    # By way, and by group.
    assert (share[:, 1] == 0).all()
    assert share[1, 0] > 0.8


def test_kpis_tell_of_the_uplink() -> None:
    run = NetworkRun(TOWN, 1, 5.0)
    while not run.done:
        run.advance()
    kpis, up = run.result()["kpis"], run.world.totals.cell_up.sum(axis=1)
    assert kpis["served_ul_mbps"] == pytest.approx(up[CellTotal.BITS] / 5e6)
    assert kpis["prb_ul_percent"] == pytest.approx(100 * up[CellTotal.PRB_S] / (9 * 106 * 5))
    user = run.world.totals.user_up
    had = user[UserTotal.BUSY_S] > 0
    assert kpis["user_ul_mbps_p50"] == pytest.approx(
        np.median(user[UserTotal.BITS, had] / user[UserTotal.BUSY_S, had]) / 1e6
    )


def test_both_ways_of_the_far_town_stay_the_same_to_the_bit_whatever_users_here_send() -> None:
    groups = TWO_TOWNS.groups
    theirs = ran(TWO_TOWNS, 60)
    mine = ran(replace(TWO_TOWNS, groups=(replace(groups[0], service="web"), groups[1], *groups[2:])), 60)
    here = mine.population.group % 2 == 0
    assert (mine.totals.cell_up[CellTotal.BITS, :24].sum()) < 0.5 * theirs.totals.cell_up[CellTotal.BITS, :24].sum()
    for books, others in ((mine.totals.cell, theirs.totals.cell), (mine.totals.cell_up, theirs.totals.cell_up)):
        np.testing.assert_array_equal(books[:, 24:], others[:, 24:])
    np.testing.assert_array_equal(mine.totals.users[:, :, ~here], theirs.totals.users[:, :, ~here])
    np.testing.assert_array_equal(mine.sinr_up_db[~here], theirs.sinr_up_db[~here])


@pytest.mark.parametrize("duplex", [0.0, -0.1, 1.2])
def test_a_downlink_of_no_time_or_of_more_than_all_is_refused(duplex: float) -> None:
    with pytest.raises(ConfigError, match="2100 MHz: give 1 for FDD"):
        Layer(2100, 20, duplex=duplex)
