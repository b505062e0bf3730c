"""Policies judged on a day, and the settings of their dials chosen on others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from rich.progress import Progress

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.gnb.optimum import clairvoyant
from ricloop_models.evaluate.energy_days import demand
from ricloop_models.evaluate.energy_rules import ALWAYS_ON, Family
from ricloop_models.evaluate.energy_world import FULL, Day, Outcome, Seen, live
from ricloop_models.evaluate.frontier import Point, mean_curve

COPIES = 24
"""Policies that live through a day at once."""
BUDGET = 0.05
"""Percent of the traffic that a setting may lose on the days that it is chosen on."""
LONGEST_H = 12
"""Of a static night window."""

Families: TypeAlias = Mapping[str, Family]
Curves: TypeAlias = Mapping[str, Mapping[str, Point]]
"""By family and dial."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One day's outcomes."""

    day: Day
    always_on: Outcome
    outcomes: Mapping[str, Mapping[str, Outcome]]
    """By family and dial."""
    optimum: float
    """Percent of the energy that the clairvoyant plan saves; it loses nothing."""

    def lost(self, one: Outcome) -> float:
        """Percent of what was offered, beyond what is lost with every cell awake."""
        return 100 * (one.lost_bits - self.always_on.lost_bits) / one.offered_bits

    def saved(self, one: Outcome) -> float:
        """Percent of the energy with every cell awake."""
        return 100 * (1 - one.energy_j / self.always_on.energy_j)

    @property
    def curves(self) -> Curves:
        return {
            family: {dial: Point(dial, self.lost(one), self.saved(one)) for dial, one in dials.items()}
            for family, dials in self.outcomes.items()
        }

    def asleep_at(self, sleep_w: float) -> Judged:
        """Had sleep drawn so many watts: the policies do not look at that, and do the same."""
        power = self.day.power
        outcomes = {
            family: {dial: replace(o, energy_j=o.energy_at(power, sleep_w)) for dial, o in dials.items()}
            for family, dials in self.outcomes.items()
        }
        day = replace(self.day, power=replace(power, sleep_w=sleep_w))
        return Judged(day, self.always_on, outcomes, best_possible(day, self.always_on))


def judge(day: Day, families: Families, progress: Progress, what: str) -> Judged:
    """Every policy of every family through one day."""
    outcomes: dict[str, dict[str, Outcome]] = {name: {} for name in families}
    bar = progress.add_task(what, total=sum(len(family.dials) for family in families.values()))
    for name, family in families.items():
        for start in range(0, len(family.dials), COPIES):
            part = slice(start, min(start + COPIES, len(family.dials)))
            always_on, *those = live(day, [ALWAYS_ON, family.make(part)])[0]
            outcomes[name] |= dict(zip(family.dials[part], those, strict=True))
            progress.advance(bar, len(those))
    progress.remove_task(bar)
    return Judged(day, always_on, outcomes, best_possible(day, always_on))


def best_possible(day: Day, always_on: Outcome) -> float:
    """Percent of the energy that the clairvoyant plan saves."""
    per_bit = always_on.energy_j / (always_on.offered_bits - always_on.lost_bits)
    plan = clairvoyant(demand(day), day.power, per_bit, FULL)
    return 100 * (1 - plan.energy_j / plan.baseline_j)


def choose(days: Sequence[Curves]) -> dict[str, str]:
    """Family → the dial that saves most and loses no more than `BUDGET` on these days, or loses least."""
    chosen = {}
    for family in days[0]:
        points = mean_curve([day[family] for day in days]).values()
        chosen[family] = min(points, key=lambda p: (max(p.lost, BUDGET), -p.saved)).dial
    return chosen


def on_history(families: Families, loads: Floats, hours: Ints) -> Curves:
    """What policies would lose on hourly traffic of other networks: loads [hours, entities], shares of a cover.

    A decision on one hour holds for the next. Saved is the share of hours asleep: there are no watts here.
    """
    return {name: _on_history(family, loads, hours) for name, family in families.items()}


def _on_history(family: Family, loads: Floats, hours: Ints) -> dict[str, Point]:
    shape = (len(family.dials), loads.shape[1])
    policy, asleep = family.make(slice(None)), np.zeros(shape, np.bool_)
    lost, slept = np.zeros(len(family.dials)), np.zeros(len(family.dials))
    for tick in range(len(loads) - 1):
        now = np.broadcast_to(loads[tick], shape)
        asleep = policy.want(Seen(tick, float(hours[tick] + 1) % 24, now, now, asleep))
        lost += asleep @ np.maximum(loads[tick + 1] - 1, 0)
        slept += asleep.mean(axis=1)
    lost, slept = 100 * lost / loads[1:].sum(), 100 * slept / (len(loads) - 1)
    return {d: Point(d, *one) for d, *one in zip(family.dials, lost.tolist(), slept.tolist(), strict=True)}


def nights(days: Sequence[tuple[Floats, Floats | Ints]]) -> dict[str, tuple[int, int]]:
    """Per length the window of whole hours in which one cover would have lost least on other days.

    `days`: (loads [ticks, entities] as shares of a cover, hour of day [ticks]); each weighs the same.
    """
    excess = np.zeros(24)
    for loads, hours in days:
        over = np.maximum(loads - 1, 0).sum(axis=1) / loads.sum()
        # Of equals, the hours with the least load.
        over += 1e-6 * loads.sum(axis=1) / loads.sum()
        excess += np.bincount(np.floor(hours).astype(np.int64) % 24, over, 24)
    found = {}
    for length in range(1, LONGEST_H + 1):
        start = min(range(24), key=lambda at: float(excess[(at + np.arange(length)) % 24].sum()))
        found[f"{start:02d}-{(start + length) % 24:02d} h"] = (start, (start + length) % 24)
    return found
