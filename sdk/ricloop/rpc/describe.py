"""An xApp's registration: what it is called, what its handlers look at and by when they answer, what guards it has; and
what a RIC that has not got its class makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ricloop.app import Handler, XApp, hold
from ricloop.core.errors import ConfigError, DecodeError, RicloopError
from ricloop.core.feeds import Feed, Need
from ricloop.decide.guards import Bounds, Guard
from ricloop.e2sm.kpm.feeds import Every, EveryUe
from ricloop.rpc.table import CONVERTER, GUARDS

MOST_HANDLERS = 64
"""Of one xApp, and twice as many needs: what describes more is no xApp."""
MOST_VERSION, MOST_BUCKETS = 200, 16
"""Characters and numbers of cells that a model may be described with."""


@dataclass(frozen=True, slots=True)
class ModelTold:
    """What a RIC knows of a model in another process."""

    version: str
    ready_by: tuple[tuple[int, int], ...]
    """(cells, ns), ascending: how long before its deadline a handler has to be asked about so many cells."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a RIC knows of an xApp in another process."""

    name: str
    priority: int
    guards: tuple[Guard, ...]
    handlers: tuple[Handler, ...]
    models: Mapping[str, ModelTold] = field(default_factory=dict)
    """By the name of their handler."""


def needs_of(handlers: Iterable[Handler]) -> tuple[Need[Any], ...]:
    """Every feed and need, once, in the order of their numbers."""
    return tuple(dict.fromkeys(need for handler in handlers for need in (handler.feed, *handler.needs)))


def put_description(app: XApp[Any], models: Mapping[str, ModelTold], message: Any) -> None:
    """Raises ConfigError for a guard that cannot be applied from another process."""
    handlers = app.declared
    needs = needs_of(handlers)
    number = {need: index for index, need in enumerate(needs)}
    message.name, message.priority = app.name, app.priority
    for need in needs:
        CONVERTER.put(need, message.needs.add())
    for handler in handlers:
        told = message.handlers.add()
        told.name, told.feed = handler.name, number[handler.feed]
        told.needs.extend(number[need] for need in handler.needs)
        told.silent = handler.silent[0] if handler.silent is not None else 0
        CONVERTER.put(handler.deadline, told.deadline)
        CONVERTER.put(handler.gather, told.gather)
        if (model := models.get(handler.name)) is not None:
            told.model.version = model.version
            for rows, ns in model.ready_by:
                needed = told.model.ready_by.add()
                needed.rows, needed.ns = rows, ns
    for guard in app.guards:
        if type(guard) in GUARDS:
            CONVERTER.put(guard, message.guards.add())
        elif not isinstance(guard, Bounds):
            raise ConfigError(
                f"xApp '{app.name}': the RIC has not got the code of its guard {type(guard).__name__}: run the xApp in"
                f" the RIC (ricloop ric --xapp), or use KeepCoverage, Cooldown, MaxChanges or Bounds"
            )


class Interned(dict[bytes, Need[Any]]):
    """Periodic reports by their description: xApps apart that ask for the same are asked about the same value."""

    def get_need(self, message: Any) -> Need[Any]:
        """What `message` describes. Raises DecodeError, and what a need's constructor raises."""
        need: Need[Any] = CONVERTER.get(message)
        if not isinstance(need, Every | EveryUe):
            # An event that came before a reader did is told to a reader of its own subscription only.
            return need
        return self.setdefault(message.SerializeToString(deterministic=True), need)

    def keep(self, needs: Iterable[Need[Any]]) -> None:
        """Forget all but these."""
        kept = set(needs)
        for octets in [octets for octets, need in self.items() if need not in kept]:
            del self[octets]


def description_of(message: Any, interned: Interned | None = None) -> Described:
    """Raises DecodeError for what describes no xApp."""
    known = Interned() if interned is None else interned
    try:
        if len(message.handlers) > MOST_HANDLERS or len(message.needs) > 2 * MOST_HANDLERS:
            raise ValueError(f"{len(message.handlers)} handlers and {len(message.needs)} needs are too many")
        if not message.name or not message.handlers:
            raise ValueError("an xApp has a name and a handler")
        needs = tuple(map(known.get_need, message.needs))
        handlers = tuple(_handler(told, needs) for told in message.handlers)
        if len({handler.name for handler in handlers}) < len(handlers):
            raise ValueError("two handlers have one name")
        guards = tuple(map(CONVERTER.get, message.guards))
        models = {told.name: _model(told, needs) for told in message.handlers if told.HasField("model")}
        return Described(message.name, message.priority, guards, handlers, models)
    except DecodeError:
        raise
    except (ValueError, TypeError, IndexError, OverflowError, RicloopError) as error:
        raise DecodeError(f"no description of an xApp: {error}", path="Description") from error


def _handler(told: Any, needs: tuple[Need[Any], ...]) -> Handler:
    deadline, gather, feed = CONVERTER.get(told.deadline), CONVERTER.get(told.gather), needs[told.feed]
    if deadline <= timedelta(0) or gather < timedelta(0):
        raise ValueError(f"handler '{told.name}': a deadline of {deadline}, {gather} to gather")
    if not isinstance(feed, Feed):
        raise TypeError(f"handler '{told.name}': {feed.title} starts nothing")
    return Handler(
        name=told.name,
        feed=feed,
        needs=tuple(needs[number] for number in told.needs),
        deadline=deadline,
        silent=(told.silent, hold) if told.silent else None,
        gather=gather,
    )


def _model(handler: Any, needs: tuple[Need[Any], ...]) -> ModelTold:
    told, feed = handler.model, needs[handler.feed]
    if not isinstance(feed, Every):
        raise TypeError(f"handler '{handler.name}': a model looks at periodic cell reports, not at {feed.title}")
    if not told.version or len(told.version) > MOST_VERSION or len(told.ready_by) > MOST_BUCKETS:
        raise ValueError(f"a model's version of {len(told.version)} characters, {len(told.ready_by)} buckets")
    return ModelTold(told.version, tuple(sorted((one.rows, one.ns) for one in told.ready_by)))
