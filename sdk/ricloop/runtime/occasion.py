"""Why a handler is asked: what it is shown, and what that was made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ricloop.core.ids import GnbId
from ricloop.runtime.account import Arrived


@dataclass(frozen=True, slots=True)
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
