"""Where several xApps want one parameter, one of them has it."""

from __future__ import annotations

from ricloop import ms
from ricloop.decide.arbiter import Arbiter
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
