"""Received power and SINR against hand computation and a plain double loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.channel import Channel, Settings, outdoors, panel
from ricloop_e2sim.phy.carrier import Carrier, prb_dbm
from ricloop_e2sim.phy.sinr import Downlink, rsrq_of, sinr_db
from tests.e2sim.hexagons import hexagons, three_sectors


def small(near: list[list[int]], gain_db: list[list[float]], f_ghz: list[float]) -> Downlink:
    """Cells of 0 dBm per PRB with noise of −100 dBm."""
    cells = len(f_ghz)
    return Downlink(np.array(near), np.array(gain_db), np.array(f_ghz), np.zeros(cells), np.full(cells, -100.0))


def test_one_signal_one_neighbour_and_noise() -> None:
    link = small([[0, 1]], [[-80.0, -90.0]], [2.0, 2.0])
    link.serve(np.array([0]))
    on = np.ones(2)
    assert sinr_db(link.serving_sinr(np.array([1.0, 0.0]), on))[0] == pytest.approx(20)
    # 1e-8 over 1e-9 + 1e-10, then over half of the neighbour.
    assert link.serving_sinr(np.array([1.0, 1.0]), on)[0] == pytest.approx(1e-8 / 1.1e-9)
    assert link.serving_sinr(np.array([1.0, 0.5]), on)[0] == pytest.approx(1e-8 / 0.6e-9)


def test_only_cells_of_the_same_frequency_interfere() -> None:
    link = small([[0, 1, 2]], [[-80.0, -60.0, -90.0]], [2.0, 3.5, 2.0])
    link.serve(np.array([0]))
    full, on = np.ones(3), np.ones(3)
    assert link.serving_sinr(full, on)[0] == pytest.approx(1e-8 / 1.1e-9)
    np.testing.assert_allclose(link.candidate_sinr(full, on)[0], [1e-8 / 1.1e-9, 1e-6 / 1e-10, 1e-9 / 1.01e-8])


def test_a_sleeping_cell_neither_serves_nor_disturbs_and_a_degraded_one_does_both_less() -> None:
    link = small([[0, 1]], [[-80.0, -90.0]], [2.0, 2.0])
    link.serve(np.array([0]))
    full = np.ones(2)
    assert link.serving_sinr(full, np.array([1.0, 0.0]))[0] == pytest.approx(100)
    assert link.serving_sinr(full, np.array([0.1, 1.0]))[0] == pytest.approx(1e-9 / 1.1e-9)
    np.testing.assert_array_equal(sinr_db(link.serving_sinr(full, np.array([0.0, 1.0]))), [-200])
    np.testing.assert_allclose(link.rsrp_dbm(np.array([0.1, 0.0])), [[-100.7918, -np.inf]], atol=1e-4)


def test_users_without_a_cell_and_cells_out_of_reach_have_no_signal() -> None:
    link = small([[0, -1], [1, -1]], [[-80.0, -np.inf], [-80.0, -np.inf]], [2.0, 2.0])
    link.serve(np.array([-1, 0]))
    full, on = np.ones(2), np.ones(2)
    np.testing.assert_array_equal(link.serving_sinr(full, on), 0)
    np.testing.assert_array_equal(link.candidate_sinr(full, on)[:, 1], 0)
    np.testing.assert_array_equal(link.rsrp_dbm(on)[:, 1], -np.inf)


def test_external_noise_and_power_can_change() -> None:
    link = small([[0]], [[-80.0]], [2.0])
    link.serve(np.array([0]))
    link.set_noise(np.array([-90.0]))
    assert sinr_db(link.serving_sinr(np.ones(1), np.ones(1)))[0] == pytest.approx(10)
    link.prb_dbm[:] = 6.0
    link.refresh(np.array([0]))
    assert sinr_db(link.serving_sinr(np.ones(1), np.ones(1)))[0] == pytest.approx(16)


def slow(link: Downlink, f_ghz: Floats, noise_mw: Floats, activity: Floats, transmit: Floats) -> Floats:
    """The definition, cell by cell."""
    result = np.zeros(link.near.shape)
    for user, row in enumerate(link.near):
        mw = [10 ** (gain / 10) for gain in link.gain_db[user]]
        for slot, cell in enumerate(row):
            if cell < 0:
                continue
            rest = noise_mw[cell]
            for other, its in enumerate(row):
                if other != slot and its >= 0 and f_ghz[its] == f_ghz[cell]:
                    rest += mw[other] * activity[its] * transmit[its]
            result[user, slot] = mw[slot] * transmit[cell] / rest
    return result


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_serving_and_candidates_agree_with_the_definition(number: int) -> None:
    rng = np.random.default_rng(number)
    users, cells, columns = 7, 9, 6
    near: Ints = np.argsort(rng.random((users, cells)), axis=1)[:, :columns]
    gain = rng.uniform(-150, -40, near.shape)
    absent = rng.random(near.shape) < 0.2
    near[absent], gain[absent] = -1, -np.inf
    f_ghz = rng.choice([0.7, 2.1, 3.5], cells)
    noise = rng.uniform(-130, -90, cells)
    link = Downlink(near, gain, f_ghz, np.zeros(cells), noise)
    activity, transmit = rng.choice([0.0, 0.3, 1.0], cells), rng.choice([0.0, 0.5, 1.0], cells)
    expected = slow(link, f_ghz, 10 ** (noise / 10), activity, transmit)
    np.testing.assert_allclose(link.candidate_sinr(activity, transmit), expected, rtol=1e-12)
    for slot in range(columns):
        link.serve(near[:, slot])
        np.testing.assert_allclose(link.serving_sinr(activity, transmit), expected[:, slot], rtol=1e-12)


def test_a_users_sinr_keeps_its_bits_while_its_candidates_do_the_same() -> None:
    rng = np.random.default_rng(5)
    sites = hexagons(3, 500.0)
    plan = three_sectors(sites)
    channel = Channel(plan, outdoors(400), rng.uniform(-1500, 1500, (400, 2)), np.random.SeedSequence(1), Settings(5))
    noise = np.full(plan.cell_count, -110.0)
    link = Downlink(channel.near, channel.gain_db, plan.frequency_ghz, np.full(plan.cell_count, 25.0), noise)
    link.serve(channel.near[np.arange(400), channel.gain_db.argmax(axis=1)])
    activity, on = rng.random(plan.cell_count), np.ones(plan.cell_count)
    before = link.serving_sinr(activity, on), link.candidate_sinr(activity, on)
    activity[:3] = 0  # the centre
    after = link.serving_sinr(activity, on), link.candidate_sinr(activity, on)
    deaf = ~np.isin(channel.near, [0, 1, 2]).any(axis=1)
    assert 50 < deaf.sum() < 350
    np.testing.assert_array_equal(before[0][deaf], after[0][deaf])
    np.testing.assert_array_equal(before[1][deaf], after[1][deaf])
    assert (after[0][~deaf] > before[0][~deaf]).any()


def test_after_a_move_only_the_named_users_are_taken_over_and_all_is_as_if_made_anew() -> None:
    rng = np.random.default_rng(5)
    plan = three_sectors(hexagons(2, 500.0))
    xy = rng.uniform(-800, 800, (60, 2))
    channel = Channel(plan, outdoors(60), xy, np.random.SeedSequence(1), Settings(near_sites=5))
    power, noise = np.full(plan.cell_count, 25.0), np.full(plan.cell_count, -110.0)
    link = Downlink(channel.near, channel.gain_db, plan.frequency_ghz, power, noise)
    serving = channel.near[:, 3].copy()
    link.serve(serving)
    xy[::3] += 200.0
    channel.move(xy)
    link.refresh(channel.changed)
    again = Downlink(channel.near, channel.gain_db, plan.frequency_ghz, power, noise)
    again.serve(serving)
    activity, on = rng.random(plan.cell_count), np.ones(plan.cell_count)
    np.testing.assert_array_equal(link.serving_sinr(activity, on), again.serving_sinr(activity, on))
    np.testing.assert_array_equal(link.candidate_sinr(activity, on), again.candidate_sinr(activity, on))
    np.testing.assert_array_equal(link.rsrp_dbm(on), again.rsrp_dbm(on))


def test_rsrq_is_a_twelfth_at_best_and_follows_the_sinr_below() -> None:
    # 1/12 = −10.79 dB; at 0 dB half of it; far below, the SINR less 10.79 dB.
    np.testing.assert_allclose(rsrq_of(np.array([1e9, 1.0, 1e-4])), [-10.792, -13.802, -50.792], atol=1e-3)


@pytest.mark.parametrize(("f_ghz", "tilt"), [(3.5, 12.0), (2.1, 12.0)])
def test_the_geometry_of_a_fully_loaded_macro_network(f_ghz: float, tilt: float) -> None:
    """19 sites of 3 sectors 500 m apart, UMa, panels of 8 elements tilted by 12°, users outdoors and uniform in the
    7 inner hexagons at 35 m or more, each at its strongest cell, all cells full."""
    sites = hexagons(2, 500.0)
    plan = three_sectors(sites, f_ghz, panel(8), tilt)
    xy = np.random.default_rng(3).uniform(-800, 800, (12_000, 2))
    distance = np.hypot(xy[:, :1] - sites[:, 0], xy[:, 1:] - sites[:, 1])
    xy = xy[(distance.argmin(axis=1) < 7) & (distance.min(axis=1) >= 35)]
    channel = Channel(plan, outdoors(len(xy)), xy, np.random.SeedSequence(9), Settings(near_sites=19))
    carrier = Carrier(f_ghz, 100, 30) if f_ghz > 3 else Carrier(f_ghz, 20, 15)
    power = prb_dbm(np.full(57, 49.0 if f_ghz > 3 else 46.0), np.array(carrier.prbs))
    link = Downlink(channel.near, channel.gain_db, plan.frequency_ghz, power, np.full(57, carrier.noise_dbm()))
    link.serve(channel.near[np.arange(len(xy)), channel.gain_db.argmax(axis=1)])
    low, median, high = np.percentile(sinr_db(link.serving_sinr(np.ones(57), np.ones(57))), [5, 50, 95])
    print(f"{f_ghz} GHz: SINR 5/50/95 % = {low:.2f} {median:.2f} {high:.2f} dB")
    assert 5 <= median <= 8
    assert -5 <= low <= 0
    assert 17 <= high <= 27
