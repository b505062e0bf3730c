"""Time as a value: clocks are passed in, a deadline is a point in time made once.

Every instant is an `int` of nanoseconds on the clock it came from; every length that a person writes is a
`timedelta` (`ms(100)`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, Protocol

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


def ms(value: float) -> timedelta:
    """A length of time in milliseconds."""
    return timedelta(milliseconds=value)


def ns(length: timedelta) -> int:
    """A length of time in whole nanoseconds."""
    # By the parts: a division of lengths makes one more, and this is asked for some ten times a decision.
    return ((length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds) * 1000


class Clock(Protocol):
    """Monotonic time in nanoseconds."""

    def now(self) -> int: ...


class ManualClock:
    """A clock that moves only when told to: for tests and for the lockstep and free runs."""

    def __init__(self, now: int = 0) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def advance(self, length: timedelta) -> None:
        """Move forward; a clock never moves back."""
        self.set(self._now + ns(length))

    def set(self, now: int) -> None:
        if now < self._now:
            raise ValueError(f"a clock cannot go back from {self._now} to {now} ns")
        self._now = now


class Deadline(NamedTuple):
    """The instant until which an answer counts. Made when the frame arrives; everything after draws on it."""

    start: int
    """Nanoseconds: arrival of the frame."""
    budget: int
    """Nanoseconds from `start`."""

    def remaining(self, now: int) -> int:
        """Nanoseconds left; negative once missed."""
        return self.start + self.budget - now

    def missed(self, now: int) -> bool:
        return self.remaining(now) < 0
