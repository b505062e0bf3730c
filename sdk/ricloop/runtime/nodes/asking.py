"""What nodes are still to be asked for: in line, since many come back together, or once more after a refusal."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from ricloop.core.time import NS_PER_S
from ricloop.e2ap.messages import Cause, RequestId
from ricloop.runtime.nodes.nodes import Node
from ricloop.runtime.nodes.subscribed import Subscribed
from ricloop.session.endpoint import NO_ANSWER

FIRST_WAIT = NS_PER_S
"""How long until a subscription that was refused is asked for again; twice as long after each further refusal."""
LONGEST_WAIT = 30 * NS_PER_S
MAX_UNANSWERED = 64
"""Subscriptions that are asked for at once, over all nodes: when hundreds come back together, the rest waits."""
ANSWER_WITHIN = NS_PER_S
"""A node that is slower does not hold up the line any longer."""
MAX_WAITING = 8192
"""Length of the line; while it is full, no further node is let in."""
PASSING = frozenset(
    (
        Cause("ricRequest", "function-resource-limit"),
        Cause("ricRequest", "system-not-ready"),
        Cause("ricRequest", "unspecified"),
        Cause("ricService", "ric-resource-limit"),
        NO_ANSWER,
        Cause("transport", "transport-resource-unavailable"),
        Cause("misc", "control-processing-overload"),
        Cause("misc", "unspecified"),
    )
)
"""Causes that can pass: what is refused for another one would be refused again."""


class Asking:
    """At most `MAX_UNANSWERED` are under way at once, over all nodes; the rest waits its turn.

    What a node refuses for a cause that can pass, or does not answer, is asked for again: after 1 s, then twice as long
    each time, at most 30 s.
    """

    def __init__(self) -> None:
        self._line: deque[Subscribed] = deque()
        """The longest first."""
        self._refused: list[Subscribed] = []
        """What is asked for again later."""
        self._unanswered: dict[tuple[str, RequestId], int] = {}
        """When each was asked for."""

    @property
    def waiting(self) -> int:
        """How many are in line."""
        return len(self._line)

    @property
    def full(self) -> bool:
        return len(self._line) >= MAX_WAITING

    def __iter__(self) -> Iterator[Subscribed]:
        """What will be asked for, in line or later."""
        return iter((*self._refused, *self._line))

    def of(self, node: Node) -> list[Subscribed]:
        """What a node will be asked for."""
        return [held for held in self if held.node is node]

    def add(self, subscribed: Subscribed) -> None:
        """At the end of the line."""
        subscribed.request_id, subscribed.answered = None, False
        self._line.append(subscribed)

    def again(self, subscribed: Subscribed, now: int) -> None:
        """Once more, later."""
        subscribed.again_at = now + min(FIRST_WAIT << min(subscribed.refusals, 8), LONGEST_WAIT)
        subscribed.refusals += 1
        self._refused.append(subscribed)

    def put_off(self, old: Iterable[Subscribed]) -> None:
        """These are not asked for, after all."""
        gone = set(old)
        self._refused = [held for held in self._refused if held not in gone]
        self._line = deque(held for held in self._line if held not in gone)

    def asked(self, node: Node, request_id: RequestId, now: int) -> None:
        self._unanswered[node.name, request_id] = now

    def answered(self, node: Node, request_id: RequestId) -> None:
        """It was, or nobody waits for the answer any more."""
        self._unanswered.pop((node.name, request_id), None)

    def timer_at(self) -> int | None:
        """When something that was refused is asked for again, or the line moves although a node does not answer."""
        due = [subscribed.again_at for subscribed in self._refused]
        if self._line:
            full = len(self._unanswered) >= MAX_UNANSWERED
            due.append(min(self._unanswered.values()) + ANSWER_WITHIN if full else 0)
        return min(due, default=None)

    def due(self, now: int) -> Iterator[Subscribed]:
        """Take what may be asked for now, one by one: each takes a place until it is answered."""
        if self._refused:
            for subscribed in [held for held in self._refused if held.again_at <= now]:
                self.add(subscribed)
            self._refused = [held for held in self._refused if held.again_at > now]
        if not self._line:
            return
        self._unanswered = {key: at for key, at in self._unanswered.items() if at + ANSWER_WITHIN > now}
        while self._line and len(self._unanswered) < MAX_UNANSWERED:
            yield self._line.popleft()
