"""What an xApp sent and when: the memory of the guards."""

from __future__ import annotations

from bisect import bisect_left

from ricloop.core.actions import Action
from ricloop.core.ids import Resource

KEPT = 4096
"""Changes remembered; the oldest are forgotten."""


class History:
    """Changes in the order of their times."""

    def __init__(self) -> None:
        self._last: dict[tuple[Resource, str], int] = {}
        self._times: list[int] = []

    def add(self, action: Action, now: int) -> None:
        """Remember that `action` was sent at `now` (nanoseconds, never smaller than before)."""
        # Re-inserted, so that the oldest is first when room is needed.
        self._last.pop((action.resource, action.parameter), None)
        self._last[action.resource, action.parameter] = now
        self._times.append(now)
        if len(self._times) > 2 * KEPT:
            del self._times[:KEPT]
        if len(self._last) > 2 * KEPT:
            for key in list(self._last)[:KEPT]:
                del self._last[key]

    def last(self, resource: Resource, parameter: str) -> int | None:
        """When this parameter of this resource was last changed."""
        return self._last.get((resource, parameter))

    def count_since(self, start: int) -> int:
        """How many changes were made after `start`."""
        return len(self._times) - bisect_left(self._times, start + 1)
