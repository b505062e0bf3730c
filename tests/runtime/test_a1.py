"""A1 policies: typed by the xApp's model, in force or not with the reason, from a file that changes."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from ricloop import Decision, Latest, XApp, ms, on, policy
from ricloop.core.errors import ConfigError
from ricloop.core.time import ManualClock
from ricloop.e2sm import kpm
from ricloop.runtime.a1.file import PolicyFile, policies_of
from ricloop.runtime.a1.jsonschema import fault
from ricloop.runtime.a1.policies import Instance
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from ricloop.runtime.side.web import own, serve_web
from ricloop.runtime.stage import Stage
from tests.policies import Full, Limited
from tests.runtime.test_side import get
from tests.runtime.world import World

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))


class Titled(BaseModel):
    model_config = ConfigDict(title="20008")
    cells: list[int]


TITLED = policy(Titled)


class ByNumber(XApp):
    @on(load, TITLED)
    def decide(self, report: kpm.Report, cells: Latest[Titled]) -> Decision:
        return Decision.none()


def limit(value: Any, id: str = "night", type: str = "Limits") -> Instance:
    return Instance(id, type, json.dumps({"sleep_below": value}))


def status(ric: NearRtRic, id: str = "night") -> tuple[str, str]:
    (found,) = [one for one in ric.a1.statuses() if one["id"] == id]
    return found["status"], found["reason"]


def test_the_policy_in_force_is_what_the_handler_reads_with_its_age() -> None:
    app = Limited()
    world = World(app)
    world.step(1)
    world.ric.a1.apply([limit(20.0)])
    world.step(2)
    world.ric.a1.apply([limit(30.0)])
    world.step(1)
    world.ric.a1.apply([])
    world.step(1)
    assert app.heard == [None, (20.0, 0.1), (20.0, 0.2), (30.0, 0.1), None]
    assert world.ric.a1.statuses() == []


def test_what_does_not_fit_the_model_is_not_in_force_and_what_was_there_stays() -> None:
    app = Limited()
    world = World(app)
    world.ric.a1.apply([limit("much")])
    world.step(1)
    assert status(world.ric) == (
        "NOT_ENFORCED", "limited: 'sleep_below': Input should be a valid number",
    )  # fmt: skip
    world.ric.a1.apply([limit(20.0)])
    world.step(1)
    assert status(world.ric) == ("ENFORCED", "")
    world.ric.a1.apply([limit(200.0)])
    world.step(1)
    assert status(world.ric)[0] == "NOT_ENFORCED"
    assert "less than or equal to 100" in status(world.ric)[1]
    world.ric.a1.apply([limit("much", id="day")])
    world.step(1)
    assert [None if heard is None else heard[0] for heard in app.heard] == [None, 20.0, 20.0, None], "another policy"


def test_two_of_one_type_and_one_of_no_type_are_not_in_force() -> None:
    ric = NearRtRic([Limited(), ByNumber()], clock=ManualClock())
    ric.a1.apply([limit(1.0), limit(2.0, id="day"), limit(3.0, id="odd", type="Limit"), Instance("n", "20008", "{}")])
    assert status(ric) == ("ENFORCED", "")
    assert status(ric, "day") == ("NOT_ENFORCED", "policy 'night' of this type is there already")
    assert status(ric, "odd") == (
        "NOT_ENFORCED", "no xApp here takes policies of type 'Limit'. There are: 20008, Limits",
    )  # fmt: skip
    assert status(ric, "n") == ("NOT_ENFORCED", "by-number: 'cells': Field required")
    assert ric.status()["a1_policies"] == {"ENFORCED": 1, "NOT_ENFORCED": 3}
    assert 'ricloop_a1_policies{status="NOT_ENFORCED"} 3.0' in exposition(snapshot(ric)).decode()
    # The first one goes: the second one's turn.
    ric.a1.apply([limit(2.0, id="day")])
    assert status(ric, "day") == ("ENFORCED", "")


def test_an_xapp_that_is_off_takes_no_policy() -> None:
    ric = NearRtRic([Limited()], clock=ManualClock(), stages=Stage.OFF)
    ric.a1.apply([limit(1.0)])
    assert status(ric)[1] == "no xApp here takes policies of type 'Limits'. There are: none"
    ric.remove(ric.runners[0])


def test_who_asks_on_this_machine_is_told_what_is_in_force() -> None:
    async def run() -> dict[str, Any]:
        ric = NearRtRic([Limited()], clock=ManualClock())
        ric.a1.apply([limit(1.0)])
        server = await serve_web(own(ric), "127.0.0.1:0")
        code, text = await asyncio.to_thread(get, server.sockets[0].getsockname(), "/policies")
        server.close()
        assert code == 200
        return dict(json.loads(text))

    assert asyncio.run(run()) == {
        "schema": 1,
        "policies": [{"id": "night", "type": "Limits", "status": "ENFORCED", "reason": "", "xapps": ["limited"]}],
    }


# ---------------------------------------------------------------------------------------------------------- the file


def written(path: Path, data: Any) -> Path:
    new = path.with_suffix(".new")
    new.write_text(data if isinstance(data, str) else json.dumps(data))
    os.replace(new, path)
    return path


def of(**policies: Any) -> dict[str, Any]:
    return {"schema": 1, "policies": {id: {"type": "Limits", "policy": told} for id, told in policies.items()}}


def test_a_file_is_read_again_when_it_changes_and_what_is_no_good_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "policies.json", of(night={"sleep_below": 20}))
    file = PolicyFile(path)
    first = file.policies
    assert first == (Instance("night", "Limits", '{"sleep_below":20}'),)
    assert not file.changed()
    written(path, of(night={"sleep_below": 20}))
    assert not file.changed(), "the same again"
    written(path, "{")
    assert not file.changed()
    path.unlink()
    assert not file.changed()
    assert file.policies == first
    written(path, of(day={}))
    assert file.changed()
    assert [one.id for one in file.policies] == ["day"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "an object with 'schema' and 'policies' is needed"),
        ({"schema": 2, "policies": {}}, "schema 2: here 1 is read"),
        ({"schema": 1, "polices": {}}, "has no 'polices'. Did you mean 'policies'?"),
        ({"schema": 1}, "'policies' is missing"),
        ({"schema": 1, "policies": []}, "'policies' is an object of 256 policies at the most, by id"),
        ({"schema": 1, "policies": {"a": {"type": "Limits"}}}, "policy 'a': 'policy' is missing"),
        ({"schema": 1, "policies": {"a": {"type": 7, "policy": {}}}}, "policy 'a': 'type' is a name and 'policy' an"),
    ],
)
def test_what_a_file_lacks_is_named_with_its_place(data: Any, words: str) -> None:
    with pytest.raises(ConfigError) as told:
        policies_of(data, "policies.json")
    assert words in str(told.value)


def test_a_file_that_is_not_there_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.json: No such file or directory"):
        PolicyFile(tmp_path / "no.json")
    with pytest.raises(ConfigError, match="is not JSON"):
        PolicyFile(written(tmp_path / "odd.json", "{"))


# -------------------------------------------------------------------------------------- held against another's schema


# No whole float: JSON Schema takes 1.0 for an integer, a strict model does not.
NUMBERS = st.integers(-2, 12) | st.sampled_from([0.25, 0.5, 1.5])
LEAVES = st.none() | st.booleans() | NUMBERS | st.sampled_from(["", "a", "low", "long"])
NAMES = st.sampled_from(["name", "next", "x"])


def holding(held: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return LEAVES | st.lists(held, max_size=3) | st.dictionaries(NAMES, held)


VALUES = holding(holding(LEAVES))
POLICIES = st.fixed_dictionaries(
    {"share": st.sampled_from([0, 0.5, 1]) | LEAVES},
    optional={name: VALUES for name in (*Full.model_fields, "odd") if name != "share"}
    | {"inner": st.just({"name": "a"}) | VALUES, "pair": st.just([3, "y"]) | VALUES, "cells": st.just([2]) | VALUES},
)


@given(POLICIES)
def test_a_schema_says_of_a_policy_what_the_model_itself_says(told: dict[str, Any]) -> None:
    text = orjson.dumps(told)
    try:
        Full.model_validate_json(text)
        fits = True
    except ValidationError:
        fits = False
    assert (fault(orjson.loads(text), Full.model_json_schema()) is None) is fits, told


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "'share': is missing"),
        ({"share": 1.5}, "'share': 1.5 is more than 1.0"),
        ({"share": 1, "odd": 1}, "'odd': is not known"),
        ({"share": 1, "inner": {"name": "long"}}, "'inner': {'name': 'long'} is none of what it can be"),
        ({"share": 1, "cells": []}, "'cells': [] has fewer entries than 1"),
        ({"share": True}, "'share': True is no number"),
        ({"share": 1, "kind": "mid"}, "'kind': 'mid' is none of 'low', 'high'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: Any, words: str) -> None:
    assert fault(value, Full.model_json_schema()) == words


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"$ref": "http://elsewhere"},
        {"type": "cell"},
        {"type": 7},
        {"allOf": 7},
        {"multipleOf": 0},
        {"minimum": "much"},
        {"$defs": {str(n): {"anyOf": [{"$ref": f"#/$defs/{n + 1}"}] * 9} for n in range(9)} | {"9": False},
         "$ref": "#/$defs/0"},
    ],
)  # fmt: skip
def test_a_schema_that_is_none_or_costs_too_much_is_told(schema: dict[str, Any]) -> None:
    assert (fault(1, schema) or "").startswith("its type's schema cannot be ")
