"""The election: who may act, for how long, and that never two may, whatever is late, lost, paused or set."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.time import NS_PER_S
from ricloop.platform.lease import Change, Deed, Election, Refused, Request, Terms
from ricloop.platform.leaserecord import RELEASED, Lease, read
from tests.platform.election_model import World, took, world

TERMS = Terms(6, NS_PER_S)


def lease(version: str = "1", holder: str = "other", renewed: str = "12:00", **spec: Any) -> Lease:
    document = {
        "metadata": {"resourceVersion": version},
        "spec": {"holderIdentity": holder, "renewTime": renewed, "leaseDurationSeconds": 6, **spec},
    }
    found = read(document)
    assert found is not None
    return found


def fresh() -> Election:
    election = Election(TERMS, "me")
    election.willing = True
    return election


def due(election: Election, now: float) -> Request:
    request = election.next(round(now * NS_PER_S))
    assert request is not None, f"nothing is due at {now} s"
    return request


def test_the_right_counts_from_before_the_write_was_sent_and_ends_before_the_lease() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    taken = due(election, 7)
    assert taken.deed is Deed.TAKE
    election.answered(taken, lease("2", "me"), 9 * NS_PER_S)
    assert election.right_until == (7 + 5) * NS_PER_S, "not from the answer at 9 s"
    assert election.leads(12 * NS_PER_S - 1)
    assert not election.leads(12 * NS_PER_S)


def test_an_answer_that_comes_after_what_it_gives_gives_nothing() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 7), lease("2", "me"), 13 * NS_PER_S)
    assert not election.leads(13 * NS_PER_S)
    assert [change for change, _ in election.changes] == [Change.TAKEN, Change.FENCED]


def test_a_held_lease_is_taken_only_after_it_was_seen_unchanged_for_its_own_length() -> None:
    election = fresh()
    long = lease(leaseDurationSeconds=9)
    now = 0.0
    while (request := due(election, now)).deed is Deed.LOOK:
        election.answered(request, long, round(now * NS_PER_S))
        at = election.timer_at()
        assert at is not None
        now = at / NS_PER_S
    assert request.deed is Deed.TAKE
    assert (request.version, request.transitions) == ("1", 1)
    assert 9.0 <= now < 9.3


@pytest.mark.parametrize("changed", [lease("2"), lease("2", renewed="12:01"), lease("2", holder="third")])
def test_whatever_changes_in_it_begins_the_waiting_anew(changed: Lease) -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 5), changed, 5 * NS_PER_S)
    assert due(election, 10.9).deed is Deed.LOOK


def test_what_its_holder_gave_up_is_taken_at_once_and_what_was_emptied_by_hand_is_waited_for() -> None:
    spec = {"holderIdentity": "", "leaseDurationSeconds": 6}
    given_up = read({"metadata": {"resourceVersion": "1", "annotations": {RELEASED: "other"}}, "spec": spec})
    emptied = read({"metadata": {"resourceVersion": "1"}, "spec": spec})
    election = fresh()
    election.answered(due(election, 0), given_up, 0)
    assert due(election, 0).deed is Deed.TAKE
    election = fresh()
    election.answered(due(election, 0), emptied, 0)
    assert due(election, 5).deed is Deed.LOOK


def test_one_that_was_deleted_is_made_without_a_holder_and_taken_at_once_by_who_had_it() -> None:
    holder = fresh()
    holder.answered(due(holder, 0), lease(), 0)
    holder.answered(due(holder, 6), lease("2", "me"), 6 * NS_PER_S)
    holder.answered(due(holder, 7), Refused(404, "gone"), 7 * NS_PER_S)
    holder.answered(due(holder, 7.1), None, round(7.1 * NS_PER_S))
    made = due(holder, 7.1)
    assert (made.deed, made.holder) == (Deed.CREATE, "")
    holder.answered(made, lease("3", ""), round(7.2 * NS_PER_S))
    assert holder.right_until == (6 + 5) * NS_PER_S, "to make one gives no right"
    taken = due(holder, 7.2)
    assert (taken.deed, taken.holder, taken.version) == (Deed.TAKE, "me", "3")
    holder.answered(taken, lease("4", "me"), round(7.3 * NS_PER_S))
    assert holder.right_until == round((7.2 + 5) * NS_PER_S)
    assert [change for change, _ in holder.changes] == [Change.TAKEN]


def test_one_that_was_deleted_is_waited_for_by_others_whoever_makes_it() -> None:
    other = fresh()
    other.answered(due(other, 7), None, 7 * NS_PER_S)
    made = due(other, 7)
    assert (made.deed, made.holder) == (Deed.CREATE, "")
    other.answered(made, lease("1", ""), 8 * NS_PER_S)
    assert not other.leads(8 * NS_PER_S)
    other.answered(due(other, 13.9), lease("1", ""), round(13.9 * NS_PER_S))
    assert due(other, 14).deed is Deed.TAKE


def test_what_its_last_holder_promised_is_waited_for_whatever_the_lease_says_now() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(leaseDurationSeconds=15), 0)
    election.answered(due(election, 1), lease("2", "", leaseDurationSeconds=6), NS_PER_S)
    election.answered(due(election, 15.9), lease("2", "", leaseDurationSeconds=6), round(15.9 * NS_PER_S))
    assert due(election, 16).deed is Deed.TAKE


def test_a_namespace_that_is_not_there_is_not_asked_without_a_rest() -> None:
    election, asked = fresh(), 0
    for step in range(1000):
        if (request := election.next(step * NS_PER_S // 100)) is not None:
            asked += 1
            answer = None if request.deed is Deed.LOOK else Refused(404, "no namespace")
            election.answered(request, answer, step * NS_PER_S // 100)
    assert asked <= 2 * 10 / 0.2 + 2


def test_a_conflict_is_looked_at_before_anything_is_written_again() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 6), lease("2", "me"), 6 * NS_PER_S)
    election.answered(due(election, 7), Refused(409, "conflict"), 7 * NS_PER_S)
    assert due(election, 7.1).deed is Deed.LOOK
    assert election.leads(7 * NS_PER_S), "somebody else's version alone takes nothing away"


def test_one_who_sees_another_in_its_place_has_no_right_from_then_on() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 6), lease("2", "me"), 6 * NS_PER_S)
    election.answered(due(election, 7), Refused(409, "conflict"), 7 * NS_PER_S)
    election.answered(due(election, 7.1), lease("3", "other"), round(7.1 * NS_PER_S))
    assert not election.leads(round(7.1 * NS_PER_S))
    assert election.changes[-1] == (Change.LOST, "held by other")


def test_who_is_not_willing_keeps_its_right_and_renews_it_until_it_gives_up() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 6), lease("2", "me"), 6 * NS_PER_S)
    election.willing = False
    renewal = due(election, 7)
    assert renewal.deed is Deed.RENEW
    election.answered(renewal, lease("3", "me"), 7 * NS_PER_S)
    election.give_up(round(7.5 * NS_PER_S))
    assert not election.leads(round(7.5 * NS_PER_S))
    back = due(election, 7.5)
    assert (back.deed, back.holder, back.version) == (Deed.RELEASE, "", "3")


def test_a_renewal_that_was_on_its_way_gives_no_right_back_to_who_gave_up() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 6), lease("2", "me"), 6 * NS_PER_S)
    renewal = due(election, 7)
    election.give_up(7 * NS_PER_S)
    election.answered(renewal, lease("3", "me"), 7 * NS_PER_S)
    assert not election.leads(7 * NS_PER_S)
    assert due(election, 7).deed is Deed.RELEASE


def test_a_server_that_writes_another_length_than_it_was_told_gives_no_right() -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 6), lease("2", "me", leaseDurationSeconds=2), 6 * NS_PER_S)
    assert not election.leads(6 * NS_PER_S)


@pytest.mark.parametrize("status", [0, 400, 401, 403, 404, 409, 410, 429, 500, 503])
def test_a_server_that_only_refuses_is_asked_now_and_then_and_the_right_ends_by_itself(status: int) -> None:
    election = fresh()
    election.answered(due(election, 0), lease(), 0)
    election.answered(due(election, 6), lease("2", "me"), 6 * NS_PER_S)
    asked = []
    now = 7.0
    while now < 30:
        if (request := election.next(round(now * NS_PER_S))) is not None:
            asked.append(now)
            election.answered(request, Refused(status, "no", after_s=3600.0), round(now * NS_PER_S))
        now += 0.01
    assert [change for change, _ in election.changes] == [Change.TAKEN, Change.FENCED]
    while_leading = [at for at in asked if at < 11]
    assert 3 <= len(while_leading) <= 40
    assert 8 <= len(asked) - len(while_leading) <= 15, "two seconds apart, or a little more"


@pytest.mark.parametrize("seconds", [None, "6", 0, -1, 1.5, True, 1 << 31, {}])
def test_a_length_that_makes_no_sense_is_as_long_as_our_own(seconds: object) -> None:
    election = fresh()
    election.answered(due(election, 0), lease(leaseDurationSeconds=seconds), 0)
    election.answered(due(election, 5.9), lease(leaseDurationSeconds=seconds), round(5.9 * NS_PER_S))
    assert due(election, 6.0).deed is Deed.TAKE


@pytest.mark.parametrize(
    "document",
    [None, 3, [], {}, {"metadata": None}, {"metadata": {}}, {"metadata": {"resourceVersion": 3}}, {"spec": {}}],
)
def test_what_is_no_lease_is_told_from_one(document: object) -> None:
    assert read(document) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.dictionaries(st.text(), v)))
def test_whatever_a_lease_says_it_can_be_looked_at(spec: object) -> None:
    found = read({"metadata": {"resourceVersion": "1", "annotations": spec}, "spec": spec})
    assert found is not None
    election = fresh()
    election.answered(due(election, 0), found, 0)
    assert not election.leads(0)


# ------------------------------------------------------------------------------------------------- in true time

EVENTS = st.one_of(
    st.tuples(st.just("run"), st.floats(0.05, 9)),
    st.tuples(st.sampled_from(["pause", "resume", "cut", "join"]), st.integers(0, 2)),
    st.tuples(st.sampled_from(["lose_request", "lose_answer", "down"]), st.booleans()),
    st.tuples(st.sampled_from(["delay", "answer_delay"]), st.floats(0, 12)),
    st.tuples(st.just("wall"), st.tuples(st.integers(0, 2), st.sampled_from(["11:00", "12:00", "1970", ""]))),
    st.tuples(st.sampled_from(["unwilling", "give_up", "willing"]), st.integers(0, 2)),
    st.tuples(st.just("delete"), st.none()),
    st.tuples(st.just("empty"), st.none()),
    st.tuples(st.just("touch"), st.none()),
    st.tuples(st.just("shorten"), st.none()),
)


def play(model: World, events: list[tuple[str, Any]]) -> None:
    for name, value in events:
        replica = model.replicas[value] if isinstance(value, int) and not isinstance(value, bool) else None
        if name == "run":
            model.run(value)
        elif name in ("pause", "resume") and replica is not None:
            replica.paused = name == "pause"
        elif name in ("cut", "join") and replica is not None:
            replica.cut_off = name == "cut"
        elif name in ("lose_request", "lose_answer", "down"):
            setattr(model, name, value)
        elif name in ("delay", "answer_delay"):
            setattr(model, name, round(value * NS_PER_S))
        elif name == "wall":
            model.replicas[value[0]].wall = value[1]
        elif name in ("willing", "unwilling") and replica is not None:
            replica.election.willing = name == "willing"
        elif name == "give_up" and replica is not None:
            replica.election.give_up(replica.local(model.now))
            model._note(replica)
        elif name == "delete":
            model.server.document = None
        elif name == "empty" and model.server.document is not None:
            model.server.put({**model.server.document["spec"], "holderIdentity": ""})
        elif name == "touch" and model.server.document is not None:
            model.server.put(model.server.document["spec"], {"somebody": "was here"})
        elif name == "shorten" and model.server.document is not None:
            model.server.put({**model.server.document["spec"], "leaseDurationSeconds": 1})


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=60), st.tuples(*[st.floats(0.96, 1.04)] * 3))
def test_never_two_have_the_right_at_one_instant(events: list[tuple[str, Any]], rates: tuple[float, ...]) -> None:
    model = world(*rates)
    model.run(8)
    play(model, events)
    model.run(8)
    assert model.overlaps() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_when_all_is_well_again_one_of_them_has_the_right(events: list[tuple[str, Any]]) -> None:
    model = world(1.0, 1.0, 1.0)
    play(model, events)
    model.down = model.lose_request = model.lose_answer = False
    model.delay = model.answer_delay = 0
    for replica in model.replicas:
        replica.paused = replica.cut_off = False
        replica.election.willing = True
    model.run(16)
    assert len(model.leaders()) == 1


def test_two_deletions_between_two_looks_put_no_second_one_in_control() -> None:
    model = world(1.0, 1.0)
    model.run(8)
    leader = model.leaders()[0]
    other = model.replicas[1 - leader]
    # The other sees that there is none, and nothing of what comes then until that is deleted, too.
    model.server.document, model.replicas[leader].cut_off = None, True
    model.run(0.5)
    model.replicas[leader].cut_off, other.cut_off = False, True
    model.run(6.2)
    assert model.leaders() == [leader]
    model.replicas[leader].cut_off, other.cut_off = True, False
    model.server.document = None
    model.run(8)
    assert model.leaders() == [1 - leader]
    assert model.overlaps() == []


def test_a_length_that_somebody_made_shorter_puts_no_second_one_in_control() -> None:
    model = world(1.0, 1.0)
    model.run(8)
    leader = model.leaders()[0]
    model.replicas[leader].cut_off = True
    play(model, [("shorten", None)])
    model.run(8)
    assert model.leaders() == [1 - leader]
    assert model.overlaps() == []


class FromTheAnswer(Election):
    """Planted: the right counts from when the answer came."""

    def answered(self, request: Request, answer: Lease | Refused | None, now: int) -> None:
        self._asked_at = now
        super().answered(request, answer, now)


class AnyHolderless(Election):
    """Planted: a lease without a holder is free, whoever emptied it."""

    def _free_at(self, lease: Lease) -> int:
        return 0 if not lease.holder else super()._free_at(lease)


class ByItsOwnLength(Election):
    """Planted: waits for half of what the lease says."""

    def _free_at(self, lease: Lease) -> int:
        return self._since + 3 * NS_PER_S


@pytest.mark.parametrize("kind", [FromTheAnswer, AnyHolderless, ByItsOwnLength])
def test_the_model_finds_rules_that_are_not_safe(kind: type[Election]) -> None:
    model = world(1.0, 1.0, 1.0, kind=kind)
    model.run(8)
    leader = model.leaders()[0]
    holder = model.replicas[leader]
    # It is paused while the answer to a renewal is on its way, goes on, and is then cut off.
    model.answer_delay = NS_PER_S // 10
    while holder.asked is None:
        model.run(0.02)
    holder.paused = True
    model.run(4)
    holder.paused, holder.cut_off = False, True
    if kind is AnyHolderless:
        play(model, [("empty", None)])
    model.run(8)
    assert model.overlaps() != []


def test_a_planned_change_of_hands_takes_a_look_and_a_crash_the_length_of_the_lease() -> None:
    model = world(1.0, 1.0)
    model.run(8)
    first = model.leaders()[0]
    leader = model.replicas[first]
    leader.election.give_up(leader.local(model.now))
    released = model.now
    while not model.leaders():
        model.run(0.02)
    assert model.now - released <= 0.5 * NS_PER_S
    second = model.replicas[model.leaders()[0]]
    assert second is not leader
    second.paused = True
    leader.election.willing = True
    crashed = model.now
    while model.leaders() != [first]:
        model.run(0.02)
    assert model.now - crashed <= 6.5 * NS_PER_S
    assert took(leader) == [Change.TAKEN, Change.RELEASED, Change.TAKEN]
