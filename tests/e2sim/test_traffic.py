"""The compressed day."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.gnb.traffic import DayTraffic, Demand, Surge, day_level, peak_rates
from tests.e2sim.small import layout


def test_the_profile_is_the_published_one_and_linear_between_hours() -> None:
    assert day_level(19) == 1.0
    assert day_level(6) == 0.151
    assert day_level(6.5) == pytest.approx((0.151 + 0.253) / 2)
    assert day_level(23.5) == pytest.approx((0.853 + 0.754) / 2)
    assert day_level(30) == day_level(6)
    assert day_level(6, sharpness=2) == pytest.approx(0.151**2)


def test_the_busiest_hour_fills_the_coverage_cell_as_told() -> None:
    network = layout((0, 1, 1, 1))
    rates = peak_rates(network, Demand(peak_coverage_load=1.6))
    assert (rates / network.rate[:, 0]).sum() == pytest.approx(1.6 * network.prbs[0])


def test_the_mean_load_of_the_busiest_hour_is_the_one_asked_for() -> None:
    network = layout(tuple([0, 1] * 30))
    source = DayTraffic(network, Demand(peak_coverage_load=1.5, day_s=1e9, start_hour=19), np.random.SeedSequence(3))
    bits = [source.next(k * 100_000, 100_000).bits.sum() for k in range(3000)]
    asked = 1.5 * network.prbs[0] * network.rate[0, 0] * 0.1
    assert np.mean(bits) == pytest.approx(asked, rel=0.05)


def test_users_stay_and_their_demand_comes_and_goes() -> None:
    source = DayTraffic(layout(tuple([0, 1] * 10)), Demand(start_hour=6), np.random.SeedSequence(1))
    wanting = []
    for k in range(100):
        demand = source.next(k * 100_000, 100_000)
        assert demand.present.all()
        wanting.append((demand.bits > 0).sum())
    assert min(wanting) < max(wanting) < 20


def test_the_same_stream_gives_the_same_day() -> None:
    days = []
    for _ in range(2):
        source = DayTraffic(layout(), Demand(), np.random.SeedSequence(7))
        days.append([source.next(k * 100_000, 100_000).bits.tolist() for k in range(50)])
    assert days[0] == days[1]


def test_a_surge_multiplies_the_demand_of_its_seconds_and_of_no_others() -> None:
    network = layout(tuple([0, 1] * 30))
    surge = Surge(100, 200, 2.5)
    plain, surging = (
        DayTraffic(network, Demand(day_s=1e9, start_hour=19, surges=surges), np.random.SeedSequence(3))
        for surges in ((), (surge,))
    )
    bits = np.array(
        [[source.next(k * 100_000, 100_000).bits.sum() for source in (plain, surging)] for k in range(3000)]
    )
    assert (bits[:1000, 0] == bits[:1000, 1]).all()
    # 1,000 ticks of some 60 users: their mean strays by a percent or so.
    assert bits[1000:2000, 1].sum() / bits[1000:2000, 0].sum() == pytest.approx(2.5, rel=0.05)
    assert bits[2000:, 1].sum() / bits[2000:, 0].sum() == pytest.approx(1.0, rel=0.05)


def test_surges_that_overlap_multiply() -> None:
    demand = Demand(surges=(Surge(0, 10, 2), Surge(5, 15, 3)))
    assert [demand.factor(second * 1_000_000) for second in (0, 5, 10, 15)] == [2, 6, 3, 1]


@pytest.mark.parametrize("text", ["8:12", "12:8:2", "8:12:-1", "8:12:much", "8:12:101", "-1:2:3", "1:inf:2", "nan:2:1"])
def test_a_surge_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="surge"):
        Surge.parse(text)
