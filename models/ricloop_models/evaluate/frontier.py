"""What a policy saves for what it loses: curves over a dial, and whether one lies above another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

EQUAL = 1e-9
"""Losses, in percent, that differ by less are one."""


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of a policy's dial."""

    dial: str
    lost: float
    """Percent of the offered traffic, beyond what is lost with every cell awake."""
    saved: float
    """Percent of the energy with every cell awake."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far our curve lies above one point of another's."""

    point: Point
    ours: Point | None
    """Our best point that loses no more; None where each of ours loses more."""

    @property
    def percent(self) -> float:
        """Of the energy: our saving less the other's, negative where the other is better."""
        return (self.ours.saved if self.ours else 0.0) - self.point.saved


def frontier(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points that no other beats in both, by rising loss; of equal ones the first."""
    best: list[Point] = []
    for point in sorted(points, key=lambda p: (p.lost, -p.saved)):
        if not best or point.saved > best[-1].saved:
            best.append(point)
    return tuple(best)


def best_at(points: Sequence[Point], lost: float) -> Point | None:
    """The greatest saving at equal or smaller loss."""
    within = [point for point in points if point.lost <= lost + EQUAL]
    return max(within, key=lambda p: p.saved, default=None)


def margins(ours: Sequence[Point], others: Sequence[Point]) -> tuple[Margin, ...]:
    """At every point of the others' frontier that saves anything, by rising loss."""
    return tuple(Margin(p, best_at(ours, p.lost)) for p in frontier(others) if p.saved > 0)


def mean_curve(curves: Sequence[Mapping[str, Point]]) -> dict[str, Point]:
    """Of the same dials on several days."""
    count = len(curves)
    return {
        dial: Point(dial, sum(c[dial].lost for c in curves) / count, sum(c[dial].saved for c in curves) / count)
        for dial in curves[0]
    }
