"""The RIC's end of the stream: reads `FromXApp` of the schema, writes `ToXApp`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ricloop.core.errors import DecodeError, RicloopError
from ricloop.core.feeds import Shared
from ricloop.core.ids import NodeId
from ricloop.decide.decision import LONGEST_HOLD
from ricloop.decide.guards import Refusal
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.describe import Interned, description_of
from ricloop.rpc.messages import (
    MOST_TEXT,
    SCHEMA,
    Bye,
    Given,
    Hello,
    ModelUse,
    Said,
    Seen,
)
from ricloop.rpc.octets import octets_of, parsed, word
from ricloop.rpc.plain import Foreign
from ricloop.rpc.table import CONVERTER
from ricloop.rpc.values import put_value

MOST_ACTIONS = 4096
"""Of one answer; more is garbage."""
MOST_WORD = 200


def from_xapp(octets: bytes, interned: Interned | None = None) -> tuple[int, Hello | Said | Bye | Seen]:
    """How far the xApp has read, and what it says; feeds that are `interned` are those. Raises DecodeError."""
    message = parsed(pb.FromXApp, octets)
    kind = message.WhichOneof("what")
    try:
        if kind == "hello":
            return message.seen, _hello(message.hello, interned)
        if kind == "answer":
            return message.seen, _said(message.answer)
        return message.seen, Bye() if kind == "bye" else Seen()
    except DecodeError:
        raise
    except (ValueError, TypeError, OverflowError, AttributeError, RicloopError) as error:
        raise DecodeError(f"no '{kind}': {error}", path="FromXApp") from error


def _hello(message: Any, interned: Interned | None) -> Hello:
    if message.schema != SCHEMA:
        raise DecodeError(f"schema {message.schema}: this RIC speaks {SCHEMA}", path="Hello.schema")
    if not 1 <= message.window <= 256:
        raise DecodeError(f"a window of {message.window}: it is 1 to 256", path="Hello.window")
    stage = word(pb.Stage, message.description.stage, "Stage")
    described = description_of(message.description, interned)
    return Hello(message.session, message.window, message.records, stage, described)


def _said(message: Any) -> Said:
    if len(message.actions) + len(message.kept) > MOST_ACTIONS or len(message.shared) > MOST_ACTIONS:
        raise DecodeError(f"more than {MOST_ACTIONS} actions", path="Answer")
    get = CONVERTER.get
    return Said(
        message.ask,
        word(pb.Source, message.source, "Source"),
        message.cause[:MOST_TEXT],
        message.error[:MOST_TEXT],
        message.reason[:MOST_TEXT],
        tuple(get(action) for action in message.actions),
        tuple((get(one.action), Refusal(one.by, one.reason)) for one in message.kept),
        tuple((Shared(one.name, Foreign), Foreign(one.type, one.value.SerializeToString())) for one in message.shared),
        message.took,
        _use(message.model) if message.HasField("model") else None,
        tuple((told.need, told.reason[:MOST_TEXT]) for told in message.policies),
        min(timedelta(microseconds=message.hold // 1000), LONGEST_HOLD) if message.hold else None,
    )


def _use(message: Any) -> ModelUse:
    return ModelUse(message.given[:MOST_WORD], message.ns, message.fault[:MOST_WORD], message.ready_by)


def welcome(session: str, resumed: bool, stage: str) -> bytes:
    message = pb.ToXApp()
    message.welcome.session, message.welcome.resumed = session, resumed
    message.welcome.stage = pb.Stage.Value(stage.upper())
    return octets_of(message)


def refused(reason: str, passing: bool) -> bytes:
    message = pb.ToXApp()
    message.refused.reason, message.refused.passing = reason, passing
    return octets_of(message)


def ask(
    number: int,
    id: int,
    handler: int,
    remaining: int,
    silent: bool,
    value: Any,
    needs: Sequence[Given],
    seen: Sequence[Any] = (),
    *,
    fresh: bool = True,
) -> bytes:
    """`seen` and `fresh` as in `Asked`. Raises EncodeError for a value that cannot be carried."""
    message = pb.ToXApp(number=number)
    asked = message.ask
    asked.fresh = fresh
    for report in seen:
        put_value(report, asked.seen.add())
    asked.id, asked.handler, asked.remaining, asked.silent = id, handler, remaining, silent
    if value is not None:
        put_value(value, asked.value)
    for given in needs:
        told, latest = asked.needs.add(), given.latest
        told.slot, told.known = given.slot, latest.known
        if latest.known:
            told.age.us = latest.age // timedelta(microseconds=1)
            if given.fresh:
                put_value(latest.value, told.value)
    return octets_of(message)


def record(number: int, line: bytes) -> bytes:
    message = pb.ToXApp(number=number)
    message.record.line = line
    return octets_of(message)


def node_event(number: int, node: NodeId, connected: bool) -> bytes:
    message = pb.ToXApp(number=number)
    CONVERTER.put(node, message.node.node)
    message.node.connected = connected
    return octets_of(message)
