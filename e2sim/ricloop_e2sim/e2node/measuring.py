"""How a gNB is measured, whatever computes it: what there is, windows of time, and what they bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ricloop.e2sm.kpm.matching import BinRanges
from ricloop.e2sm.kpm.metric import WHOLE, Label, Measurement
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints


@dataclass(frozen=True, slots=True)
class Column:
    """One measurement, as it is reported."""

    name: str
    """In the registry's spelling."""
    label: Label = WHOLE
    key: str = field(init=False, compare=False, repr=False)
    """By which it is looked up: every report does so, and hashing a label takes longer than the measurement."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.name if self.label == WHOLE else f"{self.name} {self.label!r}")


class Reading(Protocol):
    """What was measured of a gNB in one window."""

    @property
    def users(self) -> Ints:
        """[n]: who is connected at the end."""

    @property
    def at(self) -> Ints:
        """[n]: in which cell."""

    def cells(self, column: Column) -> Floats:
        """[c]; NaN for what there is not."""

    def ues(self, column: Column) -> Floats:
        """[n]."""

    def tested(self, test: str) -> Floats:
        """[n]: what a condition of this name compares."""


class Meter(Protocol):
    """A window, from one report to the next."""

    def tick(self) -> None:
        """Once after every tick of the world."""

    def close(self) -> Reading:
        """The window so far; the next one starts."""


class Measures(Protocol):
    """What can be measured of a gNB."""

    @property
    def cell_names(self) -> tuple[str, ...]: ...

    @property
    def ue_names(self) -> tuple[str, ...]: ...

    @property
    def bins(self) -> Mapping[str, BinRanges]:
        """Of the distributions among the cells' measurements."""

    @property
    def tests(self) -> frozenset[str]:
        """What conditions can be about."""

    def column(self, asked: Measurement, per_ue: bool) -> Column | None:
        """None for what is not measured, or not by this label."""

    def meter(self, period_us: int) -> Meter:
        """A window that starts now, and is closed at multiples of the period."""
