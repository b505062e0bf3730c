"""What `@on` writes down about a method: its feed, its needs, and what happens when it cannot answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVarTuple

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, ModelRef, Need
from ricloop.decide.decision import Decision

Ts = TypeVarTuple("Ts")

MARK = "__ricloop_handler__"
"""Attribute of a marked function."""


class Hold(Enum):
    """Type of `hold`."""

    HOLD = "hold"

    def __repr__(self) -> str:
        return "hold"


hold: Final = Hold.HOLD
"""As an answer to being late, failing or hearing nothing: change nothing."""

Fallback: TypeAlias = Hold | Callable[[Any, *Ts], Decision]
"""`hold`, or a rule: a method that takes the report and each need, and no model's output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One method, and when and how it is called."""

    name: str
    """Of the method: a subclass may override it."""
    feed: Feed[Any]
    needs: tuple[Need[Any], ...] = ()
    model: ModelRef[Any] | None = None
    deadline: timedelta
    """From the arrival of the frame to the answer."""
    late: Any = hold
    """Rule or `hold`: the answer where the deadline is missed."""
    error: Any = hold
    """Rule or `hold`: the answer where the method, or its model, raises. Unless `@on` says otherwise, it is that of
    `late` where there is a model, else `hold`."""
    silent: tuple[int, Any] | None = None
    """(periods, rule or `hold`): the answer, once, after so many periods without a report of a gNB.

    The rule is given the last report. Where none has come since a node of the gNB admitted the subscription, there is
    nothing to give it: the answer is `hold` then, audited with the cause `silent` like the rule's."""
    gather: timedelta = timedelta(0)
    """How long to wait for the other nodes' reports of the same time, to look at all of them at once."""

    @property
    def answers_within(self) -> timedelta:
        """The deadline, or what the feed leaves of it (a node that waits for an answer does not wait for ever)."""
        within = self.feed.answer_within
        return self.deadline if within is None else min(self.deadline, within)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the method is called with, in words."""
        given = (self.feed.title, *(f"Latest of {need.title}" for need in self.needs))
        return given if self.model is None else (*given, f"what model '{self.model.name}' says")

    def check(self, owner: str, method: Any) -> None:
        """Raises ConfigError where the method or one of its rules cannot be called as declared."""
        _check_shape(f"{owner}.{self.name}", method, self.arguments)
        for option, answer in (("late", self.late), ("error", self.error), ("silent", (self.silent or (0, hold))[1])):
            if isinstance(answer, Hold):
                continue
            if not callable(answer):
                raise ConfigError(f"{owner}.{self.name}: {option}= is `hold` or a rule, not {answer!r}")
            plain = self.arguments if self.model is None else self.arguments[:-1]
            _check_shape(f"{owner}: the rule {getattr(answer, '__name__', answer)!s}", answer, plain)


def _check_shape(what: str, function: Any, arguments: tuple[str, ...]) -> None:
    try:
        inspect.signature(function).bind(None, *arguments)
    except TypeError:
        raise ConfigError(
            f"{what} must take self and {len(arguments)} arguments ({'; '.join(arguments)}), "
            f"not {inspect.signature(function)}"
        ) from None
