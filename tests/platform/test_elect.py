"""Two RICs of one lease as processes, nodes behind a Service, and everything that may happen to them.

Whatever happens: no control of one is seen after the first of the other, none while the other has an association, and
none later than the lease that it was sent under.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.platform.kubeapi import Fault
from tests.platform.replicas import LEASE, Pair, Replica, clock_shim, pair, until

SECONDS, RENEW_S = 4, 0.5
BOTH = {"parent": True, "child": True}
PARENT = {"parent": True, "child": False}
CHILD = {"parent": False, "child": True}

pytestmark = pytest.mark.xdist_group("elect")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("elect")
    with pair(folder, seconds=SECONDS, renew_s=RENEW_S, shim=clock_shim(folder)) as running:
        yield running


def passes(two: Pair, length_s: float) -> None:
    """Until so much time has passed, by the clock that leases go by."""
    end = time.monotonic() + length_s
    until("that time", lambda: time.monotonic() >= end)
    assert two.overlaps() == []


def takes_over(two: Pair, first: Replica, seen: int) -> None:
    two.controlled_by(two.other(first), seen)
    assert two.overlaps() == []


def test_one_is_in_control_and_the_other_waits(two: Pair) -> None:
    first = two.settled()
    other = two.other(first)
    assert two.api.leaders() == [first.key]
    assert "ricloop_lease_holder 1.0" in first.get("/metrics")
    assert "ricloop_lease_holder 0.0" in other.get("/metrics")
    assert (first.get("/health/alive"), other.get("/health/alive")) == ("ok\n", "ok\n")
    assert two.overlaps() == []


@pytest.mark.parametrize("whom", [BOTH, PARENT, CHILD], ids=["both", "parent", "child"])
def test_one_that_is_killed_is_replaced(two: Pair, whom: dict[str, bool]) -> None:
    first = two.settled()
    seen = len(two.service.seen())
    first.signal(signal.SIGKILL, **whom)
    takes_over(two, first, seen)


@pytest.mark.parametrize("whom", [BOTH, PARENT, CHILD], ids=["both", "parent", "child"])
def test_one_that_is_stopped_for_longer_than_its_lease_sends_nothing_when_it_goes_on(
    two: Pair, whom: dict[str, bool]
) -> None:
    first = two.settled()
    seen, stopped = len(two.service.seen()), [first.pid, first.child()]
    first.signal(signal.SIGSTOP, **whom)
    takes_over(two, first, seen)
    first.resume(stopped)
    passes(two, 2.0)


@pytest.mark.parametrize("whom", [BOTH, PARENT, CHILD], ids=["both", "parent", "child"])
def test_one_that_is_stopped_for_less_than_its_lease_may_go_on(two: Pair, whom: dict[str, bool]) -> None:
    first = two.settled()
    stopped = [first.pid, first.child()]
    for _ in range(2):
        first.signal(signal.SIGSTOP, **whom)
        passes(two, 0.6 * SECONDS)
        first.resume(stopped)
        passes(two, 0.3)


def test_a_planned_end_hands_over_at_once_and_leaves_nothing_subscribed(two: Pair) -> None:
    first = two.settled()
    seen = len(two.service.seen())
    assert first.process is not None
    first.process.terminate()
    takes_over(two, first, seen)
    assert first.process.wait(60) == 143
    said = [json.loads(line) for line in first.audit.read_text().splitlines() if '"kind":"lease"' in line]
    assert [record["change"] for record in said][-2:] == ["taken", "released"]
    until("the label of the one before to be gone", lambda: two.api.leaders() == [two.other(first).key])


def test_one_that_is_cut_off_from_the_api_server_lets_go_before_another_takes_over(two: Pair) -> None:
    first = two.settled()
    seen = len(two.service.seen())
    two.api.fault(first.name, Fault(cut_off=True))
    takes_over(two, first, seen)
    assert "ricloop_lease_fenced_total 0.0" not in until("its metrics", lambda: first.get("/metrics"))
    # It could not take its own label away: whoever takes over does.
    until("the label of the one before to be gone", lambda: two.api.leaders() == [two.other(first).key])
    two.api.fault(first.name, None)


@pytest.mark.parametrize("fault", [Fault(status=429, retry_after="60"), Fault(delay_s=5.0)])
def test_without_an_api_server_nobody_is_in_control_and_with_it_one_is_again(two: Pair, fault: Fault) -> None:
    two.settled()
    two.api.fault("*", fault)

    def silent() -> bool:
        now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return now - two.service.seen()[-1].at > SECONDS * 1e9

    until("nobody sends", silent)
    assert all(replica.get("/health/alive") == "ok\n" for replica in two.replicas)
    two.api.fault("*", None)
    two.settled()
    assert two.overlaps() == []


@pytest.mark.parametrize(
    "fault", [Fault(lost_answer=True), Fault(garbage=True), Fault(status=409, methods=("PUT",)), Fault(status=403)]
)
def test_one_that_the_api_server_answers_badly_gives_way_to_one_that_it_answers(two: Pair, fault: Fault) -> None:
    first = two.settled()
    seen = len(two.service.seen())
    two.api.fault(first.name, fault)
    takes_over(two, first, seen)
    two.api.fault(first.name, None)


def test_an_api_server_that_is_slow_changes_nothing(two: Pair) -> None:
    first = two.settled()
    two.api.fault("*", Fault(delay_s=0.2))
    passes(two, 1.5 * SECONDS)
    two.api.fault("*", None)
    assert two.leader() is first


def test_a_lease_that_is_deleted_is_made_again_by_who_is_in_control(two: Pair) -> None:
    first = two.settled()
    with two.api.lock:
        del two.api.leases[LEASE]
    until("a new lease", lambda: two.api.holder(LEASE))
    passes(two, SECONDS)
    assert two.leader() is first


@pytest.mark.parametrize("jump", [-3600, 10 * 365 * 86400])
def test_a_wall_clock_that_jumps_changes_nothing(two: Pair, jump: int) -> None:
    if "LD_PRELOAD" not in two.replicas[0].environment:
        pytest.skip("no C compiler: install gcc, whose library moves the wall clock of a process")
    first = two.settled()
    with two.api.lock:
        before = two.api.leases[LEASE]["spec"]["leaseTransitions"], two.api.leases[LEASE]["spec"]["renewTime"]
    moves: list[Callable[[], None]] = [
        lambda: first.set_wall(jump),
        lambda: two.other(first).set_wall(-jump),
        lambda: first.set_wall(0),
    ]
    for move in moves:
        move()
        passes(two, 0.6 * SECONDS)
        if move is moves[0]:
            with two.api.lock:
                years = int(two.api.leases[LEASE]["spec"]["renewTime"][:4]) - int(before[1][:4])
            assert years == round(jump / (365 * 86400)), "the clock did jump"
    two.other(first).set_wall(0)
    with two.api.lock:
        assert two.api.leases[LEASE]["spec"]["leaseTransitions"] == before[0]
    assert two.leader() is first


def test_a_label_that_cannot_be_set_holds_no_right_up_and_is_set_when_it_can_be(two: Pair) -> None:
    first = two.settled()
    other, seen = two.other(first), len(two.service.seen())
    two.api.fault("*", Fault(status=500, methods=("PATCH",)))
    assert first.process is not None
    first.process.terminate()
    until("the other in control", lambda: two.leader() is other)
    until("failures that are counted", lambda: "label_failures_total 0.0" not in (other.get("/metrics") or "0.0"))
    assert two.api.leaders() == [first.key]
    two.api.fault("*", None)
    two.controlled_by(other, seen)
    assert two.api.leaders() == [other.key]
    assert two.overlaps() == []


def test_pauses_kills_and_cuts_at_any_moment_never_let_two_send(two: Pair) -> None:
    rng = random.Random(8)
    for _ in range(3):
        leader = two.settled()
        whom = rng.choice([BOTH, PARENT, CHILD])
        stopped = [leader.pid, leader.child()]
        what = rng.choice(["stop", "kill", "cut"])
        if what == "kill":
            leader.signal(signal.SIGKILL, **whom)
        elif what == "stop":
            leader.signal(signal.SIGSTOP, **whom)
        else:
            two.api.fault(leader.name, Fault(cut_off=True))
        passes(two, rng.uniform(0.2, 1.6) * SECONDS)
        two.api.fault(leader.name, None)
        leader.resume(stopped)
    two.settled()
    assert two.overlaps() == []


def test_when_all_is_told_both_have_been_in_control_and_every_change_is_in_an_audit(two: Pair) -> None:
    two.settled()
    senders = {control.pod for control in two.service.seen()}
    assert senders == {replica.key for replica in two.replicas}
    records = [
        json.loads(line)
        for replica in two.replicas
        for line in replica.audit.read_text().splitlines()
        if '"kind":"lease"' in line
    ]
    assert {record["change"] for record in records} >= {"taken", "released", "fenced"}
    assert all(record["lease"] == LEASE and record["identity"] and record["why"] for record in records)


def test_the_environment_of_these_tests_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    """The library that moves the wall clock moves no other clock."""
    library = clock_shim(tmp_path)
    if library is None:
        pytest.skip("no C compiler: install gcc")
    wall = tmp_path / "wall"
    wall.write_bytes((1_000_000).to_bytes(8, "little"))
    ask = "import time; print(time.time(), time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME))"
    environment = {**os.environ, "LD_PRELOAD": str(library), "RICLOOP_TEST_WALLCLOCK": str(wall)}
    said = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    moved, monotonic, boot = map(float, said.stdout.split())
    assert moved - time.time() == pytest.approx(1_000_000, abs=60)
    assert time.monotonic() - monotonic == pytest.approx(0, abs=60)
    assert time.clock_gettime(time.CLOCK_BOOTTIME) - boot == pytest.approx(0, abs=60)
