"""How long a session waits for answers, and the queue of what it waits for."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimers:
    """How long each procedure may take before the session gives up on it."""

    setup: timedelta = timedelta(seconds=5)
    """E2 Setup: at the node, for the answer; at the RIC, from the connection to the request. Then the session asks
    to be closed."""
    subscription: timedelta = timedelta(seconds=10)
    """RIC Subscription. Then it counts as refused, and is deleted in case the node admitted it after all."""
    delete: timedelta = timedelta(seconds=5)
    """RIC Subscription Delete. Then the subscription counts as deleted."""
    control: timedelta = timedelta(seconds=5)
    """RIC Control with an acknowledgement requested. Then it counts as timed out; a later answer is only counted."""
    update: timedelta = timedelta(seconds=5)
    """Service, configuration and connection updates, and E2 Removal. Then the request is sent again, `attempts` in
    all; after the last it counts as failed."""
    attempts: int = 3
    """How often such a request is sent at most, also after a failure that carries a time to wait."""
    query: timedelta = timedelta(seconds=5)
    """RIC Query. Then it counts as failed; a later answer is only counted."""
    modification: timedelta = timedelta(seconds=10)
    """RIC Subscription Modification, from either side. Then the subscription counts as unchanged."""
    reset: timedelta = timedelta(seconds=5)
    """Reset. Then the session asks to be closed: two ends that disagree about what exists cannot go on."""
    time_to_wait_s: int = 5
    """How long a refused node is asked to stay away: 1, 2, 5, 10, 20 or 60 seconds (E2AP TimeToWait)."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, timedelta) and value <= timedelta(0):
                raise ValueError(f"session timer {field.name} is {value}: it must be longer than nothing")
        if self.attempts < 1:
            raise ValueError(f"attempts is {self.attempts}: a request is sent at least once")
        if self.time_to_wait_s not in (1, 2, 5, 10, 20, 60):
            raise ValueError(f"time_to_wait_s is {self.time_to_wait_s}: E2AP knows 1, 2, 5, 10, 20 and 60 seconds")


class TimerQueue:
    """What is waited for, by key: arming a key again replaces it. Instants are nanoseconds."""

    def __init__(self) -> None:
        self._armed: dict[Hashable, tuple[int, int, Callable[[], object]]] = {}
        self._heap: list[tuple[int, int, Hashable]] = []
        self._number = 0

    def arm(self, key: Hashable, at: int, fire: Callable[[], object]) -> None:
        self._number += 1
        self._armed[key] = (at, self._number, fire)
        heapq.heappush(self._heap, (at, self._number, key))

    def disarm(self, key: Hashable) -> None:
        """Forget the key; one that is not armed is fine."""
        self._armed.pop(key, None)

    def clear(self) -> None:
        self._armed.clear()
        self._heap.clear()

    def next_at(self) -> int | None:
        """When the next one is due, None when nothing is waited for."""
        while self._heap and not self._current(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: int) -> Callable[[], object] | None:
        """What to call for the earliest one that is due, taken out of the queue."""
        at = self.next_at()
        if at is None or at > now:
            return None
        _, _, key = heapq.heappop(self._heap)
        return self._armed.pop(key)[2]

    def _current(self, entry: tuple[int, int, Hashable]) -> bool:
        armed = self._armed.get(entry[2])
        return armed is not None and armed[1] == entry[1]
