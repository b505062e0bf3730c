"""What a call may leave behind: nothing. Memory that nothing points at, objects, references, views of buffers."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

SPARE = 50
"""Objects that may have come to stay between two counts: caches of the interpreter and of libraries."""


def loaded(name: str, path: str) -> Any:
    """The extension module at `path`, under `name` from now on."""
    loader = ExtensionFileLoader(name, path)
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module
    return module


def leaked() -> bool:
    """True where memory was allocated that nothing points at any more: LeakSanitizer prints what, and from where."""
    return bool(ctypes.CDLL(None).__lsan_do_recoverable_leak_check())


@contextmanager
def unwatched() -> Iterator[None]:
    """What is allocated inside may be lost: libraries lose memory of their own while they are imported."""
    sanitizer = ctypes.CDLL(None)
    sanitizer.__lsan_disable()
    try:
        yield
    finally:
        sanitizer.__lsan_enable()


@contextmanager
def nothing_left(kept: Iterable[object] = ()) -> Iterator[None]:
    """Raises AssertionError where what goes on inside leaves something behind. `kept`: objects whose references are
    counted.

    Objects that the garbage collector knows are never lost to LeakSanitizer, for the collector's lists point at them:
    they are counted by type.
    """
    objects = tuple(kept)
    before, references = _objects(), [sys.getrefcount(one) for one in objects]
    yield
    now = [sys.getrefcount(one) for one in objects]
    for one, had, has in zip(objects, references, now, strict=True):
        assert has == had, f"{type(one).__name__} {one!r:.60} has {has} references, and had {had}"
    more = _objects() - before
    grown = {name: count for name, count in more.items() if count > SPARE}
    assert not grown, f"objects that stayed: {grown}"
    assert not leaked(), "LeakSanitizer found memory that nothing points at"


def _objects() -> Counter[str]:
    gc.collect()
    return Counter(type(one).__qualname__ for one in gc.get_objects())
