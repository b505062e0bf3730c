"""The uplink's powers, SINR and interference: by hand from TS 38.213 7.1.1, and against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.phy import codes
from ricloop_e2sim.phy.sinr import Downlink
from ricloop_e2sim.phy.uplink import PowerControl, Uplink

# Of a receiver with a noise figure of 5 dB: −174 + 10 log10(180e3) + 5, and twice as wide.
NOISE_15, NOISE_30 = -116.447, -113.437


def uplink(users: int, control: PowerControl = PowerControl()) -> Uplink:  # noqa: B008 — frozen
    """Cells of 15 and of 30 kHz."""
    return Uplink(control, users, np.array([15.0, 30.0]), np.array([NOISE_15, NOISE_30]))


def gain(*loss_db: float) -> Floats:
    return 10 ** (-np.array(loss_db) / 10)


def db(linear: Floats) -> Floats:
    return 10 * np.log10(linear)


def test_power_makes_up_for_four_fifths_of_the_path_loss_up_to_its_most() -> None:
    link = uplink(3)
    link.aim(gain(100, 100, 130), np.array([0, 1, 0]))
    sinr = link.sinr(np.array([0, 1, 0]))
    # −75 + 0.8 × 100 = 5 dBm; twice as wide a PRB 3.01 more; −75 + 104 = 29 dBm is above 23.
    np.testing.assert_allclose(db(link.sent_mw), [5, 8.0103, 23], atol=1e-4)
    # 18 dB of headroom are 63.1 PRBs, or half as many.
    np.testing.assert_allclose(link.most_prbs, [63.0957, 31.5479, 1], rtol=1e-5)
    np.testing.assert_allclose(db(sinr), [5 - 100 - NOISE_15, 8.0103 - 100 - NOISE_30, 23 - 130 - NOISE_15], atol=1e-3)
    # The power headroom for no transmission knows no bandwidth: 23 + 75 − 0.8 PL.
    np.testing.assert_allclose(link.headroom_db(np.array([0, 1, 0])), [18, 18, -6], atol=1e-9)


@given(
    loss=st.floats(40, 160),
    p0=st.floats(-110, -60),
    alpha=st.sampled_from([0.0, 0.4, 0.7, 1.0]),
    share=st.floats(0, 1),
    cell=st.sampled_from([0, 1]),
)
def test_all_prbs_together_have_the_power_of_the_specification(
    loss: float, p0: float, alpha: float, share: float, cell: int
) -> None:
    link = uplink(1, PowerControl(p0, alpha))
    link.aim(gain(loss), np.array([cell]))
    prbs = 1 + share * (link.most_prbs[0] - 1)
    wanted = min(23.0, p0 + 10 * np.log10(2**cell * prbs) + alpha * loss)
    assert db(link.sent_mw * prbs)[0] == pytest.approx(wanted, abs=1e-6)


def test_what_a_cell_hears_of_others_is_over_its_noise() -> None:
    link = uplink(2)
    link.aim(gain(100, 100), np.array([0, 1]))
    alone = link.sinr(np.array([0, 1]))
    assert link.over_thermal().tolist() == [1, 1]
    link.hear(np.array([10 ** (NOISE_15 / 10), 0.0]))
    # As much again: 3.01 dB less, of the first cell's user only.
    np.testing.assert_allclose(alone / link.sinr(np.array([0, 1])), [2, 1])
    np.testing.assert_allclose(link.over_thermal(), [2, 1])


def test_noise_from_outside_adds_to_what_is_heard_until_it_ends() -> None:
    link, thermal = uplink(2), np.array([NOISE_15, NOISE_30])
    link.aim(gain(100, 100), np.array([0, 1]))
    alone = link.sinr(np.array([0, 1]))
    link.hear(10 ** (thermal / 10) * [1, 3])
    link.set_noise(thermal + np.array([0, 10]))
    # Thermal noise and as much of users; ten times as much noise, and of users three times.
    np.testing.assert_allclose(link.over_thermal(), [2, 13])
    np.testing.assert_allclose(alone / link.sinr(np.array([0, 1])), [2, 13])
    link.hear(np.zeros(2))
    np.testing.assert_allclose(link.over_thermal(), [1, 10])
    link.set_noise(thermal)
    np.testing.assert_allclose(link.over_thermal(), [1, 1])


def test_who_has_no_cell_has_no_signal() -> None:
    link = uplink(1)
    link.aim(np.zeros(1), np.array([-1]))
    assert link.sinr(np.array([-1])).tolist() == [0]
    assert np.isfinite(link.sent_mw).all()


@pytest.mark.parametrize("seed", range(4))
def test_cells_hear_the_users_of_others_on_their_carrier_one_by_one(seed: int) -> None:
    draw = np.random.default_rng(seed)
    users, cells, slots = 12, 6, 4
    f_ghz = draw.choice([2.0, 3.5], cells)
    prb_dbm = draw.uniform(20, 40, cells)
    near = np.array([draw.permutation(np.append(np.arange(cells), [-1, -1]))[:slots] for _ in range(users)])
    gain_db = np.where(near >= 0, draw.uniform(-120, -60, near.shape), -np.inf)
    link = Downlink(near, gain_db, f_ghz, prb_dbm, np.full(cells, -100.0))
    serving = np.array([draw.choice(row) for row in near])
    link.serve(serving)
    sent = draw.uniform(0, 200, users) * (draw.random(users) < 0.7) * (serving >= 0)
    heard, own = np.zeros(cells), np.zeros(users)
    for user in range(users):
        for slot, cell in enumerate(near[user]):
            if cell < 0:
                continue
            received = 10 ** (gain_db[user, slot] / 10)
            if cell == serving[user]:
                own[user] = received
            elif f_ghz[cell] == f_ghz[serving[user]]:
                heard[cell] += sent[user] * received
    np.testing.assert_allclose(link.heard_mw(sent), heard, rtol=1e-9)
    np.testing.assert_allclose(link.serving_gain(), own, rtol=1e-9)
    assert heard.any()


def test_less_power_of_the_cells_does_not_change_the_channel() -> None:
    link = Downlink(np.array([[0, 1]]), np.array([[-80.0, -90.0]]), np.full(2, 2.0), np.zeros(2), np.zeros(2))
    link.serve(np.array([0]))
    link.prb_dbm = np.array([-10.0, -20.0])
    link.refresh(np.array([0]))
    np.testing.assert_allclose(link.serving_gain(), [1e-8])
    np.testing.assert_allclose(link.heard_mw(np.ones(1)), [0, 1e-9])


def test_codes_of_power_headroom() -> None:
    """TS 38.133 table 10.1.17.1-1, at its ends and where its steps change."""
    headroom = np.array([-99, -32.01, -32, -31, 0.5, 21.9, 22, 23.9, 24, 37.9, 38, 60])
    assert codes.headroom_code(headroom).tolist() == [0, 0, 1, 2, 33, 54, 55, 55, 56, 62, 63, 63]


@pytest.mark.parametrize(
    ("settings", "says"), [({"p0_dbm": 30}, "p0_dbm 30"), ({"alpha": 1.1}, "alpha 1.1"), ({"most_dbm": 40}, "most_dbm")]
)
def test_settings_that_cannot_be_are_named(settings: dict[str, float], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        PowerControl(**settings)
