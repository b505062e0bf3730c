"""Where several xApps want one parameter, one of them has it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ricloop import Decision, ms
from ricloop.core.errors import ConfigError
from ricloop.decide.arbiter import Arbiter
from ricloop.decide.conflicts import MOST
from ricloop.e2sm import ccc
from tests.sdk.cells import A, B


def test_who_came_first_holds_the_parameter_for_a_while() -> None:
    arbiter = Arbiter(ms(1))
    assert arbiter.claim(ccc.sleep(A), "one", 0, now=0) is None
    refusal = arbiter.claim(ccc.wake(A), "two", 0, now=400_000)
    assert refusal is not None
    assert "'one'" in refusal.reason
    assert arbiter.claim(ccc.wake(B), "two", 0, now=400_000) is None
    assert arbiter.claim(ccc.wake(A), "one", 0, now=400_000) is None
    assert arbiter.claim(ccc.wake(A), "two", 0, now=1_400_000) is None


def test_a_higher_priority_takes_it_at_once() -> None:
    arbiter = Arbiter(ms(1))
    assert arbiter.claim(ccc.sleep(A), "low", 0, now=0) is None
    assert arbiter.claim(ccc.wake(A), "high", 5, now=1) is None
    assert arbiter.claim(ccc.sleep(A), "low", 0, now=2) is not None


def test_claims_that_have_run_out_are_forgotten() -> None:
    arbiter = Arbiter(ms(1))
    arbiter.claim(ccc.sleep(A), "one", 9, now=0)
    arbiter.forget(now=1_000_000)
    assert arbiter.claim(ccc.sleep(A), "two", 0, now=1_000_000) is None


def test_a_decision_says_for_how_long_its_changes_stand() -> None:
    arbiter = Arbiter(ms(1))
    assert arbiter.claim(ccc.wake(A), "one", 0, now=0, hold=ms(5)) is None
    assert arbiter.claim(ccc.sleep(A), "two", 0, now=4_999_999) is not None
    assert arbiter.claim(ccc.sleep(A), "two", 0, now=5_000_000) is None
    assert Decision.of(ccc.wake(A), reason="").holding(ms(5)).hold == ms(5)


@pytest.mark.parametrize("length", [ms(0), ms(-1), timedelta(days=1, microseconds=1), 5])
def test_no_other_length_can_be_held(length: timedelta) -> None:
    with pytest.raises(ConfigError, match="up to a day"):
        Decision.none().holding(length)


def test_what_was_decided_between_xapps_is_told_and_counted() -> None:
    arbiter = Arbiter(ms(1))
    arbiter.claim(ccc.sleep(A), "low", 0, now=0)
    arbiter.claim(ccc.sleep(A), "low", 0, now=1)
    assert arbiter.conflicts.total == 0
    arbiter.claim(ccc.wake(A), "peer", 0, now=2)
    arbiter.claim(ccc.wake(A), "high", 5, now=3)
    arbiter.claim(ccc.sleep(A), "low", 0, now=4)
    arbiter.claim(ccc.sleep(A), "low", 0, now=5)
    rows = [(row["winner"], row["loser"], row["why"], row["count"]) for row in arbiter.conflicts.rows()]
    assert rows == [("low", "peer", "first", 1), ("high", "low", "priority", 3)]
    assert arbiter.conflicts.total == 4
    assert arbiter.conflicts.by_pair() == {("low", "peer"): 1, ("high", "low"): 3}


def test_conflicts_are_told_apart_in_bounded_memory() -> None:
    arbiter = Arbiter()
    for cell in range(MOST + 3):
        arbiter.claim(ccc.sleep(cell), "one", 0, now=0)
        arbiter.claim(ccc.wake(cell), "two", 0, now=0)
    assert len(list(arbiter.conflicts.rows())) == MOST
    assert (arbiter.conflicts.total, arbiter.conflicts.untold) == (MOST + 3, 3)
