"""Policies of the fluid scheduler, against hand computation and what must hold for any of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.mac.policy import LEAST_PRBS, AverageThroughput, Policy
from ricloop_e2sim.mac.scheduler import Grants, Scheduler
from ricloop_e2sim.mac.waterfill import best_first, by_weight

SECOND = 1_000_000
ONE_CELL = np.zeros(3, dtype=np.int64)


def prbs_of(policy: Policy, asked: list[float], rate: list[float], prbs: float) -> list[float]:
    """Grants in one cell for a tick of 1 s to users without history."""
    users = np.zeros(len(asked), dtype=np.int64)
    scheduler = Scheduler(np.array([policy]), len(asked))
    grants = scheduler.schedule(users, np.array(rate), np.array(asked) * np.array(rate), np.array([prbs]), SECOND)
    return [float(prbs) for prbs in grants.prbs]


def test_where_all_fit_all_get_what_they_ask_and_nothing_is_left_behind() -> None:
    backlog = np.array([1e5, 0.1, 7.7e6])
    grants = Scheduler(np.array([0]), 3).schedule(
        ONE_CELL, np.array([3e5, 7e5, 1.1e5]), backlog, np.array([100.0]), SECOND
    )
    assert grants.bits.tolist() == backlog.tolist()
    assert grants.prbs == pytest.approx([1 / 3, 1 / 7e6, 70])


def test_round_robin_satisfies_the_small_and_gives_the_large_equal_prbs_whatever_their_rate() -> None:
    assert prbs_of(Policy.ROUND_ROBIN, [10, 50, 90], [1e5, 9e5, 3e5], 70) == pytest.approx([10, 30, 30])


def test_max_ci_serves_the_best_rate_first_and_ties_by_index() -> None:
    assert prbs_of(Policy.MAX_CI, [40, 50, 60], [2e5, 1e5, 3e5], 70) == pytest.approx([10, 0, 60])
    assert prbs_of(Policy.MAX_CI, [40, 40, 40], [1e5, 2e5, 2e5], 70) == pytest.approx([0, 40, 30])


def test_proportional_fair_shares_prbs_in_proportion_to_rate_over_average() -> None:
    scheduler = Scheduler(np.array([Policy.PROPORTIONAL_FAIR]), 3)
    scheduler.average.bit_s[:] = [1e6, 4e6, 2e6]
    # r/T = 0.2, 0.1, 0.05: of 70 PRBs 40, 20, 10.
    grants = scheduler.schedule(ONE_CELL, np.array([2e5, 4e5, 1e5]), np.full(3, 1e9), np.array([70.0]), SECOND)
    assert grants.prbs == pytest.approx([40, 20, 10])


def test_proportional_fair_passes_on_what_a_user_does_not_need() -> None:
    scheduler = Scheduler(np.array([Policy.PROPORTIONAL_FAIR]), 3)
    scheduler.average.bit_s[:] = [1e6, 4e6, 2e6]
    # The first needs 10 PRBs; the other 60 go 2 to 1.
    backlog = np.array([2e6, 1e9, 1e9])
    grants = scheduler.schedule(ONE_CELL, np.array([2e5, 4e5, 1e5]), backlog, np.array([70.0]), SECOND)
    assert grants.prbs == pytest.approx([10, 40, 20])


def test_a_qos_weight_multiplies_the_share() -> None:
    scheduler = Scheduler(
        np.array([Policy.QOS_PROPORTIONAL_FAIR]), 3, qos_weight=np.array([1.0, 2.0, 4.0]), window_us=SECOND
    )
    grants = scheduler.schedule(ONE_CELL, np.full(3, 1e5), np.full(3, 1e9), np.array([70.0]), SECOND)
    assert grants.prbs == pytest.approx([10, 20, 40])


@pytest.mark.parametrize("tick_us", [10_000, 100_000, SECOND, 10 * SECOND])
def test_proportional_fair_settles_at_equal_prbs_and_throughput_in_proportion_to_rate(tick_us: int) -> None:
    scheduler = Scheduler(np.array([Policy.PROPORTIONAL_FAIR]), 3)
    scheduler.average.bit_s[:] = [9e6, 1e5, 1e6]
    rate = np.array([1e5, 4e5, 8e5])
    for _ in range(20 * SECOND // tick_us + 20):
        grants = scheduler.schedule(ONE_CELL, rate, np.full(3, 1e12), np.array([90.0]), tick_us)
    assert grants.prbs == pytest.approx([30, 30, 30], rel=1e-3)
    assert scheduler.average.bit_s == pytest.approx(rate * 30, rel=1e-3)


def test_shares_equal_the_odds_of_competing_exponential_clocks() -> None:
    metric = np.array([0.5, 1.0, 3.5])
    slots = np.random.Generator(np.random.PCG64(7)).exponential(size=(200_000, 3)) / metric
    won = np.bincount(slots.argmin(axis=1), minlength=3) / 200_000
    shares = by_weight(np.full(3, 10.0), metric, ONE_CELL, np.array([1.0]))
    # Standard error below 0.0011.
    assert won == pytest.approx(shares, abs=0.004)


def test_the_average_follows_its_window_and_its_weight_is_bounded() -> None:
    average = AverageThroughput(2, SECOND)
    for _ in range(10):
        average.add(np.array([1e5, 0.0]), 100_000)
    assert average.bit_s == pytest.approx([1e6 * (1 - np.exp(-1)), 0])
    assert average.weight(np.array([1]), np.array([1e5])) == pytest.approx([1 / LEAST_PRBS])


def test_each_cell_has_its_own_policy() -> None:
    scheduler = Scheduler(np.array([Policy.MAX_CI, Policy.ROUND_ROBIN, Policy.MAX_CI]), 6)
    serving = np.array([0, 1, 0, 1, 2, -1])
    rate = np.array([1e5, 1e5, 2e5, 2e5, 1e5, 1e5])
    grants = scheduler.schedule(serving, rate, rate * 60, np.array([80.0, 80.0, 80.0]), SECOND)
    assert grants.prbs == pytest.approx([20, 40, 60, 40, 60, 0])
    assert grants.used == pytest.approx([80, 80, 60])
    assert grants.bits == pytest.approx(rate * [20, 40, 60, 40, 60, 0])


def test_no_cell_no_rate_and_no_prbs_give_nothing() -> None:
    scheduler = Scheduler(np.array([0, 0]), 3)
    grants = scheduler.schedule(
        np.array([-1, 0, 1]), np.array([1e5, 0.0, 1e5]), np.full(3, 1e6), np.array([50.0, 0.0]), SECOND
    )
    assert grants.prbs.tolist() == grants.bits.tolist() == [0, 0, 0]


def test_a_user_reachable_for_half_a_tick_gets_at_most_half_of_the_cell() -> None:
    grants = Scheduler(np.array([0]), 3).schedule(
        ONE_CELL,
        np.full(3, 1e5),
        np.array([1e9, 1e6, 1e6]),
        np.array([100.0]),
        SECOND,
        reachable=np.array([0.5, 1.0, 0.0]),
    )
    assert grants.prbs == pytest.approx([50, 10, 0])


users = st.lists(
    st.tuples(st.floats(0, 1e3), st.integers(-1, 3), st.floats(1e4, 1e6), st.floats(0, 1e7)), min_size=1, max_size=40
)
cells = st.lists(st.tuples(st.sampled_from(Policy), st.floats(0, 500)), min_size=4, max_size=4)


def run(drawn: list[tuple[float, int, float, float]], of: list[tuple[Policy, float]]) -> tuple[Ints, Floats, Grants]:
    asked, serving, rate, average = (np.array([u[k] for u in drawn]) for k in range(4))
    scheduler = Scheduler(np.array([c[0] for c in of]), len(drawn), qos_weight=1 + rate / 1e5)
    scheduler.average.bit_s[:] = average
    return serving, asked, scheduler.schedule(serving, rate, asked * rate, np.array([c[1] for c in of]), SECOND)


@given(users, cells)
def test_no_user_gets_more_than_asked_no_cell_gives_more_than_it_has_or_less_than_it_could(
    drawn: list[tuple[float, int, float, float]], of: list[tuple[Policy, float]]
) -> None:
    serving, asked, grants = run(drawn, of)
    assert (grants.prbs >= 0).all()
    assert (grants.prbs <= asked * (1 + 1e-12)).all()
    for cell, (_, prbs) in enumerate(of):
        here = serving == cell
        assert grants.prbs[here].sum() == pytest.approx(min(asked[here].sum(), prbs), rel=1e-9, abs=1e-9)
        assert grants.used[cell] == pytest.approx(grants.prbs[here].sum(), rel=1e-9, abs=1e-12)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(1e-2, 1e2), st.integers(0, 2)), min_size=1, max_size=30),
    st.lists(st.floats(0, 300), min_size=3, max_size=3),
)
def test_whoever_is_not_satisfied_has_as_much_per_weight_as_anybody(
    drawn: list[tuple[float, float, int]], supply: list[float]
) -> None:
    asked, weight, segment = (np.array([d[k] for d in drawn]) for k in range(3))
    granted = by_weight(asked, weight, segment, np.array(supply))
    for short in np.flatnonzero(granted < asked * (1 - 1e-9) - 1e-9):
        others = segment == segment[short]
        assert (granted[others] / weight[others]).max() <= granted[short] / weight[short] * (1 + 1e-6) + 1e-6


def test_a_cell_shares_as_alone_whatever_the_other_cells_do() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    asked, segment = rng.exponential(20, 500), rng.integers(0, 10, 500)
    weight = np.exp(rng.normal(size=500))
    supply = np.linspace(0, 2000, 10)
    for share in (by_weight, best_first):
        together = share(asked, weight, segment, supply)
        for cell in range(10):
            here = segment == cell
            alone = share(asked[here], weight[here], np.zeros(here.sum(), dtype=np.int64), supply[cell : cell + 1])
            assert together[here] == pytest.approx(alone, rel=1e-9, abs=1e-9)


def test_bad_settings_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="policy 9 is unknown"):
        Scheduler(np.array([0, 9]), 1)
    with pytest.raises(ConfigError, match="QoS weight 0 is not positive"):
        Scheduler(np.array([0]), 2, qos_weight=np.array([1.0, 0.0]))
    with pytest.raises(ConfigError, match="window is 0 µs"):
        Scheduler(np.array([0]), 2, window_us=0)
