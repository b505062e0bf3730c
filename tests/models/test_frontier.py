"""Whether one curve lies above another, on curves small enough to see."""

from __future__ import annotations

import pytest

from ricloop_models.evaluate.frontier import Point, best_at, frontier, margins, mean_curve


def curve(*pairs: tuple[float, float]) -> list[Point]:
    return [Point(f"{lost}", lost, saved) for lost, saved in pairs]


def test_the_frontier_has_what_nothing_beats() -> None:
    points = curve((0.5, 4.0), (0.0, 1.0), (0.2, 3.0), (0.3, 3.0), (0.4, 2.0), (0.0, 0.5))
    assert [(p.lost, p.saved) for p in frontier(points)] == [(0.0, 1.0), (0.2, 3.0), (0.5, 4.0)]


def test_the_best_loses_no_more() -> None:
    ours = curve((0.0, 1.0), (0.2, 3.0), (0.3, 2.0))
    assert best_at(ours, 0.25) == ours[1]
    assert best_at(ours, 0.2) == ours[1]
    assert best_at(ours, -0.1) is None


def test_margins_are_told_at_the_others_frontier_only_and_may_be_negative() -> None:
    ours, others = curve((0.1, 2.0), (0.3, 5.0)), curve((0.0, 0.5), (0.1, 1.5), (0.2, 1.0), (0.3, 5.5), (0.0, 0.0))
    found = margins(ours, others)
    # Where each of ours loses more, ours saves nothing; 0.2 is beaten by the others' own 0.1.
    assert [m.point.lost for m in found] == [0.0, 0.1, 0.3]
    assert [m.percent for m in found] == [pytest.approx(x) for x in (-0.5, 0.5, -0.5)]


def test_the_mean_of_days_is_taken_dial_by_dial() -> None:
    days = [{"a": Point("a", 0.0, 1.0)}, {"a": Point("a", 0.2, 2.0)}]
    assert mean_curve(days) == {"a": Point("a", 0.1, 1.5)}
