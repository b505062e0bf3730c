"""The rarer parts of an action: bins of distributions, conditions per measurement (E2SM-KPM 8.3.17-8.3.26)."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.e2sm.kpm.condition import Condition, Value
from ricloop.e2sm.kpm.metric import Label


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of a distribution: values from `start` to `end`, in the measurement's unit."""

    index: int
    """1..65535."""
    start: int | float
    end: int | float


@dataclass(frozen=True, slots=True)
class BinRanges:
    """The bins of a distribution's one to three axes."""

    x: tuple[Bin, ...]
    y: tuple[Bin, ...] = ()
    z: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class BinnedMeasurement:
    """The bins that a distribution is wanted in: the measurement's name, or its measID where the name is empty."""

    name: str
    ranges: BinRanges
    id: int | None = None


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A condition of style 3 that picks the part of the measurement with this label."""

    label: Label
    or_next: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """Style 3: of which UEs a measurement is reported."""

    matches: tuple[LabelMatch | Condition, ...]
    bins: BinRanges | None = None


@dataclass(frozen=True, slots=True)
class ReportIf:
    """v4: a value is only reported where it passes this test; else its place says notSatisfied."""

    expression: str
    """A key of `condition.EXPRESSIONS`."""
    value: Value
    or_next: bool = False
