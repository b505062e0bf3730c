"""Save energy: empty a capacity cell by handover, put it to sleep, and wake it before it is missed.

A *capacity* cell is one that another cell of its site covers in full (3GPP TS 28.541 `isESCoveredBy`); its cover takes
its users. Which cells are to be asleep is told by what is to come:

* where another xApp publishes a forecast (`shared("forecast", Forecast)`, as traffic-prediction does), fresh enough: as
  many as the covers can carry by its upper quantile (`by_forecast.py`, `ricloop_models.energy_policy`);
* elsewhere by their own trend (`by_trend.py`): under `sleep_below` for `calm_s` to sleep, above `wake_above` to wake,
  of the load that both would put on the cover `lead_s` ahead.

    to sleep, users left: hand them over        to sleep, none left: sleep
    to be awake, half emptied: hand them back   to be awake, asleep: wake

No area is ever uncovered: only covered cells are touched, and KeepCoverage guards it. A cell that switched often enough
and one beside a full neighbour stay awake (`restraint.py`).
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import numpy as np

from ricloop import (
    Cooldown,
    Decision,
    Forecast,
    KeepCoverage,
    Latest,
    Settings,
    Tick,
    Topology,
    XApp,
    every,
    hold,
    ms,
    ns,
    on,
    shared,
    topology,
)
from ricloop.e2sm import ccc, kpm
from ricloop_xapps.anomaly_detection.incidents import Incidents
from ricloop_xapps.energy_saving import by_forecast
from ricloop_xapps.energy_saving.by_trend import ByTrend
from ricloop_xapps.energy_saving.drains import Drains
from ricloop_xapps.energy_saving.pairs import AVAILABLE, CONNECTED, USED, Bools, Pairs, Plan
from ricloop_xapps.energy_saving.restraint import Sleeps, share_of_site

RSRP = kpm.Metric("RSRP")
FORETOLD = "RRU.PrbTotDl"
"""The forecast that is followed: percent of each cell's blocks."""

PERIOD = ms(100)
load = kpm.every(PERIOD, USED, AVAILABLE, CONNECTED)
users = kpm.every_ue(ms(500), RSRP, CONNECTED)
state = ccc.watch(ccc.EnergySaving)
FORECAST = shared("forecast", Forecast)
INCIDENTS = shared("incidents", Incidents)


class Limits(Settings):
    quantile: float = 0.7
    """Upper quantile of the forecast that must fit into the cover: the dial between saving and risk."""
    full: float = 80.0
    """Percent of the cover's blocks that this quantile may fill."""
    forecast_age_s: float = 0.5
    """Age from which on a forecast is not followed: the trend is."""
    stay_s: float = 1.6
    """Seconds ahead for which it must fit before a cell goes to sleep, so that a sleep is worth its cost. `lead_s` for
    one that sleeps."""
    quiet_below: float = 30.0
    """By forecast: percent of the cover that a cell's users may need when it is emptied: handovers interrupt them."""
    neighbours_below: float = 95.0
    """Percent that no other neighbour of a cell that goes to sleep may be expected to fill."""
    sleep_below: float = 40.0
    """By trend: downlink PRB use, in percent of the covering cell, both cells' load together, under which a cell may
    sleep."""
    wake_above: float = 60.0
    """By trend: the same, above which the sleeping cell wakes."""
    calm_s: float = 0.5
    """By trend: seconds for which load must have stayed under `sleep_below`."""
    lead_s: float = 0.8
    """Seconds that are looked ahead: the wake time, and what it takes to ask for it. At least one report."""
    memory_s: float = 0.5
    """By trend: seconds over which load is smoothed."""
    margin: float = 1.0
    """By trend: mean absolute errors added to what is expected."""
    transfer: float = 1.0
    """Resource blocks a cover needs for what one block of the capacity cell carried."""
    drain: bool = True
    """Hand users over before a cell sleeps. Off, they are cut: only to show what that costs."""
    asleep_share: float = 0.7
    """Greatest share of a gNB's cells that is asleep at a time: two of three, where one covers both others."""
    sleeps: int = 60
    """Times that a cell may go to sleep within `sleeps_s`; it is woken as often as it must be."""
    sleeps_s: float = 60.0
    """Seconds that `sleeps` is counted over: an hour outside of compressed days."""


