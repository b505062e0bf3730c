"""The antenna pattern at its half-power points, at its floor and without one."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.channel.antenna import ELEMENT, OMNI, panel, pattern_db

INFINITE, WIDTH, AHEAD = np.array(np.inf), np.array(65.0), np.array(0.0)


def test_the_horizontal_pattern_is_3_db_down_at_half_its_width_on_every_turn() -> None:
    angle = np.array([0.0, 32.5, -32.5, 327.5, -327.5, 392.5, 65.0])
    np.testing.assert_allclose(pattern_db(angle, AHEAD, WIDTH, INFINITE), [0, -3, -3, -3, -3, -3, -12])


def test_the_vertical_pattern_is_3_db_down_at_half_its_width() -> None:
    below = np.array([0.0, 32.5, -32.5, 5.0])
    np.testing.assert_allclose(pattern_db(AHEAD, below, INFINITE, np.array(10.0))[[0, 3]], [0, -3])
    np.testing.assert_allclose(pattern_db(AHEAD, below, INFINITE, WIDTH)[:3], [0, -3, -3])


def test_each_alone_and_both_together_are_30_db_down_at_most() -> None:
    assert pattern_db(np.array(180.0), AHEAD, WIDTH, INFINITE) == -30
    assert pattern_db(AHEAD, np.array(90.0), INFINITE, np.array(10.0)) == -30
    assert pattern_db(np.array(180.0), np.array(90.0), WIDTH, np.array(10.0)) == -30


def test_both_together_add_up_before_the_floor() -> None:
    assert pattern_db(np.array(32.5), np.array(-65.0), WIDTH, WIDTH) == pytest.approx(-15)


def test_an_omnidirectional_antenna_has_no_pattern() -> None:
    angle = np.array([0.0, 90.0, 180.0])
    widths = np.array(OMNI.horizontal_deg), np.array(OMNI.vertical_deg)
    np.testing.assert_array_equal(pattern_db(angle, angle, *widths), 0)


def test_a_panel_gains_10_log_n_up_to_17_dbi() -> None:
    assert panel(1) == ELEMENT
    assert panel(4).peak_dbi == pytest.approx(14.02, abs=0.005)
    assert panel(16).peak_dbi == 17
    assert panel(10).vertical_deg == pytest.approx(10.2)


def test_a_panel_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="panel of 0 elements"):
        panel(0)
