"""How busy the hour is, and who is there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.flows.diurnal import PROFILES, Area, Calendar, level
from ricloop_e2sim.flows.presence import Presence
from ricloop_e2sim.flows.schedule import RSG_DAY, Block, Schedule

EVERYWHERE = np.array([Area.MIXED, Area.HOME, Area.OFFICE])


def test_the_mixed_profile_is_the_published_one_and_linear_between_hours() -> None:
    mixed = np.array([Area.MIXED])
    for hour, published in ((0, 0.754), (6, 0.151), (12, 0.756), (19, 1.0), (23, 0.853), (24, 0.754), (43, 1.0)):
        assert level(mixed, hour).item() == published
    assert level(mixed, 6.5).item() == pytest.approx((0.151 + 0.253) / 2)
    assert level(mixed, 23.25).item() == pytest.approx(0.853 - (0.853 - 0.754) / 4)


def test_homes_are_busiest_from_19_to_23_h_and_offices_from_10_to_17_h() -> None:
    for area, busy in ((Area.HOME, range(19, 24)), (Area.OFFICE, range(10, 18))):
        day = PROFILES[area]
        others = [day[hour] for hour in range(24) if hour not in busy]
        assert day.max() == 1
        assert int(day.argmax()) in busy
        assert min(day[hour] for hour in busy) > max(others)
        assert day.min() == day[5] < 0.16


def test_offices_are_quiet_at_weekends_and_homes_are_not() -> None:
    tuesday, saturday, sunday = (level(EVERYWHERE, 24 * day + 12.0) for day in (1, 5, 6))
    np.testing.assert_allclose(saturday / tuesday, [0.85, 1.0, 0.35])
    np.testing.assert_array_equal(saturday, sunday)
    np.testing.assert_array_equal(level(EVERYWHERE, 168 + 36.0), tuesday)


@given(st.floats(0, 168))
def test_a_level_is_a_share(hour: float) -> None:
    levels = level(EVERYWHERE, hour)
    assert ((levels > 0) & (levels <= 1)).all()


def test_a_level_has_the_shape_of_the_areas() -> None:
    assert level(np.zeros((3, 4), dtype=np.int64), 19.0).tolist() == np.ones((3, 4)).tolist()


def test_a_compressed_day_goes_round_the_week() -> None:
    calendar = Calendar(start_hour=166, day_s=24)
    assert [calendar.hour(s * 1_000_000) for s in (0, 1, 2, 3)] == [166, 167, 0, 1]
    assert [calendar.day(s * 1_000_000) for s in (0, 1, 2, 3)] == [6, 6, 7, 7]
    assert Calendar().hour(3_600_000_000) == 1
    for wrong in ({"day_s": 0}, {"start_hour": 169}):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            Calendar(**wrong)


def test_the_ai_rsg_day_has_the_users_of_its_output() -> None:
    hours = [3, 8, 10, 14, 19, 21, 23]
    assert [round(200 * RSG_DAY.users_at(hour)) for hour in hours] == [20, 300, 200, 100, 400, 200, 20]
    assert RSG_DAY.users_at(24 * 6 + 18.99) == 2
    assert [round(400 * RSG_DAY.share_at(hour)) for hour in hours] == [20, 300, 200, 100, 400, 200, 20]
    assert RSG_DAY.most_users == 2
    assert RSG_DAY.traffic_at(100) == 1


def test_blocks_hold_on_their_days_and_the_last_one_wins() -> None:
    week = Schedule((Block(0, 24, 0.5, traffic=0.25), Block(9, 17, 2.0, days=(0, 4))))
    assert [week.users_at(hour) for hour in (8, 9, 16.9, 17, 24 + 9, 4 * 24 + 9)] == [0.5, 2, 2, 0.5, 0.5, 2]
    assert [week.traffic_at(hour) for hour in (8, 9)] == [0.25, 1]
    assert Schedule((Block(6, 7),)).users.sum() == 7


@pytest.mark.parametrize("block", [Block(5, 5), Block(20, 25), Block(0, 1, days=(7,)), Block(0, 1, users=-1)])
def test_a_block_that_makes_no_sense_is_named(block: Block) -> None:
    with pytest.raises(ConfigError, match=r"block of|day 7|users -1"):
        Schedule((block,))


def test_nobody_at_all_has_no_share() -> None:
    with pytest.raises(ConfigError, match="nobody"):
        Schedule((Block(0, 24, 0.0),))


def stays(share: float, users: int = 2000, seconds: int = 600) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    presence = Presence(users, np.random.SeedSequence(1), renewal_s=20)
    return np.array([presence.at(k * 100_000, share) for k in range(10 * seconds)])


@pytest.mark.parametrize("share", [0.2, 0.75])
def test_the_share_there_is_the_level_and_a_stay_lasts_as_told(share: float) -> None:
    there = stays(share)
    # 2000 users for 30 renewals: 5 standard errors are 0.013.
    assert there.mean() == pytest.approx(share, abs=0.013)
    assert there[0].mean() == pytest.approx(share, abs=0.055)
    leaving = (there[:-1] & ~there[1:]).sum() / there[:-1].sum()
    assert leaving == pytest.approx((1 - share) / 20 * 0.1, rel=0.05)
    coming = (~there[:-1] & there[1:]).sum() / (~there[:-1]).sum()
    assert coming == pytest.approx(share / 20 * 0.1, rel=0.05)


def test_at_the_highest_level_nobody_leaves_and_at_none_nobody_is_there() -> None:
    assert stays(1.0, 50, 100).all()
    assert not stays(0.0, 50, 100).any()


def test_the_share_follows_the_level_at_once_and_by_the_same_users() -> None:
    presence = Presence(20_000, np.random.SeedSequence(2))
    low, high, again = (presence.at(k * 1000, share) for k, share in enumerate((0.3, 0.6, 0.3)))
    assert high.mean() == pytest.approx(0.6, abs=0.02)
    assert not (low & ~high).any()
    assert (low != again).mean() < 1e-3


@given(st.lists(st.integers(1, 500_000_000), min_size=1, max_size=10))
def test_who_is_there_does_not_depend_on_how_often_one_asks(gaps: list[int]) -> None:
    often, once = (Presence(30, np.random.SeedSequence(3), renewal_s=100) for _ in range(2))
    for time_us in np.cumsum(gaps).tolist():
        there = often.at(time_us, 0.5)
    assert there.tolist() == once.at(sum(gaps), 0.5).tolist()


def test_users_can_have_levels_of_their_own() -> None:
    there = Presence(4, np.random.SeedSequence(3)).at(0, np.array([0.0, 1.0, 0.0, 1.0]))
    assert there.tolist() == [False, True, False, True]
