"""Power models against the published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop_e2sim.energy.power import TR38864, Power, ai_rsg, earth, tr38864


def watts(model: Power, use: float) -> float:
    return float(model.active_w(np.array([use]))[0])


def test_thirty_percent_use_fills_as_many_symbols() -> None:
    assert watts(tr38864(1, 1, watts_per_unit=1), 0.3) == pytest.approx(122.5)


def test_tr_38864_transitions_are_split_into_down_and_up_and_cost_energy() -> None:
    deep = tr38864(1, 1, "deep", watts_per_unit=2)
    assert (deep.down_us, deep.up_us, deep.transition_j) == (25_000, 25_000, 2.0)


def test_the_ai_rsg_radio_unit() -> None:
    assert watts(ai_rsg(), 0) == 56.9
    assert watts(ai_rsg(), 1) == pytest.approx(511.9)
    assert [ai_rsg(s).sleep_w for s in ("micro", "light", "deep")] == [50, 20, 5]


def test_an_earth_macro_station_off_idle_and_full() -> None:
    macro = earth("macro")
    assert (macro.sleep_w, macro.idle_w) == (450, 780)
    assert watts(macro, 1) == pytest.approx(6 * (130 + 4.7 * 20))


def test_every_model_sleeps_below_idle_and_idles_below_full() -> None:
    every = [tr38864(c, n, s) for c, n in TR38864 for s in ("deep", "light")]
    for model in (*map(ai_rsg, ("micro", "light", "deep")), *map(earth, ("macro", "micro", "pico")), *every):
        assert model.sleep_w < model.idle_w < model.active_w(np.array([1.0]))[0]
