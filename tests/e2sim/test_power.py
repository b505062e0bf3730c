"""Power models against the published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.energy.power import (
    MODELS,
    TR38864,
    ai_rsg,
    downlink_power,
    earth,
    power_model,
    tr38864,
    worthwhile_ms,
)


def watts(model: str, use: float) -> float:
    return float(power_model(model).active_w(np.array([use]))[0])


@pytest.mark.parametrize(
    ("share", "single", "dual"), [(1.0, 280, 280), (0.5, 212.5, 212.5), (0.3, 185.5, 198.29), (0.1, 158.5, 162.76)]
)
def test_tr_38864_downlink_power_follows_the_used_bandwidth(share: float, single: float, dual: float) -> None:
    assert downlink_power(TR38864[1, 1], bandwidth=share) == pytest.approx(single)
    assert downlink_power(TR38864[1, 1], bandwidth=share, dual=True) == pytest.approx(dual, abs=0.005)


def test_half_of_the_transceivers_draw_half_of_the_dynamic_power() -> None:
    assert downlink_power(TR38864[1, 1], trx=0.5) == pytest.approx(167.5)


def test_thirty_percent_use_concentrated_or_spread_over_the_symbols() -> None:
    use = np.array([0.3])
    assert tr38864(1, 1, watts_per_unit=1).active_w(use)[0] == pytest.approx(122.5)
    assert tr38864(1, 1, watts_per_unit=1, spread=True).active_w(use)[0] == pytest.approx(185.5)


@pytest.mark.parametrize(
    ("category", "sleep", "expected"),
    [
        (1, "deep", (68.5, 70.4, 77.0)),
        (1, "light", (9.0, 9.6, 12.9)),
        (2, "deep", (13_800, 14_300, 18_500)),
        (2, "light", (960, 1020, 1850)),
    ],
)
def test_the_least_worthwhile_stay_asleep(category: int, sleep: str, expected: tuple[float, ...]) -> None:
    for number, stay in enumerate(expected, start=1):
        assert worthwhile_ms(category, number, sleep) == pytest.approx(stay, rel=0.005)


def test_tr_38864_transitions_are_split_into_down_and_up_and_cost_energy() -> None:
    deep = tr38864(1, 1, "deep", watts_per_unit=2)
    assert (deep.down_us, deep.up_us, deep.transition_j) == (25_000, 25_000, 2.0)


def test_the_ai_rsg_radio_unit() -> None:
    assert watts("ai-rsg-deep", 0) == 56.9
    assert watts("ai-rsg-deep", 1) == pytest.approx(511.9)
    assert [ai_rsg(s).sleep_w for s in ("micro", "light", "deep")] == [50, 20, 5]


def test_an_earth_macro_station_off_idle_and_full() -> None:
    macro = earth("macro")
    assert (macro.sleep_w, macro.idle_w) == (450, 780)
    assert watts("earth-macro", 1) == pytest.approx(6 * (130 + 4.7 * 20))


def test_every_model_sleeps_below_idle_and_idles_below_full() -> None:
    for model in MODELS.values():
        assert model.sleep_w < model.idle_w < model.active_w(np.array([1.0]))[0]


def test_a_misspelt_model_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'ai-rsg-deep'"):
        power_model("ai-rsg-deap")
