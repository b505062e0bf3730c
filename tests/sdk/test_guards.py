"""Guards: what each refuses, and that none admits more than it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop import Bounds, Cooldown, KeepCoverage, MaxChanges, Topology, ms
from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Resource
from ricloop.decide.guards import Guard, GuardView, Refusal, admit
from ricloop.decide.history import History
from ricloop.e2sm import ccc
from tests.sdk.cells import A, B, C, D, plan

AWAKE = {A: False, B: False, C: False, D: False}


def view(
    topology: Topology | None = None,
    states: dict[int, bool] | None = None,
    *,
    now: int = 0,
    pending: tuple[Action, ...] = (),
    admitted: tuple[Action, ...] = (),
    history: History | None = None,
) -> GuardView:
    known = ccc.States.of(AWAKE if states is None else states)
    return GuardView(now, topology or plan((B, A), (C, A)), known, pending, admitted, history or History())


def through(actions: list[Action], *guards: Guard, base: GuardView) -> tuple[tuple[Action, ...], list[str]]:
    def seen(admitted: tuple[Action, ...]) -> GuardView:
        return GuardView(base.now, base.topology, base.states, base.pending, admitted, base.history)

    admitted, refused = admit(actions, guards, seen)
    return admitted, [str(refusal) for _, refusal in refused]


def test_a_covered_cell_may_sleep_and_its_cover_may_not() -> None:
    admitted, refused = through([ccc.sleep(B), ccc.sleep(A)], base=view())
    assert admitted == (ccc.sleep(B),)
    assert "KeepCoverage" in refused[0]


def test_an_unknown_coverage_is_refused_with_the_cell_and_the_way_out() -> None:
    admitted, refused = through([ccc.sleep(D)], base=view())
    assert not admitted
    assert "00101-000004004" in refused[0]
    assert "--topology" in refused[0]


def test_a_cover_that_sleeps_wakes_or_is_unknown_covers_nothing() -> None:
    for states in ({**AWAKE, A: True}, {B: False}):
        assert not through([ccc.sleep(B)], base=view(states=states))[0]
    assert not through([ccc.sleep(B)], base=view(pending=(ccc.sleep(A),)))[0]
    assert not through([ccc.sleep(B)], base=view(states={**AWAKE, A: True}, pending=(ccc.wake(A),)))[0]


def test_two_cells_that_cover_each_other_do_not_both_sleep() -> None:
    both = plan((A, B), (B, A))
    admitted, refused = through([ccc.sleep(A), ccc.sleep(B)], base=view(both))
    assert admitted == (ccc.sleep(A),)
    assert len(refused) == 1


def test_a_cover_may_not_leave_the_cells_that_sleep_below_it() -> None:
    # B sleeps under A. D covers A, but not B.
    chain = plan((B, A), (A, D))
    assert not through([ccc.sleep(A)], base=view(chain, {**AWAKE, B: True}))[0]
    assert through([ccc.sleep(A)], base=view(chain))[0] == (ccc.sleep(A),)
    assert through([ccc.sleep(A)], base=view(plan((B, A), (A, D), (B, D)), {**AWAKE, B: True}))[0]


def policy(cell: int, mode: str) -> Action:
    return ccc.configure(cell, "O-NESPolicy", {"policyType": "ASM", "dataDir": "DL", "sleepMode": mode}, old={})


def test_a_policy_of_sleep_modes_is_a_sleep_like_any_other() -> None:
    deep = policy(A, "SLEEP_MODE3")
    admitted, refused = through([policy(B, "SLEEP_MODE1"), deep], base=view())
    assert admitted == (policy(B, "SLEEP_MODE1"),)
    assert "KeepCoverage" in refused[0]
    # One that is under way covers nothing any more; one that ends a sleep, or is about something else, is let through.
    assert not through([ccc.sleep(B)], base=view(pending=(deep,)))[0]
    for harmless in (policy(A, "SLEEP_MODE0"), ccc.configure(A, "O-NESPolicy", {"antennaMask": 3}, old={})):
        assert through([harmless, ccc.sleep(B)], base=view())[0] == (harmless, ccc.sleep(B))


def test_waking_is_always_let_through() -> None:
    assert through([ccc.wake(A), ccc.wake(D)], base=view(Topology()))[0] == (ccc.wake(A), ccc.wake(D))


def test_a_cooldown_holds_the_parameter_of_a_resource() -> None:
    history = History()
    history.add(ccc.sleep(B), 1_000_000)
    guard = Cooldown(ms(5))
    refusal = guard.admit(ccc.wake(B), view(now=3_000_000, history=history))
    assert refusal is not None
    assert "3 ms to wait" in refusal.reason
    assert guard.admit(ccc.wake(B), view(now=6_000_000, history=history)) is None
    assert guard.admit(ccc.wake(C), view(now=3_000_000, history=history)) is None


def test_max_changes_counts_this_decision_too() -> None:
    history = History()
    history.add(ccc.wake(D), 10)
    base = view(now=1000, history=history)
    admitted, refused = through([ccc.wake(A), ccc.wake(B), ccc.wake(C)], MaxChanges(3, per=ms(1)), base=base)
    assert admitted == (ccc.wake(A), ccc.wake(B))
    assert len(refused) == 1
    later = view(now=10 + 1_000_000, history=history)
    assert len(through([ccc.wake(A), ccc.wake(B), ccc.wake(C)], MaxChanges(3, per=ms(1)), base=later)[0]) == 3


@dataclass(frozen=True)
class Tilt(Action):
    cell: int
    degrees: float

    @property
    def resource(self) -> Resource:
        return Resource("cell", self.cell)

    @property
    def parameter(self) -> str:
        return "tilt"


def test_bounds_keep_a_number_in_its_range_and_leave_other_actions_alone() -> None:
    guard = Bounds(Tilt, lambda tilt: tilt.degrees, 0, 12)
    assert guard.admit(Tilt(A, 12), view()) is None
    assert guard.admit(ccc.sleep(B), view()) is None
    for wrong in (-0.1, 13, float("nan")):
        refusal = guard.admit(Tilt(A, wrong), view())
        assert isinstance(refusal, Refusal)
        assert "0..12" in refusal.reason


def test_a_decision_changes_a_parameter_of_a_resource_once() -> None:
    admitted, refused = through([ccc.wake(B), ccc.sleep(B), ccc.wake(C), Tilt(B, 3)], Cooldown(ms(5000)), base=view())
    assert admitted == (ccc.wake(B), ccc.wake(C), Tilt(B, 3))
    assert len(refused) == 1
    assert "changes the energy saving of" in refused[0]
    # What was refused changed nothing: the next may.
    assert through([ccc.sleep(A), ccc.wake(A)], base=view())[0] == (ccc.wake(A),)


@dataclass(frozen=True)
class Answers:
    """A guard as careless authors write it."""

    what: Any

    def admit(self, action: Action, view: GuardView) -> Refusal | None:
        if isinstance(self.what, Exception):
            raise self.what
        return self.what  # type: ignore[no-any-return]


@pytest.mark.parametrize("what", [ZeroDivisionError("oops"), True, False, "no"])
def test_a_guard_that_fails_refuses_and_is_named(what: Any) -> None:
    told: list[str] = []
    admitted, refused = admit([ccc.wake(A)], [Answers(what)], lambda _: view(), lambda name, _: told.append(name))
    assert admitted == ()
    assert refused[0][1].by == "Answers"
    assert told == ["Answers"]


def test_bounds_whose_value_raises_refuse() -> None:
    admitted, refused = through([Tilt(A, 3)], Bounds(Tilt, lambda tilt: 1 / 0, 0, 12), base=view())
    assert admitted == ()
    assert refused == ["Bounds: failed: ZeroDivisionError: division by zero"]


def test_an_action_that_names_nothing_is_refused() -> None:
    class Nameless(Action):
        pass

    admitted, refused = through([Nameless(), ccc.wake(A)], base=view())
    assert admitted == (ccc.wake(A),)
    assert "Nameless" in refused[0]


def test_a_guard_that_makes_no_sense_is_an_error_where_it_is_written() -> None:
    for wrong in (lambda: Cooldown(5), lambda: MaxChanges(-1, ms(1)), lambda: Bounds(Tilt, lambda t: t.degrees, 2, 1)):
        with pytest.raises(ConfigError):
            wrong()


CELLS = st.sampled_from([A, B, C, D])
ACTIONS = st.lists(st.builds(ccc.EnergySavingControl, CELLS, st.booleans()) | st.builds(Tilt, CELLS, st.floats()))
GUARDS = st.lists(
    st.sampled_from(
        [KeepCoverage(), Cooldown(ms(1)), MaxChanges(2, per=ms(1)), Bounds(Tilt, lambda tilt: tilt.degrees, 0, 9)]
    )
)
PAIRS = st.lists(st.tuples(CELLS, CELLS).filter(lambda pair: pair[0] != pair[1]), unique=True)


@given(ACTIONS, GUARDS, PAIRS, st.dictionaries(CELLS, st.booleans()), ACTIONS)
def test_guards_never_admit_more_than_they_were_given_nor_uncover_an_area(
    actions: list[Action],
    guards: list[Guard],
    pairs: list[tuple[int, int]],
    states: dict[int, bool],
    pending: list[Action],
) -> None:
    history = History()
    for action in pending:
        history.add(action, 0)
    topology = plan(*pairs)
    base = view(topology, states, now=5, pending=tuple(pending), history=history)
    admitted, refused = through(actions, *guards, base=base)
    assert len(admitted) + len(refused) == len(actions)
    assert [a for a in actions if a in admitted][: len(admitted)] or not admitted
    assert all(action in actions for action in admitted)
    changes = [(action.resource, action.parameter) for action in admitted]
    assert len(set(changes)) == len(changes)
    # What sleeps afterwards is covered by a cell known to be awake that nobody puts to sleep.
    going = {a.cell for a in (*admitted, *pending) if isinstance(a, ccc.EnergySavingControl) and a.saving}
    for action in admitted:
        if isinstance(action, ccc.EnergySavingControl) and action.saving:
            awake = [c for c in topology.covering(action.cell) if states.get(c) is False and c not in going]
            assert awake
