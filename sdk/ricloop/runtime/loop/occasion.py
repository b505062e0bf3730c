"""Why a handler is asked: what it is shown, and what that was made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ricloop.app import Handler
from ricloop.core.feeds import Latest
from ricloop.core.ids import GnbId
from ricloop.runtime.books.account import Arrived

if TYPE_CHECKING:
    from ricloop.runtime.loop.runner import Runner


@dataclass(slots=True)
class Occasion:
    """Why a handler is asked."""

    value: Any
    gnb: GnbId | None
    collected: int | None
    triggers: Sequence[Arrived]
    silent: bool = False
    begun: int | None = None
    """From when the deadline counts, on the loop's clock; None: from the arrival of the first trigger."""
    turned: int | None = None
    """When the turn took it up, by the stopwatch; None where that is not measured."""


@dataclass(slots=True)
class Question:
    """A handler asked on an occasion, with everything that an answer to it needs, whenever that comes."""

    number: int
    """Of the decision."""
    runner: Runner
    handler: Handler
    occasion: Occasion
    needs: tuple[Latest[Any], ...]
    start: int
    """From when the deadline counts, on the loop's clock."""
    begin: int
    """Arrival of what started it, by the stopwatch; so are the next two."""
    asked: int
    gathered: int
    """The needs were there."""
