"""The xApp's end of the stream: reads `ToXApp` of the schema, writes `FromXApp`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ricloop.app import XApp
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.feeds import Latest, Need
from ricloop.core.time import ns
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.describe import ModelTold, put_description
from ricloop.rpc.messages import (
    MOST_TEXT,
    SCHEMA,
    Ask,
    Asked,
    NodeEvent,
    Record,
    Refused,
    Said,
    Welcome,
)
from ricloop.rpc.octets import octets_of, parsed, word
from ricloop.rpc.plain import class_name, put_plain
from ricloop.rpc.table import CONVERTER
from ricloop.rpc.values import PolicyRefused, get_value


def to_xapp(octets: bytes) -> tuple[int, Welcome | Refused | Ask | Record | NodeEvent | None]:
    """The message's number, and what the RIC says; None for what a later one says. Raises DecodeError."""
    message = parsed(pb.ToXApp, octets)
    kind = message.WhichOneof("what")
    if kind == "welcome":
        told = message.welcome
        return message.number, Welcome(told.session, told.resumed, word(pb.Stage, told.stage, "Stage"))
    if kind == "refused":
        return message.number, Refused(message.refused.reason, message.refused.passing)
    if kind == "ask":
        asked = message.ask
        return message.number, Ask(asked.id, asked.handler, asked.remaining, asked.silent, asked)
    if kind == "record":
        return message.number, Record(message.record.line)
    if kind == "node":
        return message.number, NodeEvent(CONVERTER.get(message.node.node), message.node.connected)
    return message.number, None


class Reader:
    """Reads questions: remembers what each slot holds."""

    def __init__(self) -> None:
        self._slots: dict[int, Any] = {}
        """An error where what was sent for it is no good."""

    def read(self, ask: Ask, feed: Need[Any], needs: Sequence[Need[Any]]) -> Asked:
        """The feed's value and the needs' latest. Raises DecodeError."""
        message = ask.message
        if len(needs) != len(message.needs):
            raise DecodeError(f"{len(message.needs)} needs where there are {len(needs)}", path="Ask")
        value = get_value(message.value, feed) if message.HasField("value") else None
        refused: list[tuple[int, str]] = []
        latest = []
        for place, (told, need) in enumerate(zip(message.needs, needs, strict=True)):
            try:
                latest.append(self._latest(told, need))
            except PolicyRefused as error:
                refused.append((place, str(error)))
                latest.append(Latest.unknown())
        seen = tuple(get_value(report, feed) for report in message.seen)
        return Asked(value, tuple(latest), seen, message.fresh, tuple(refused))

    def _latest(self, told: Any, need: Need[Any]) -> Latest[Any]:
        if not told.known:
            return Latest.unknown()
        if told.HasField("value"):
            try:
                self._slots[told.slot] = get_value(told.value, need)
            except PolicyRefused as error:
                self._slots[told.slot] = error
        if told.slot not in self._slots:
            raise DecodeError(f"slot {told.slot} holds nothing", path="Ask.needs")
        held = self._slots[told.slot]
        if isinstance(held, PolicyRefused):
            # Each time: the answer that told so may have been lost, or late.
            raise held
        return Latest(held, timedelta(microseconds=told.age.us))


def hello(
    app: XApp[Any],
    session: str,
    seen: int,
    window: int,
    records: bool,
    stage: str,
    models: Mapping[str, ModelTold] | None = None,
) -> bytes:
    """`models` by the name of their handler.

    Raises ConfigError for an xApp that cannot be described, EncodeError for a need that cannot."""
    message = pb.FromXApp(seen=seen)
    told = message.hello
    told.schema, told.session, told.window, told.records = SCHEMA, session, window, records
    told.description.stage = pb.Stage.Value(stage.upper())
    put_description(app, models or {}, told.description)
    return octets_of(message)


def answer(seen: int, said: Said) -> bytes:
    """Raises EncodeError for an action or a shared value that cannot be carried."""
    message = pb.FromXApp(seen=seen)
    told = message.answer
    told.ask, told.source = said.ask, pb.Source.Value(said.source.upper())
    told.cause, told.error, told.reason = (_clean(text) for text in (said.cause, said.error, said.reason))
    for action in said.actions:
        CONVERTER.put(action, told.actions.add())
    for action, refusal in said.kept:
        kept = told.kept.add()
        CONVERTER.put(action, kept.action)
        kept.by, kept.reason = refusal.by, _clean(refusal.reason)
    for need, value in said.shared:
        published = told.shared.add()
        published.name, published.type = need.name, class_name(need.type)
        _put_shared(value, published.value)
    for place, reason in said.refused:
        refusal = told.policies.add()
        refusal.need, refusal.reason = place, _clean(reason)
    told.took = said.took
    told.hold = 0 if said.hold is None else ns(said.hold)
    if (use := said.model) is not None:
        told.model.given, told.model.fault = use.given, use.fault
        told.model.ns, told.model.ready_by = use.ns, use.ready_by
    return octets_of(message)


def bye(seen: int) -> bytes:
    message = pb.FromXApp(seen=seen)
    message.bye.SetInParent()
    return octets_of(message)


def have_seen(seen: int) -> bytes:
    return octets_of(pb.FromXApp(seen=seen))


def _put_shared(value: Any, message: Any) -> None:
    try:
        put_plain(value, message)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise EncodeError(f"a {type(value).__name__} cannot be shared with another process: {error}") from error


def _clean(text: str) -> str:
    """Whatever an author's code put into a text, it can be sent."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode()