class EnergySaving(XApp[Limits]):
    guards = (KeepCoverage(), Cooldown(ms(1500)))
    # Every report is decided anew, whatever was asked for before: what is on its way, or held by another xApp, is asked
    # for again, and refused, until reports show it. The price: a cell is not woken in the first 1.5 s of its sleep.

    def __init__(self, settings: Limits | None = None) -> None:
        super().__init__(settings)
        own = self.settings
        self._by_trend = ByTrend(
            memory_s=own.memory_s, lead_s=own.lead_s, calm_s=own.calm_s, margin=own.margin, transfer=own.transfer
        )
        self._drains = Drains()
        self._sleeps = Sleeps(own.sleeps, own.sleeps_s)
        self._troubled = np.empty(0, np.uint64)
        """Cells of open incidents."""
        self.followed = {"forecast": 0, "trend": 0}
        """Pairs that were decided by each."""

    @on(load, users, state, topology, FORECAST, deadline=ms(10), late=hold, error=hold)
    def decide(
        self,
        report: kpm.Report,
        located: Latest[kpm.UeReport],
        states: Latest[ccc.States],
        plan: Latest[Topology],
        ahead: Latest[Forecast],
    ) -> Decision:
        if not (states.known and plan.known):
            return Decision.none("cell states or topology not known yet")
        pairs = Pairs.of(report, states.value, plan.value)
        if not len(pairs.cells):
            return Decision.none("no cell of this site is covered by another")

        self._sleeps.seen(pairs.cells, pairs.asleep, pairs.time_s)
        self._drains.done(pairs.cells[pairs.asleep])
        draining = self._drains.running(pairs.cells)
        expected = self._by_trend.expect(pairs)
        asked = self._by_trend.plan(pairs, expected, draining, self.settings.sleep_below, self.settings.wake_above)
        known, foretold = self._foretold(report, pairs, draining, plan.value, ahead)
        # A gap wakes at once, and so does a cover that is full now, whatever was foretold.
        wake = np.where(known, foretold.wake, asked.wake) | pairs.gap | np.isin(pairs.cells, self._troubled)
        rest = np.where(known, foretold.rest, asked.rest) & ~(
            pairs.gap | pairs.old | np.isin(pairs.cells, self._troubled)
        )
        rest &= draining | self._sleeps.free(pairs.cells, pairs.time_s)
        rest = share_of_site(pairs, rest, expected, plan.value, self.settings.asleep_share)

        occupied = pairs.occupied if self.settings.drain else np.zeros_like(rest)
        emptied, back = rest & occupied, wake & ~pairs.asleep
        # Users that come back must be there before their cell may be emptied again.
        self._by_trend.busy(pairs.cells[back & draining], pairs.time_s)
        return Decision.of(
            map(ccc.wake, pairs.cells[wake & pairs.asleep]),
            map(ccc.sleep, pairs.cells[rest & ~occupied]),
            self._drains.empty(located, pairs.cells[emptied], pairs.covers[emptied]),
            self._drains.give_back(located, pairs.cells[back], pairs.covers[back]),
            reason=f"cover nearly full, or cell not needed, {self._count(known, ahead)}",
        )

    @on(every(ms(500)), INCIDENTS)
    def heed(self, tick: Tick, incidents: Latest[Incidents]) -> Decision:
        """A cell with an open incident does not sleep, and one that sleeps wakes."""
        open_now = incidents.value.open if incidents.known else ()
        self._troubled = np.array([cell for one in open_now for cell in one.cells], np.uint64)
        return Decision.none("open incidents noted")

    def _foretold(
        self, report: kpm.Report, pairs: Pairs, draining: Bools, plan: Topology, ahead: Latest[Forecast]
    ) -> tuple[Bools, Plan]:
        """([pairs]: who goes by the forecast, and what it asks for)."""
        own, nobody = self.settings, np.zeros(len(pairs.cells), np.bool_)
        if ahead.stale(timedelta(seconds=own.forecast_age_s)) or ahead.value.metric != FORETOLD:
            return nobody, Plan(nobody, nobody)
        period_s = (ahead.value.period_ns or ns(PERIOD)) / 1e9
        age_s = ahead.age.total_seconds()
        soon, later = (
            by_forecast.on_covers(
                by_forecast.bound(ahead.value, report.cells, own.quantile, periods), pairs, own.transfer
            )
            for periods in (ceil((age_s + s) / period_s) for s in (own.lead_s, max(own.lead_s, own.stay_s)))
        )
        known, asked = by_forecast.plan(pairs, soon, later, pairs.asleep | draining, own.full / 100)
        others = by_forecast.bound(ahead.value, ahead.value.cells, own.quantile, ceil((age_s + own.lead_s) / period_s))
        calm = by_forecast.calm_around(pairs, plan, ahead.value, others.most, own.neighbours_below)
        quiet = own.transfer * pairs.used[pairs.capacity] * pairs.share <= own.quiet_below
        return known, Plan(asked.rest & (draining | calm & quiet), asked.wake)

    def _count(self, known: Bools, ahead: Latest[Forecast]) -> str:
        by_forecast, by_trend = int(known.sum()), int((~known).sum())
        self.followed["forecast"] += by_forecast
        self.followed["trend"] += by_trend
        if by_forecast:
            return f"by the forecast of {ahead.age.total_seconds():.2f} s ago" + (by_trend > 0) * ", some by trend"
        return f"by trend: {'there is no forecast' if not ahead.known else 'the forecast is old or does not say'}"
