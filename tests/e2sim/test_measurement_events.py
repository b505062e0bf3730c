"""The layer-3 filter and measurement events, against hand computation (TS 38.331 5.5.3.2, 5.5.4)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.rrc.events import Event, Trigger, a3, together
from ricloop_e2sim.rrc.measure import L3Filter

TICK = 100_000
NONE = -np.inf


def test_k_4_moves_half_of_the_way_every_200_ms() -> None:
    filter_ = L3Filter(1, 2, 200_000, k=4)
    assert filter_.update(np.array([[-80.0, -90.0]])).tolist() == [[-80, -90]]
    assert filter_.update(np.array([[-100.0, -90.0]])).tolist() == [[-90, -90]]
    assert filter_.update(np.array([[-100.0, -90.0]])).tolist() == [[-95, -90]]


@pytest.mark.parametrize(("k", "share"), [(0, 1.0), (4, 0.5), (8, 0.25), (19, 2**-4.75)])
def test_the_step_of_each_coefficient_is_the_same_at_any_tick(k: int, share: float) -> None:
    for tick_us in (10_000, 50_000, 200_000, 1_000_000):
        filter_ = L3Filter(1, 1, tick_us, k)
        filter_.update(np.array([[0.0]]))
        for _ in range(1_000_000 // tick_us):
            filter_.update(np.array([[1.0]]))
        assert filter_.filtered[0, 0] == pytest.approx(1 - (1 - share) ** 5)


def test_what_cannot_be_measured_is_forgotten_and_starts_anew() -> None:
    filter_ = L3Filter(1, 2, 200_000)
    for measured in ([-80.0, NONE], [NONE, NONE], [-100.0, -70.0]):
        filter_.update(np.array([measured]))
        assert filter_.filtered.tolist() == [measured]
    filter_.restart(np.array([0]), np.array([[False, True]]))
    assert filter_.update(np.array([[-90.0, -60.0]])).tolist() == [[-95, -60]]


def test_a_coefficient_out_of_range_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"k 20 is outside 0\.\.19"):
        L3Filter(1, 1, TICK, k=20)


# Serving −95 dBm; the entering and leaving inequalities of the clauses, worked out for one candidate.
@pytest.mark.parametrize(
    ("margin", "enters", "leaves"),
    [
        (a3(np.array([-95.0]), np.array([[-90.9]])), True, False),
        (a3(np.array([-95.0]), np.array([[-91.1]])), False, False),
        (a3(np.array([-95.0]), np.array([[-93.1]])), False, True),
        (a3(np.array([-95.0]), np.array([[-93.1]]), offset=np.array([[2.5]])), True, False),
        (a3(np.array([-95.0]), np.array([[-90.9]]), off=8.0), False, True),
    ],
)
def test_margins_are_those_of_the_clauses(margin: Floats, enters: bool, leaves: bool) -> None:
    event = Event(1, 1, Trigger(hysteresis_db=1, ttt_ms=0))
    event.update(margin, 0, TICK)
    assert event.triggered[0, 0] == enters
    event.update(np.full((1, 1), 50.0), TICK, TICK)
    event.update(margin, 2 * TICK, TICK)
    assert event.triggered[0, 0] == (not leaves)


def reports(event: Event, margin: list[list[float]], tick: int) -> list[tuple[int, int, int]]:
    found = event.update(np.array(margin), tick * TICK, TICK)
    return list(zip(found.user.tolist(), found.slot.tolist(), found.at_us.tolist(), strict=True))


def test_an_event_fires_when_its_time_to_trigger_ends_inside_a_tick() -> None:
    event = Event(1, 1, Trigger(ttt_ms=160))
    assert [reports(event, [[2.0]], tick) for tick in range(3)] == [[], [(0, 0, 160_000)], []]


def test_a_time_to_trigger_that_ends_with_a_tick_needs_the_next_one() -> None:
    event = Event(2, 1, Trigger(ttt_ms=100))
    assert reports(event, [[2.0], [2.0]], 0) == []
    assert reports(event, [[2.0], [0.5]], 1) == [(0, 0, 100_000)]


def test_an_interruption_starts_the_time_to_trigger_anew() -> None:
    event = Event(1, 1, Trigger(ttt_ms=160))
    fired = [reports(event, [[m]], tick) for tick, m in enumerate([2.0, 1.0, 2.0, 2.0])]
    assert fired == [[], [], [], [(0, 0, 360_000)]]


def test_the_best_of_several_candidates_is_reported() -> None:
    event = Event(3, 3, Trigger(ttt_ms=0))
    margins = [[2.0, 5.0, 3.0], [NONE, 0.9, 1.1], [NONE, NONE, NONE]]
    assert reports(event, margins, 0) == [(0, 1, 0), (1, 2, 0)]


def test_a_triggered_event_reports_again_after_its_interval_and_when_another_candidate_enters() -> None:
    event = Event(1, 2, Trigger(ttt_ms=0, report_interval_us=240_000))
    margins = [[2, 0], [2, 0], [2, 0], [2, 3], [0, 3], [0, 3], [-2, -2], [0, 0], [2, 0]]
    fired = [reports(event, [[float(m) for m in margin]], tick) for tick, margin in enumerate(margins)]
    assert fired == [
        [(0, 0, 0)],
        [],
        [(0, 0, 240_000)],
        [(0, 1, 300_000)],
        [],
        [(0, 1, 540_000)],
        [],
        [],
        [(0, 0, 800_000)],
    ]


def test_leaving_needs_the_time_to_trigger_too() -> None:
    event = Event(1, 1, Trigger(ttt_ms=160))
    seen = []
    for tick, margin in enumerate([2.0, 2.0, -2.0, 0.0, -2.0, -2.0]):
        reports(event, [[margin]], tick)
        seen.append(bool(event.triggered[0, 0]))
    assert seen == [False, True, True, True, True, False]


def test_forgotten_users_start_anew() -> None:
    event = Event(2, 1, Trigger(ttt_ms=160))
    for tick in range(2):
        reports(event, [[2.0], [2.0]], tick)
    event.forget(np.array([1]))
    assert event.triggered[:, 0].tolist() == [True, False]
    assert reports(event, [[2.0], [2.0]], 2) == []
    assert reports(event, [[2.0], [2.0]], 3) == [(1, 0, 360_000)]


def test_an_event_of_the_serving_cell_has_one_place_per_user() -> None:
    event = Event(3, 1, Trigger(ttt_ms=0))
    found = event.update(np.array([10.0, -10.0, 1.5]), 0, TICK)
    assert found.user.tolist() == [0, 2]


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.sampled_from([0, 40, 100, 160, 256]))
def test_ticks_of_20_ms_fire_when_those_of_100_ms_do(margins: list[float], ttt_ms: int) -> None:
    fired = []
    for tick_us in (20_000, 100_000):
        event = Event(1, 1, Trigger(ttt_ms=ttt_ms, report_interval_us=10**12))
        found = []
        for start in range(0, len(margins) * 100_000, tick_us):
            found += event.update(np.array([[margins[start // 100_000]]]), start, tick_us).at_us.tolist()
        fired.append(found)
    assert fired[0] == fired[1]


def test_bad_triggers_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="time to trigger 150 ms"):
        Trigger(ttt_ms=150)
    with pytest.raises(ConfigError, match="hysteresis 16 dB"):
        Trigger(hysteresis_db=16)
    with pytest.raises(ConfigError, match="report interval 0 µs"):
        Trigger(report_interval_us=0)


def test_users_that_are_looked_at_in_parts_report_as_all_together_and_the_others_need_no_look() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    users, here = 60, np.arange(0, 60, 2)
    trigger = Trigger(ttt_ms=160, report_interval_us=240_000)
    whole, parts = Event(users, 3, trigger), Event(users, 3, trigger)
    seen = 0
    for tick in range(60):
        margin = np.full((users, 3), NONE)
        margin[here] = rng.normal(0, 3, (len(here), 3))
        left = rng.choice(here, 2, replace=False)
        for event in (whole, parts):
            event.forget(left)
        one = whole.update(margin, tick * TICK, TICK)
        other = together([parts.update(margin[some], tick * TICK, TICK, some) for some in np.array_split(here, 4)])
        for name in ("user", "slot", "at_us"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        np.testing.assert_array_equal(whole.triggered, parts.triggered)
        seen += len(one.user)
    assert seen > 100


def test_a_filter_takes_users_in_parts() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    whole, parts = L3Filter(7, 4, 200_000), L3Filter(7, 4, 200_000)
    for _ in range(5):
        measured = np.where(rng.random((7, 4)) < 0.2, NONE, rng.normal(-90, 9, (7, 4)))
        whole.update(measured)
        for some in (slice(0, 3), slice(3, 7)):
            assert parts.update(measured[some], some).tolist() == whole.filtered[some].tolist()
