"""The inputs that RC offers an xApp: reports upon events, requests that wait for an answer, and answers to queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed
from ricloop.core.ids import UeId
from ricloop.core.time import ms
from ricloop.e2sm.rc.events import (
    EventTrigger,
    OnCallProcess,
    OnDemand,
    OnMessage,
    OnNodeChange,
    OnUeChange,
    UeChange,
    UeTrigger,
)
from ricloop.e2sm.rc.shapes import Asked
from ricloop.e2sm.rc.values import Report, Request

Otherwise: TypeAlias = Literal["continue", "wait"]
"""What a node does where its Time To Wait runs out: go on by itself, or stay as it is (E2AP 9.2.12)."""

WAIT = ms(100)
"""Unless said otherwise: how long a node waits for an answer."""
_STYLES: dict[type[Any], int] = {OnMessage: 1, OnCallProcess: 2, OnNodeChange: 3, OnUeChange: 4, OnDemand: 5}


@dataclass(frozen=True, eq=False)
class Reports(Feed[Report]):
    """RAN parameters whenever a trigger's condition holds."""

    on: EventTrigger
    parameters: tuple[Asked, ...]
    style: int

    @property
    def title(self) -> str:
        return f"rc.report(style {self.style}, parameters {_ids(self.parameters)})"


@dataclass(frozen=True, eq=False)
class Inserts(Feed[Request]):
    """Requests of a node, each waiting for an answer."""

    style: int
    indication: int
    parameters: tuple[Asked, ...]
    on: EventTrigger | None
    wait: timedelta
    otherwise: Otherwise
    ue: UeId | None = None

    @property
    def title(self) -> str:
        return f"rc.insert({self.style}/{self.indication}, {self.wait // ms(1)} ms)"

    @property
    def answer_within(self) -> timedelta:
        """A tenth of the Time To Wait, 2 ms at least, is for the way: the handler's deadline is never later. Where that
        leaves nothing, half of the wait."""
        left = self.wait - max(self.wait / 10, ms(2))
        return left if left > timedelta(0) else self.wait / 2


@dataclass(frozen=True, eq=False)
class Queries(Feed[Report]):
    """RAN parameters, asked for each `interval`."""

    interval: timedelta
    style: int
    parameters: tuple[Asked, ...]

    @property
    def title(self) -> str:
        return f"rc.query({self.interval // ms(1)} ms, style {self.style}, parameters {_ids(self.parameters)})"

    @property
    def asked_each(self) -> timedelta:
        return self.interval


def report(on: EventTrigger | UeTrigger, *parameters: int | Asked, style: int | None = None) -> Feed[Report]:
    """A `Report` of RAN parameters whenever `on` holds: `report(RrcState((("rrc-idle", None),)), 3, 6)`.

    A UeTrigger alone stands for one condition about all UEs. `style` is that of the trigger's number unless given.
    Raises ConfigError where no parameter is named, or for what is no trigger.
    """
    if isinstance(on, UeTrigger):
        on = OnUeChange((UeChange(1, on),))
    if type(on) not in _STYLES:
        raise ConfigError(f"rc.report: {on!r} is no event trigger, as rc.RrcState(...) or rc.OnUeChange(...)")
    return Reports(on, _asked("rc.report", parameters), _STYLES[type(on)] if style is None else style)


def insert(
    style: int,
    indication: int,
    *parameters: int | Asked,
    on: EventTrigger | None = None,
    wait: timedelta = WAIT,
    otherwise: Otherwise = "wait",
    ue: UeId | None = None,
) -> Feed[Request]:
    """A `Request` whenever a node wants to know whether it may: answer it with `accept` or `deny`.

    `style` and `indication`: the insert style and its indication (3, 1: a handover). `on`: the event that makes the
    node ask; None: the first call process breakpoint that it announces. `wait`: RICtimeToWait, 1 ms to 60 s, rounded
    down to a value that E2AP has; the handler's deadline is never later than nine tenths of it. `otherwise`: what the
    node does without an answer.
    """
    if not isinstance(wait, timedelta) or not ms(1) <= wait <= timedelta(seconds=60):
        raise ConfigError(f"rc.insert: wait= is 1 ms to 60 s, as ms(100), not {wait!r}")
    if otherwise not in ("continue", "wait"):
        raise ConfigError(f"rc.insert: otherwise= is 'continue' or 'wait', not {otherwise!r}")
    return Inserts(style, indication, _asked("rc.insert", parameters), on, wait, otherwise, ue)


def query(period: timedelta, *parameters: int | Asked, style: int) -> Feed[Report]:
    """A `Report` of RAN parameters of every UE or cell, asked for each `period` (E2AP v3, E2SM-RC v5)."""
    if not isinstance(period, timedelta) or period < ms(1):
        raise ConfigError(f"rc.query: the period is a length of time of 1 ms or more, as ms(1000), not {period!r}")
    return Queries(period, style, _asked("rc.query", parameters))


def _asked(what: str, parameters: tuple[int | Asked, ...]) -> tuple[Asked, ...]:
    if not parameters:
        raise ConfigError(f"{what} needs at least one RAN parameter, by its number: E2SM-RC clause 8 lists them")
    wrong = [one for one in parameters if not isinstance(one, int | Asked) or isinstance(one, bool)]
    if wrong:
        raise ConfigError(f"{what}: {wrong[0]!r} is no RAN parameter, which goes by its number or as rc.Asked")
    return tuple(one if isinstance(one, Asked) else Asked(one) for one in parameters)


def _ids(parameters: tuple[Asked, ...]) -> str:
    return ", ".join(str(one.id) for one in parameters)
