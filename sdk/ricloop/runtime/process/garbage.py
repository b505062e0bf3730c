"""Garbage collection of a process that must not pause: little and often, between turns.

What a collection costs is what is alive of all that was made since the one before: at ten thousand cells a quarter of a
second's reports take 5 to 20 ms to look through, those of a few hundred indications a third of one. So the collector
is off, and asked after so many indications or so many new objects. What is alive then is frozen, and no later
collection looks at it: it is freed when nothing refers to it, and nothing here that comes and goes is a cycle.
"""

from __future__ import annotations

import gc

INDICATIONS = 256
"""Between two collections."""
NEW_OBJECTS = 10_000
"""Or this many more than before: a node's setup leaves some thousands."""


class Garbage:
    """From `begin` to `end`."""

    def __init__(self) -> None:
        self._received = 0

    def begin(self) -> None:
        """All that is there now stays."""
        gc.collect()
        gc.freeze()
        gc.disable()

    def after_turn(self, received: int) -> None:
        """`received`: indications so far."""
        if received - self._received >= INDICATIONS or gc.get_count()[0] >= NEW_OBJECTS:
            self._received = received
            self.collect()

    def collect(self) -> None:
        """Of a process that has little to do: now and then."""
        gc.collect(0)
        gc.freeze()

    def end(self) -> None:
        gc.enable()
        gc.unfreeze()
