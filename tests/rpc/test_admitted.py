"""Who may come in, and what an xApp apart may do there: names, garbage, rules, the end."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop import (
    Decision,
    Settings,
    XApp,
    on,
)
from ricloop.e2sm import ccc, kpm
from ricloop_xapps.minimal.xapp import Minimal
from tests.rpc.far import Apart, FarWorld
from tests.rpc.sleepers import Patient, Sleeper, Urgent, load


def refusal(world: FarWorld, app: XApp[Any], names: frozenset[str] | None = None) -> str:
    apart = Apart(world, app)
    world.far.append(apart)
    apart.connect(names)
    world.exchange()
    assert apart.worker.refusal is not None
    assert apart.caller is None, "its stream is closed"
    return apart.worker.refusal.reason


def test_who_is_not_who_its_certificate_says_is_refused_and_counted() -> None:
    world = FarWorld()
    assert "the certificate is that of minimal" in refusal(world, Sleeper(), frozenset({"minimal"}))
    assert "the certificate is that of nobody" in refusal(world, Sleeper(), frozenset())
    assert world.remotes.refused["name"] == 2
    assert not world.ric.runners


def test_who_is_not_on_the_list_is_refused_and_counted() -> None:
    world = FarWorld(allowed=("team-a-*", "minimal"))
    assert "none of those allowed" in refusal(world, Sleeper())
    world.join(Minimal())
    assert [runner.name for runner in world.ric.runners] == ["minimal"]
    assert world.remotes.refused["not_allowed"] == 1


def test_a_name_is_taken_once() -> None:
    world = FarWorld(Minimal())
    assert "runs in the RIC" in refusal(world, Minimal())
    world.join(Sleeper())
    assert "is connected" in refusal(world, Sleeper())
    assert world.remotes.refused["twice"] == 2
    assert world.remotes.status()["connected"] == 1


@pytest.mark.parametrize(
    "octets",
    [b"\xff\xff\xff", b"", b"\x12\x02\x08\x09", b"\x1a\x02\x08\x01", bytes(300)],
    ids=lambda octets: octets[:4].hex(),
)
@pytest.mark.parametrize("when", ["first", "later"])
def test_garbage_ends_its_stream_and_nothing_else(octets: bytes, when: str) -> None:
    world = FarWorld()
    bystander = Urgent()
    world.join(bystander)
    apart = Apart(world, Sleeper())
    world.far.append(apart)
    apart.connect()
    if when == "first":
        apart.line.up.insert(0, octets)
    else:
        world.exchange()
        apart.line.up += [octets, octets[:-1] + b"\x07"]
    world.exchange()
    world.step(3)
    assert len(bystander.seen) == 3
    world.ric.check()
    if when == "first":
        assert apart.caller is None
        assert sum(world.remotes.refused.values()) == 1


class Writer(Sleeper):
    """Answers with what no message holds."""


def test_an_answer_that_cannot_be_sent_is_an_error_of_the_xapp() -> None:
    app = Writer()
    world = FarWorld()
    world.join(app)
    world.step(2)
    app.to_do = [ccc.EnergySavingControl(1 << 70, True)]
    world.step(1)
    record = world.decisions()[-1]
    assert (record["source"], record["cause"]) == ("hold", "error")
    assert "cannot be sent" in record["error"]
    world.step(1)
    assert world.decisions()[-1]["cause"] == ""


class Failing(XApp[Settings]):
    def rule(self, report: kpm.Report) -> Decision:
        return Decision.none("by rule")

    @on(load, error=rule)
    def decide(self, report: kpm.Report) -> Decision:
        raise ValueError("broken")


def test_rules_answer_where_the_handler_is() -> None:
    world = FarWorld()
    world.join(Failing())
    world.step(2)
    record = world.decisions()[-1]
    assert (record["source"], record["cause"], record["reason"]) == ("rule", "error", "by rule")
    assert "ValueError: broken" in record["error"]
    assert world.ric.status()["handler_errors"] == 2


def test_the_end_of_a_run_answers_every_question() -> None:
    world = FarWorld()
    apart = world.join(Patient())
    apart.hangs = True
    world.step(3)
    world.ric.shutdown()
    assert [r["cause"] for r in world.decisions()] == ["the run ended"] * 3
    assert apart.line.closed == "the RIC ends"
    world.ric.check()


class Alike(Sleeper):
    pass


def test_two_that_ask_for_the_same_reports_are_given_the_same_and_one_may_go() -> None:
    first, second = Sleeper(), Alike()
    world = FarWorld()
    one = world.join(first)
    world.step(2)
    active = world.ric.subscriber.active()
    world.join(second)
    world.step(2)
    fanned = world.ric.account.fanned_out
    world.step(1)
    assert len(second.seen) == 3
    assert world.ric.subscriber.active() == active
    assert world.ric.account.fanned_out == fanned, "one report for both"
    one.line.up.append(one.worker.bye())
    world.exchange()
    world.step(2)
    assert (len(first.seen), len(second.seen)) == (5, 5)
    world.ric.check()
