"""Everything that an xApp can be given or say has a message, and comes out of it as it went in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel

from ricloop.app.by_settings import BySettings
from ricloop.core.actions import Action, Answer, PolicyChange
from ricloop.core.errors import ConfigError, DecodeError, EncodeError
from ricloop.core.feeds import Feed, Need, Shared
from ricloop.core.predictions import Forecast
from ricloop.decide.guards import Bounds, Guard
from ricloop.e2sm import ccc, kpm, rc
from ricloop.e2sm.common import MovesUe
from ricloop.e2sm.kpm.feeds import Every, EveryUe
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.plain import Foreign, adapt
from ricloop.rpc.table import ACTIONS, CONVERTER, GUARDS, NEEDS, VALUES
from ricloop.rpc.values import get_value, put_value
from tests.rpc import generate, values
from tests.rpc.same import same
from tests.values import Dice

BY_FEED = (kpm.Report, kpm.UeReport)
"""What needs its feed to be read."""


def _subclasses(of: type[Any]) -> Iterator[type[Any]]:
    for one in of.__subclasses__():
        yield one
        yield from _subclasses(one)


def _ours(types: Iterator[type[Any]]) -> set[type[Any]]:
    """Without those that `dataclass(slots=True)` replaced by another of the same name."""
    return {
        one
        for one in types
        if one.__module__.startswith("ricloop.") and getattr(sys.modules[one.__module__], one.__name__) is one
    }


def test_every_kind_of_action_can_be_sent() -> None:
    assert _ours(_subclasses(Action)) - {Answer, PolicyChange, MovesUe} == set(ACTIONS)
    assert {field.message_type.name for field in pb.Action.DESCRIPTOR.fields} == {
        m.DESCRIPTOR.name for m in ACTIONS.values()
    }


def test_every_feed_and_need_can_be_described() -> None:
    # A feed by settings is another by the time that an xApp is described.
    assert _ours(_subclasses(Need)) - {Feed, BySettings} == set(NEEDS)
    assert {field.message_type.name for field in pb.Need.DESCRIPTOR.fields} == {
        m.DESCRIPTOR.name for m in NEEDS.values()
    }


def test_every_value_of_a_feed_or_need_can_be_sent() -> None:
    held = {get_args(base)[0] for need in NEEDS for base in getattr(need, "__orig_bases__", ())}
    types = {
        getattr(one, "__origin__", one)
        for one in held
        if not isinstance(one, type(Any)) and not hasattr(one, "__constraints__")
    }
    assert types <= set(VALUES)
    sent = {field.message_type.name for field in pb.Value.DESCRIPTOR.fields} - {"Plain"}
    assert sent == {message.DESCRIPTOR.name for message in VALUES.values()}


def test_every_guard_of_ours_travels_or_looks_at_nothing_but_the_action() -> None:
    from ricloop.decide import guards

    ours = {one for one in vars(guards).values() if isinstance(one, type) and hasattr(one, "admit")} - {Guard}
    assert ours == {*GUARDS, Bounds}


@pytest.mark.parametrize("type_", [t for t in CONVERTER.rows if t not in VALUES], ids=lambda type_: type_.__qualname__)
def test_a_message_has_the_fields_of_its_type(type_: Any) -> None:
    asked = {field.name for field in CONVERTER.rows[type_].DESCRIPTOR.fields}
    held = {field.name for field in fields(type_) if field.init} if hasattr(type_, "__dataclass_fields__") else set()
    assert asked == held or type_.__name__ in ("Watch", "Policy")


@pytest.mark.parametrize("type_", [t for t in CONVERTER.rows if t not in BY_FEED], ids=lambda type_: type_.__qualname__)
def test_what_goes_in_comes_out(type_: Any, dice: Dice) -> None:
    for rng in dice:
        _comes_out(type_, values.value(type_)(rng))


def _comes_out(type_: Any, value: Any) -> None:
    message = CONVERTER.rows[type_]()
    CONVERTER.put(value, message)
    assert same(CONVERTER.get(CONVERTER.rows[type_].FromString(message.SerializeToString())), value)


@pytest.mark.parametrize("type_", list(VALUES), ids=lambda type_: type_.__qualname__)
def test_a_value_goes_by_its_need(type_: Any, dice: Dice) -> None:
    for rng in dice:
        need: Any = Need()
        if type_ in BY_FEED:
            need = values.value(Every if type_ is kpm.Report else EveryUe)(rng)
            value = values.report(rng, need)
        else:
            value = values.value(type_)(rng)
        message = pb.Value()
        put_value(value, message)
        assert same(get_value(pb.Value.FromString(message.SerializeToString()), need), value)


# ---------------------------------------------------------------------------------------------- what xApps share


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    colour: Colour
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Outer:
    inner: dict[str, Inner]
    scores: Any


class Limits(BaseModel):
    low: float
    names: list[str]


FORECAST = Forecast(
    cells=np.array([1, 2], np.uint64), metric="RRU.PrbTotDl", quantiles=(0.5,), values=np.ones((2, 3, 1), np.float32)
)


@pytest.mark.parametrize(
    "value",
    [7, 1 << 80, "text", [1, (2.5, None)], np.arange(6.0).reshape(2, 3), FORECAST, Limits(low=1.5, names=["a"]),
     Outer({"a": Inner(Colour.RED, (1, 2))}, np.array([[1.5], [np.nan]], np.float32))],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_shared_value_reaches_a_reader_of_its_class_and_no_other(value: Any) -> None:
    type_ = type(value)
    carried = adapt(value, Foreign)
    assert same(adapt(carried, type_), value)
    with pytest.raises(ConfigError, match="is published as"):
        adapt(carried, Colour)
    message = pb.Value()
    put_value(carried, message)
    assert same(get_value(message, Shared("forecast", type_)), value)


def test_a_record_of_a_class_that_the_reader_does_not_name_is_not_made() -> None:
    carried = adapt([Inner(Colour.RED, ())], Foreign)
    with pytest.raises(ConfigError, match="is not what is read here"):
        adapt(carried, list)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array([object()]), lambda: None], ids=lambda v: type(v).__name__
)
def test_what_is_no_data_is_not_shared(value: Any) -> None:
    with pytest.raises(ConfigError, match="cannot be carried between processes"):
        adapt(value, Foreign)


# ------------------------------------------------------------------------------------------------ what cannot be sent


class Mine(Action):
    """An action of an author's."""


