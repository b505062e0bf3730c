"""Before and after, side by side: medians, their ratio, and whether it is as good within what repetitions differ by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

from tests.figures.checkout import Measured
from tests.figures.figure import Better, Figure, Value


class Verdict(Enum):
    """How a figure stands now."""

    BETTER = "better"
    AS_GOOD = "as good"
    WORSE = "worse"
    NEW = "new"
    """There is none before."""
    BESIDE = ""
    ABSENT = "not measured"


@dataclass(frozen=True)
class Comparison:
    """A figure on both sides."""

    before: Value | None
    after: Value | None
    noise: float
    """As a part of the value before, what is as good."""
    verdict: Verdict

    @property
    def ratio(self) -> float | None:
        """After by before."""
        if isinstance(self.before, str) or isinstance(self.after, str) or not self.before or self.after is None:
            return None
        return self.after / self.before


def compare(figure: Figure, before: Sequence[Measured], after: Sequence[Measured]) -> Comparison:
    """Medians of the rounds of either side."""
    sides = [[each.values[figure.name] for each in side if figure.name in each.values] for side in (before, after)]
    old, new = (_middle(values) for values in sides)
    noise = max(figure.tolerance, *(_spread(values) for values in sides))
    return Comparison(old, new, noise, _verdict(figure, old, new, noise))


def _middle(values: Sequence[Value]) -> Value | None:
    """The median; of digests the one that all agree upon, else all of them."""
    numbers = [value for value in values if not isinstance(value, str)]
    if numbers:
        return median(numbers)
    return " ".join(sorted(set(map(str, values)))) or None


def _spread(values: Sequence[Value]) -> float:
    """Half of what repetitions of a side differ by, as a part of their median."""
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) < 2 or not median(numbers):
        return 0.0
    return (max(numbers) - min(numbers)) / 2 / abs(median(numbers))


def _verdict(figure: Figure, old: Value | None, new: Value | None, noise: float) -> Verdict:
    if new is None:
        return Verdict.ABSENT if old is None else Verdict.WORSE
    if figure.better is Better.BESIDE:
        return Verdict.BESIDE
    if old is None:
        return Verdict.NEW
    if figure.better is Better.EQUAL or isinstance(old, str) or isinstance(new, str):
        return Verdict.AS_GOOD if old == new else Verdict.WORSE
    old, new = max(old, figure.enough), max(new, figure.enough)
    gain = old - new if figure.better is Better.LOWER else new - old
    if abs(gain) <= noise * abs(old):
        return Verdict.AS_GOOD
    return Verdict.BETTER if gain > 0 else Verdict.WORSE
