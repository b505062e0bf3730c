"""What the two ends say to each other, as octets: `ToXApp` and `FromXApp` of the schema, and no type of protobuf's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.protobuf.message import DecodeError as NotProtobuf

from ricloop.app import XApp
from ricloop.core.actions import Action
from ricloop.core.errors import DecodeError, EncodeError, RicloopError
from ricloop.core.feeds import Latest, Need, Shared
from ricloop.core.ids import NodeId
from ricloop.core.time import ns
from ricloop.decide.decision import LONGEST_HOLD
from ricloop.decide.guards import Refusal
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.describe import Described, Interned, ModelTold, description_of, put_description
from ricloop.rpc.plain import Foreign, class_name, put_plain
from ricloop.rpc.table import CONVERTER
from ricloop.rpc.values import PolicyRefused, get_value, put_value

SCHEMA = 1
MOST_ACTIONS = 4096
"""Of one answer; more is garbage."""
MOST_WORD = 200
MOST_TEXT = 2000
"""Characters of a reason or an error that are carried."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first thing that an xApp says."""

    session: str
    window: int
    records: bool
    stage: str
    """`off`, `shadow` or `active`."""
    described: Described


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a model had to do with an answer: `given`, the version whose prediction the handler was given, and what it
    took, in ns; `fault`, what it did instead; `ready_by` in ns, for as many cells as were asked about."""

    given: str = ""
    ns: int = 0
    fault: str = ""
    ready_by: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. `source` is `handler`, `rule` or `hold`."""

    ask: int
    source: str
    cause: str
    error: str
    reason: str
    actions: tuple[Action, ...] = ()
    kept: tuple[tuple[Action, Refusal], ...] = ()
    """What guards of the xApp's own process refused."""
    shared: tuple[tuple[Shared[Any], Any], ...] = ()
    took: int = 0
    """Nanoseconds from the question's arrival."""
    model: ModelUse | None = None
    """None: the handler has none."""
    refused: tuple[tuple[int, str], ...] = ()
    """A1 policies that do not fit their model: their places among the handler's needs, and why."""
    hold: timedelta | None = None
    """As `Decision.hold`."""


@dataclass(frozen=True, slots=True)
class Bye:
    """The xApp ends."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Nothing but how far it has read."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a need holds for one question."""

    slot: int
    latest: Latest[Any]
    fresh: bool
    """False: the slot holds the value already."""


@dataclass(frozen=True, slots=True)
class Welcome:
    session: str
    resumed: bool
    stage: str


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str
    passing: bool
    """Trying again may help."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as the xApp's end has it; `Reader` gives value and needs."""

    id: int
    handler: int
    remaining: int
    """Nanoseconds."""
    silent: bool
    message: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question holds."""

    value: Any
    needs: tuple[Latest[Any], ...]
    seen: tuple[Any, ...]
    """What came of the feed before the value, oldest first, and was asked about by no question."""
    fresh: bool
    """False: the value was among those that were seen."""
    refused: tuple[tuple[int, str], ...]
    """As in `Said`."""


@dataclass(frozen=True, slots=True)
class Record:
    line: bytes


@dataclass(frozen=True, slots=True)
class NodeEvent:
    node: NodeId
    connected: bool


# ---------------------------------------------------------------------------------------------------- the RIC's end


def from_xapp(octets: bytes, interned: Interned | None = None) -> tuple[int, Hello | Said | Bye | Seen]:
    """How far the xApp has read, and what it says; feeds that are `interned` are those. Raises DecodeError."""
    message = _parsed(pb.FromXApp, octets)
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
    stage = _word(pb.Stage, message.description.stage, "Stage")
    described = description_of(message.description, interned)
    return Hello(message.session, message.window, message.records, stage, described)


def _said(message: Any) -> Said:
    if len(message.actions) + len(message.kept) > MOST_ACTIONS or len(message.shared) > MOST_ACTIONS:
        raise DecodeError(f"more than {MOST_ACTIONS} actions", path="Answer")
    get = CONVERTER.get
    return Said(
        message.ask,
        _word(pb.Source, message.source, "Source"),
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
    return _octets(message)


def refused(reason: str, passing: bool) -> bytes:
    message = pb.ToXApp()
    message.refused.reason, message.refused.passing = reason, passing
    return _octets(message)


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
    return _octets(message)


def record(number: int, line: bytes) -> bytes:
    message = pb.ToXApp(number=number)
    message.record.line = line
    return _octets(message)


def node_event(number: int, node: NodeId, connected: bool) -> bytes:
    message = pb.ToXApp(number=number)
    CONVERTER.put(node, message.node.node)
    message.node.connected = connected
    return _octets(message)


# --------------------------------------------------------------------------------------------------- the xApp's end


def to_xapp(octets: bytes) -> tuple[int, Welcome | Refused | Ask | Record | NodeEvent | None]:
    """The message's number, and what the RIC says; None for what a later one says. Raises DecodeError."""
    message = _parsed(pb.ToXApp, octets)
    kind = message.WhichOneof("what")
    if kind == "welcome":
        told = message.welcome
        return message.number, Welcome(told.session, told.resumed, _word(pb.Stage, told.stage, "Stage"))
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
    return _octets(message)


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
    return _octets(message)


def bye(seen: int) -> bytes:
    message = pb.FromXApp(seen=seen)
    message.bye.SetInParent()
    return _octets(message)


def have_seen(seen: int) -> bytes:
    return _octets(pb.FromXApp(seen=seen))


# ---------------------------------------------------------------------------------------------------------- helpers


def _put_shared(value: Any, message: Any) -> None:
    try:
        put_plain(value, message)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise EncodeError(f"a {type(value).__name__} cannot be shared with another process: {error}") from error


def _clean(text: str) -> str:
    """Whatever an author's code put into a text, it can be sent."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode()


def _word(enum: Any, number: int, path: str) -> str:
    if number == 0 or number not in enum.values():
        raise DecodeError(f"{number} is not known", path=path)
    word: str = enum.Name(number)
    return word.lower()


def _parsed(of: Any, octets: bytes) -> Any:
    try:
        return of.FromString(octets)
    except NotProtobuf as error:
        raise DecodeError(f"not a message of the schema: {error}", path=of.DESCRIPTOR.name) from error


def _octets(message: Any) -> bytes:
    octets: bytes = message.SerializeToString()
    return octets
