"""A decision: actions and the reason for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from ricloop.core.actions import Action, PolicyChange
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Shared

T = TypeVar("T")

LONGEST_HOLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a handler answers. Make one with `Decision.of` or `Decision.none`."""

    actions: tuple[Action, ...] = ()
    """In the order they are to be tried; no two are equal."""
    reason: str = ""
    """Why, in words: it goes to the log and the audit record."""
    shared: tuple[tuple[Shared[Any], Any], ...] = ()
    """Values to publish, with their names; see `sharing`."""
    hold: timedelta | None = None
    """For how long the arbiter keeps what it changes; None: for a second. See `holding`."""

    @classmethod
    def of(cls, *actions: Action | Iterable[Action], reason: str) -> Decision:
        """Actions, one by one or in iterables (`map(ccc.wake, cells)`); an action named twice counts once.

        Raises TypeError for anything that is not an Action.
        """
        found: dict[Action, None] = {}
        for given in actions:
            for action in (given,) if isinstance(given, Action) else given:
                if not isinstance(action, Action):
                    raise TypeError(f"a Decision is made of actions, as ccc.sleep(cell), not {action!r}")
                found[action] = None
        return cls(tuple(found), reason)

    @classmethod
    def policy(cls, *changes: PolicyChange | Iterable[PolicyChange], reason: str) -> Decision:
        """What nodes shall do by themselves: `Decision.policy(rc.policy(...), rc.no_policy(...), reason="...")`.

        Raises TypeError for anything that installs, changes or removes no policy.
        """
        decision = cls.of(*changes, reason=reason)
        for action in decision.actions:
            if not isinstance(action, PolicyChange):
                raise TypeError(f"Decision.policy is made of rc.policy(...) and rc.no_policy(...), not {action!r}")
        return decision

    @classmethod
    def none(cls, reason: str = "") -> Decision:
        """Leave everything as it is."""
        return cls((), reason)

    def sharing(self, name: Shared[T], value: T) -> Decision:
        """The same decision, which also publishes `value` to the xApps that declare `name` as a need."""
        return replace(self, shared=(*self.shared, (name, value)))

    def holding(self, length: timedelta) -> Decision:
        """The same decision, whose changes stand for `length`: the arbiter refuses whoever wants to change the same
        meanwhile and has no higher priority.

        Raises ConfigError for no length of time, or more than a day.
        """
        if not isinstance(length, timedelta) or not timedelta(0) < length <= LONGEST_HOLD:
            raise ConfigError(f"holding: a length of time up to a day is needed, as ms(5000), not {length!r}")
        return replace(self, hold=length)
