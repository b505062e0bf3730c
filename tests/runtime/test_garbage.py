"""The loop's process collects garbage after so many indications or new objects, never of its own accord."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from ricloop.runtime.process.garbage import INDICATIONS, NEW_OBJECTS, Garbage


class Loop:
    """Garbage that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def garbage() -> Iterator[Garbage]:
    garbage = Garbage()
    garbage.begin()
    yield garbage
    garbage.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def _cycle() -> weakref.ref[Loop]:
    return weakref.ref(Loop())


def test_waits_for_so_many_indications(garbage: Garbage) -> None:
    dead = _cycle()
    garbage.after_turn(INDICATIONS - 1)
    assert dead() is not None
    garbage.after_turn(INDICATIONS)
    assert dead() is None
    later = _cycle()
    garbage.after_turn(2 * INDICATIONS - 1)
    assert later() is not None, "they are counted from the collection before"


def test_does_not_wait_where_many_objects_are_new(garbage: Garbage) -> None:
    dead = _cycle()
    held = [Loop() for _ in range(NEW_OBJECTS)]
    garbage.after_turn(0)
    assert dead() is None
    assert held[0].itself is held[0]


def test_looks_at_nothing_twice(garbage: Garbage) -> None:
    alive = Loop()
    garbage.collect()
    assert not any(one is alive for one in gc.get_objects())
