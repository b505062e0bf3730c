"""Controls whose effect nobody has seen: accepted and not yet shown by a report, or given up without knowing.

Kept by resource and parameter: what is asked again and again costs no more the longer nobody reports on it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from ricloop.core.actions import Action
from ricloop.core.ids import Resource

if TYPE_CHECKING:
    from ricloop.runtime.nodes.controls import Control
    from ricloop.runtime.nodes.nodes import Node

Key: TypeAlias = tuple[Resource, str]
"""Resource and parameter."""
Verdict: TypeAlias = Callable[[Action], bool | None]
"""Does a report show an action's effect? None: it says nothing about it."""

KEPT = 64
"""Controls of one parameter that wait for a report; the oldest of more counts as not confirmed. A later one of the same
parameter was answered, so there is no doubt about it."""


class Awaited:
    """`unconfirmed` controls, oldest first for each parameter, and `doubtful` ones."""

    def __init__(self) -> None:
        self._unconfirmed: dict[Key, deque[Control]] = {}
        self._oldest: deque[Control] = deque()
        """In the order of their sending; some are not awaited any more."""
        self._doubtful: dict[Key, list[Control]] = {}
        self._actions: Counter[Action] = Counter()
        self._pending: tuple[Action, ...] | None = ()

    def __bool__(self) -> bool:
        return bool(self._unconfirmed or self._doubtful)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What is awaited, each once."""
        if self._pending is None:
            self._pending = tuple(self._actions)
        return self._pending

    def add(self, control: Control) -> Control | None:
        """Accepted, and not yet seen; the control that has to make room for it, if one does."""
        key = control.key
        waiting = self._unconfirmed.setdefault(key, deque())
        gone = waiting.popleft() if len(waiting) >= KEPT else None
        if gone is not None:
            self._drop(gone)
        waiting.append(control)
        self._oldest.append(control)
        control.awaited = True
        self._count(control.action, 1)
        return gone

    def doubt(self, control: Control) -> None:
        """Given up without knowing what became of it."""
        self._doubtful.setdefault(control.key, []).append(control)
        self._count(control.action, 1)

    def answered(self, key: Key) -> None:
        """The node came to a later control of this parameter, so it is through with the earlier ones."""
        self._trust(key)
        for control in reversed(self._unconfirmed.get(key, ())):
            if control.settled:
                # So are those before it.
                break
            control.settled = True

    def forget(self, node: Node) -> None:
        """The node is gone, with what it was asked."""
        for key, doubted in list(self._doubtful.items()):
            if any(control.node is node for control in doubted):
                self._trust(key)
        for waiting in self._unconfirmed.values():
            for control in waiting:
                control.settled = control.settled or control.node is node

    def expired(self, before: int) -> Iterator[Control]:
        """Take out those that were sent before an instant."""
        while self._oldest and (self._oldest[0].sent_at < before or not self._oldest[0].awaited):
            control = self._oldest.popleft()
            if control.awaited:
                self._take(control)
                yield control

    def shown(self, kinds: tuple[type[Any], ...], verdict: Verdict) -> list[Control]:
        """A report came that can show actions of these kinds: take out the controls whose effect it shows. Those that
        it shows not to be in effect are settled, and what was in doubt of either is no more."""
        found: list[Control] = []
        for waiting in list(self._unconfirmed.values()):
            if not isinstance(waiting[0].action, kinds):
                continue
            said = {control.action: verdict(control.action) for control in waiting}
            for control in list(waiting):
                if said[control.action]:
                    self._take(control)
                    found.append(control)
                elif said[control.action] is not None:
                    control.settled = True
        for key, doubted in list(self._doubtful.items()):
            if isinstance(doubted[0].action, kinds) and verdict(doubted[0].action) is not None:
                self._trust(key)
        return found

    # -------------------------------------------------------------------------------------------------- helpers

    def _take(self, control: Control) -> None:
        waiting = self._unconfirmed[control.key]
        if waiting[0] is control:
            waiting.popleft()
        else:
            waiting.remove(control)
        if not waiting:
            del self._unconfirmed[control.key]
        self._drop(control)

    def _drop(self, control: Control) -> None:
        control.awaited = False
        self._count(control.action, -1)

    def _trust(self, key: Key) -> None:
        for control in self._doubtful.pop(key, ()):
            self._count(control.action, -1)

    def _count(self, action: Action, change: int) -> None:
        before = self._actions[action]
        if now := before + change:
            self._actions[action] = now
        else:
            del self._actions[action]
        if not before or not now:
            self._pending = None
