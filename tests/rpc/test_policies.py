"""A1 policies of xApps apart: sent when they change, held against the schema here and the model there."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field, field_validator

from ricloop import Decision, Latest, Settings, XApp, ms, on, policy
from ricloop.core.errors import DecodeError
from ricloop.e2sm import kpm
from ricloop.rpc import wire_ric, wire_xapp
from ricloop.rpc import xapp_pb2 as pb
from ricloop.runtime.a1.policies import Instance
from tests.policies import Limited
from tests.rpc.far import FarWorld
from tests.rpc.sleepers import plain
from tests.runtime.test_a1 import limit, status
from tests.runtime.world import World

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))


class Even(Settings):
    """Of what a schema cannot say."""

    number: Annotated[int, Field(ge=0)]

    @field_validator("number")
    @classmethod
    def even(cls, number: int) -> int:
        if number % 2:
            raise ValueError("it is odd")
        return number


EVEN = policy(Even)


class Evens(XApp):
    @on(load, EVEN)
    def decide(self, report: kpm.Report, even: Latest[Even]) -> Decision:
        return Decision.none(str(even.value.number) if even.known else "none")


def numbered(number: int, id: str = "n") -> Instance:
    return Instance(id, "Even", f'{{"number": {number}}}')


def reasons(world: World) -> list[str]:
    return [record["reason"] for record in world.decisions()]


def test_an_xapp_apart_reads_the_policies_that_it_would_read_in_the_ric() -> None:
    given: list[list[Instance]] = [
        [], [limit(20.0)], [limit(20.0)], [limit("much")], [limit(300.0)], [limit(30.0), limit(1.0, id="day")],
        [limit(1.0, id="day")], [], [limit(-1.0)],
    ]  # fmt: skip
    near, far = Limited(), Limited()
    here, there = World(near), FarWorld()
    there.join(far)
    for policies in given:
        stati = []
        for world in (here, there):
            world.ric.a1.apply(policies)
            world.step(2)
            stati.append([(one["id"], one["status"], one["xapps"]) for one in world.ric.a1.statuses()])
        assert stati[0] == stati[1]
    assert near.heard == far.heard
    assert [None if heard is None else heard[0] for heard in far.heard[::2]] == [
        None, 20.0, 20.0, 20.0, 20.0, 30.0, 1.0, None, None,
    ]  # fmt: skip
    assert [plain(record) for record in there.decisions()] == [plain(record) for record in here.decisions()]


def test_a_policy_that_was_there_before_its_xapp_is_in_force_when_it_comes_and_for_nobody_when_it_goes() -> None:
    world = FarWorld()
    world.ric.a1.apply([limit(20.0)])
    assert status(world.ric)[1] == "no xApp here takes policies of type 'Limits'. There are: none"
    apart = world.join(Limited())
    assert status(world.ric) == ("ENFORCED", "")
    world.step(1)
    assert reasons(world) == ["20"]
    apart.line.up.append(apart.worker.bye())
    world.exchange()
    assert status(world.ric)[0] == "NOT_ENFORCED"


def test_a_policy_is_sent_once_and_again_on_a_new_stream() -> None:
    world = FarWorld()
    apart = world.join(Limited())
    world.ric.a1.apply([Instance("night", "Limits", '{"sleep_below": 20.0}' + " " * 5000)])
    sizes = []
    for _ in range(3):
        apart.hangs = True
        world.step(1)
        sizes.append(sum(map(len, apart.line.down)))
        apart.hangs = False
        world.exchange()
    assert sizes[0] > 5000 > 500 > max(sizes[1:])
    apart.cut()
    apart.connect()
    world.exchange()
    world.step(1)
    assert reasons(world) == ["20"] * 4


@pytest.mark.parametrize("lost", [False, True])
def test_what_only_the_model_can_refuse_is_not_in_force_and_the_one_before_is(lost: bool) -> None:
    world = FarWorld()
    apart = world.join(Evens())
    world.ric.a1.apply([numbered(4)])
    world.step(1)
    world.ric.a1.apply([numbered(7)])
    assert status(world.ric, "n") == ("ENFORCED", ""), "its schema has nothing against it"
    if lost:
        # The answer that says no comes too late.
        apart.hangs = True
        world.step(1)
        world.clock.advance(ms(20))
        world.ric.handle_timer(world.clock.now())
        apart.hangs = False
        world.exchange()
    world.step(2)
    assert status(world.ric, "n") == ("NOT_ENFORCED", "evens: 'number': Value error, it is odd")
    assert reasons(world) == ["4", *(["hold: late"] * lost), "none", "4"]
    world.ric.a1.apply([numbered(8)])
    world.step(1)
    assert (reasons(world)[-1], status(world.ric, "n")[0]) == ("8", "ENFORCED")
    assert world.remotes.status()["connected"] == 1


def test_a_refusal_of_what_is_no_policy_changes_nothing() -> None:
    world = FarWorld()
    apart = world.join(Evens())
    world.ric.a1.apply([numbered(4)])
    world.step(1)
    apart.hangs = True
    world.step(1)
    (octets,) = apart.line.down
    apart.line.down.clear()
    said: Any = apart.worker.take(octets)
    message = pb.FromXApp.FromString(said)
    for need in (1, 4_000_000_000):
        message.answer.policies.add(need=need, reason="no")
    apart.line.up.append(message.SerializeToString())
    apart.hangs = False
    world.exchange()
    assert status(world.ric, "n") == ("ENFORCED", "")
    assert world.remotes.status()["connected"] == 1


@pytest.mark.parametrize("schema", ["", "[]", "{", "[" * 100_000])
def test_a_schema_that_is_none_is_garbage(schema: str) -> None:
    message = pb.FromXApp.FromString(wire_xapp.hello(Evens(), "", 0, 4, False, "active"))
    (need,) = [need for need in message.hello.description.needs if need.HasField("policy")]
    need.policy.schema = schema
    with pytest.raises(DecodeError):
        wire_ric.from_xapp(message.SerializeToString())
