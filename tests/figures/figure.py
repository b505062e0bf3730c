"""What a figure is: a number or a digest, read from what one command writes as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

Value = float | str
Read = Callable[[Any], Value]


class Better(Enum):
    """How two values are judged."""

    LOWER = "lower"
    HIGHER = "higher"
    EQUAL = "equal"
    """Anything else is worse."""
    BESIDE = "beside"
    """Not judged: how this machine is while the others are measured."""


@dataclass(frozen=True)
class Figure:
    """One value of a run."""

    name: str
    read: Read
    """From the document that the command writes; raises `LookupError` where it is not there."""
    unit: str = ""
    better: Better = Better.EQUAL
    tolerance: float = 0.0
    """By how much, as a part of the value before, it may be worse and be as good: what repetitions differ by."""
    enough: float = 0.0
    """Where lower is better: under this, all are as good."""


@dataclass(frozen=True)
class Run:
    """A command, and the figures that it shows."""

    group: str
    command: str
    """As a user types it, and it takes `--json FILE`: `ricloop …` or `python -m tests.…`. `{data}` stands for the
    folder of traces."""
    figures: tuple[Figure, ...]
    timed: bool = False
    """Values change from run to run, and with what else the machine does; else one run says all."""
    quick: str = ""
    """A shorter command of the same figures; empty: there is none."""
    limit_s: float = 600.0
    """Wall clock, after which it counts as failed."""

    def line(self, quick: bool) -> str:
        return self.quick if quick and self.quick else self.command
