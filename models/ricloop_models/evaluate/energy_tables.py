"""What an evaluation of energy saving prints: a table of settings, and one of how far our curve lies above others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ricloop_models.evaluate.base import Cell, Scores
from ricloop_models.evaluate.energy_judge import BUDGET, Curves, Judged
from ricloop_models.evaluate.frontier import Margin, Point, best_at, margins, mean_curve

OURS, NIGHT, TOLD = "ours", "night window", "night window told the day"
ALLOWED = 0.1
"""Percent of the traffic that the mark allows to be lost."""
COLUMNS = ("saved", "of clairvoyant", "lost", "net saved", "later ms", "overloaded", "switches")
SHOWN = (
    "saved: percent of the energy with every cell awake, transitions included. of clairvoyant: of what the best plan "
    "saves that knows all demand, loses nothing and leaves covers under 0.9, percent. lost: percent of the traffic, "
    "beyond what is lost with every cell awake. net saved: lost bits charged at the always-on energy per bit. later: "
    "what bits wait longer, mean. overloaded: percent of covers' time above 0.9 that is not so with every cell awake. "
    f"switches: per site and day. Settings are chosen elsewhere, as the most saving with at most {BUDGET:g} % lost "
    "there; the second row and what was told the day are read off this day's own curve. "
)
MARGINS = (
    "At every setting of the others that no other of them beats, our saving at equal or smaller loss less theirs, in "
    "percent of the energy; net: of savings that are charged with lost bits at the always-on energy per bit, as "
    "`ricloop sim` counts them. "
)


class Findings:
    """Tables, rows and curves, as they are found."""

    def __init__(self) -> None:
        self.tables: list[Scores] = []
        self.rows: list[dict[str, Cell]] = []
        self.curves: dict[str, dict[str, list[dict[str, Cell]]]] = {}
        self.margins: dict[str, dict[str, dict[str, float]]] = {}
        """The least by title, whose, and kind."""

    def add(self, title: str, days: Sequence[Judged], chosen: Mapping[str, str], note: str) -> None:
        """One setting's days, of which tables and curves hold the means."""
        curves = [day.curves for day in days]
        mean = {family: mean_curve([curve[family] for curve in curves]) for family in curves[0]}
        self.curves[title] = {
            family: [{"dial": p.dial, "lost": p.lost, "saved": p.saved} for p in points.values()]
            for family, points in mean.items()
        }
        self.curves[title]["clairvoyant"] = [
            {"dial": "", "lost": 0.0, "saved": float(np.mean([day.optimum for day in days]))}
        ]
        self.tables.append(Scores(title, COLUMNS, _settings(days, mean, chosen), SHOWN + note))
        compared: dict[str, Curves] = {"mean of the days" if len(days) > 1 else "the day": mean}
        if len(days) > 1:
            compared |= {f"day {at}": curve for at, curve in enumerate(curves, 1)}
        self.tables.append(_margins(title, compared))
        self.margins[title] = {
            who: {"gross": _least(margins_over_causal(one)), "net": _least(margins_over_causal(net(one)))}
            for who, one in compared.items()
        }
        for at, (day, curve) in enumerate(zip(days, curves, strict=True), 1):
            for family, dial in chosen.items():
                point = curve[family][dial]
                row: dict[str, Cell] = {"dataset": title, "day": at, "policy": family, "dial": dial}
                self.rows.append(row | {"saved": point.saved, "lost": point.lost, "clairvoyant": day.optimum})


def margins_over_causal(curves: Curves) -> tuple[Margin, ...]:
    """Over all policies that do not know the day, together."""
    others = [p for family, points in curves.items() if family not in (OURS, TOLD) for p in _named(family, points)]
    return margins(list(curves[OURS].values()), others)


def _named(family: str, points: Mapping[str, Point]) -> list[Point]:
    return [Point(f"{family} {p.dial}", p.lost, p.saved) for p in points.values()]


def _settings(days: Sequence[Judged], mean: Curves, chosen: Mapping[str, str]) -> dict[str, tuple[Cell, ...]]:
    """Rows of the first table."""
    shown = {f"{family}, {dial}": (family, dial) for family, dial in chosen.items()}
    marked = best_at(list(mean[OURS].values()), ALLOWED)
    assert marked is not None, "the most cautious end of the dial loses nothing"
    first, *rest = ((name, _row(days, *which)) for name, which in shown.items())
    best = (f"ours, best within {ALLOWED:g} % lost ({marked.dial})", _row(days, OURS, marked.dial))
    found = dict([first, best, *rest])
    if TOLD in mean:
        told = best_at(list(mean[TOLD].values()), ALLOWED)
        if told is not None:
            found[f"{TOLD}, {told.dial}"] = _row(days, TOLD, told.dial)
    optimum = float(np.mean([day.optimum for day in days]))
    found["always on"] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    found["clairvoyant"] = (optimum, 100.0, 0.0, optimum, None, None, None)
    return found


def _row(days: Sequence[Judged], family: str, dial: str) -> tuple[Cell, ...]:
    """Means over the days; the share of the clairvoyant saving is that of the means."""
    figures = []
    for day in days:
        one, on = day.outcomes[family][dial], day.always_on
        saved, lost = day.saved(one), day.lost(one)
        # Energy per bit that was served, times what was not.
        charged = lost * one.offered_bits / (on.offered_bits - on.lost_bits)
        later_ms = 1e3 * (one.waiting_bit_s - on.waiting_bit_s) / one.offered_bits
        switches = one.switches / day.day.sites / day.day.days
        figures.append((saved, day.optimum, lost, saved - charged, later_ms, 100 * one.overloaded, switches))
    saved, optimum, *rest = np.mean(figures, axis=0).tolist()
    return (saved, 100 * saved / optimum, *rest)


def net(curves: Curves) -> Curves:
    """With lost bits charged: a percent of the traffic at a percent of the energy."""
    return {
        family: {dial: Point(dial, p.lost, p.saved - p.lost) for dial, p in points.items()}
        for family, points in curves.items()
    }


def _least(found: Sequence[Margin]) -> float:
    return min(m.percent for m in found)


def _margins(title: str, compared: Mapping[str, Curves]) -> Scores:
    rows: dict[str, tuple[Cell, ...]] = {}
    lower: list[str] = []
    for who, curves in compared.items():
        gross, charged = margins_over_causal(curves), margins_over_causal(net(curves))
        below = [m for m in gross if m.percent < 0]
        equal, equal_net = (sum(m.percent >= 0 for m in found) for found in (gross, charged))
        rows[who] = (len(gross), equal, _least(gross), len(charged), equal_net, _least(charged))
        lower += [f"{who}: {m.point.dial} ({m.point.saved:.2f} % saved, {m.point.lost:.3f} % lost)" for m in below]
    where = f"Where ours is lower: {'; '.join(lower)}." if lower else "Ours is never lower."
    columns = (
        "settings",
        "at least equal",
        "least margin",
        "settings, net",
        "at least equal, net",
        "least margin, net",
    )
    return Scores(f"{title}: ours above all causal baselines", columns, rows, MARGINS + where)