@pytest.mark.parametrize(
    "action",
    [Mine(), ccc.EnergySavingControl(-1, True), ccc.EnergySavingControl(1 << 64, True), rc.handover(1, 1 << 70)],
)
def test_an_action_that_no_message_holds_is_named(action: Action) -> None:
    with pytest.raises(EncodeError, match="cannot be sent"):
        CONVERTER.put(action, pb.Action())


NOWHERE = pb.NodeId(gnb=pb.GnbId(plmn=pb.Plmn(mcc="001", mnc="01"), bits=22))


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (pb.Action(), "nothing that is known"),
        (pb.Action(slice_quota=pb.SliceQuota(ue=1)), "'plmn' is missing"),
        (pb.Action(reply=pb.Reply(to=pb.Addressee(node=NOWHERE))), "0 is no NodeKind"),
    ],
)  # fmt: skip
def test_what_a_message_lacks_is_named(message: Any, fault: str) -> None:
    with pytest.raises(DecodeError, match=fault):
        CONVERTER.get(message)


def test_a_report_of_the_wrong_size_is_none() -> None:
    feed = Every(timedelta(milliseconds=100), (kpm.Metric("RRU.PrbTotDl"),))
    for fields_ in ({"cells": b"1"}, {"cells": bytes(8)}, {"cells": bytes(8), "values": bytes(4), "old": b""}):
        message = pb.Value(report=pb.Report(**fields_))
        with pytest.raises(DecodeError):
            get_value(message, feed)


def test_the_generated_module_is_that_of_the_schema(tmp_path: Path) -> None:
    (tmp_path / "ricloop" / "rpc").mkdir(parents=True)
    made = generate.generate(tmp_path)
    kept = generate.SOURCE / generate.SCHEMA.replace(".proto", "_pb2.py")
    assert made.read_text() == kept.read_text(), "python -m tests.rpc.generate"
