"""Example messages of a service model, for the conformance check and for whoever wants to see one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.feeds import Feed
from ricloop.e2sm.base import ControlContext


@dataclass(frozen=True, slots=True)
class Sample:
    """One valid message, and the pair of functions that read and write its kind."""

    title: str
    octets: bytes
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    fast: Callable[[bytes], Any] | None = None
    """A faster `decode`: the same value, or None for "ask the other"."""


@dataclass(frozen=True, slots=True)
class Indicated:
    """A feed, and an indication that answers the first action of its plan."""

    feed: Feed[Any]
    header: bytes
    message: bytes


@dataclass(frozen=True, slots=True)
class Controlled:
    """An action, what it needs to be encoded, and the outcome of a node that did it."""

    action: Action
    context: ControlContext
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class Samples:
    """What `check_service_model` works with."""

    definition: bytes
    """Of a node that serves every feed and does every action below."""
    messages: tuple[Sample, ...]
    feeds: tuple[Indicated, ...] = ()
    actions: tuple[Controlled, ...] = ()
