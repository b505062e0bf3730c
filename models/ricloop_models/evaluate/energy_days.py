"""The days that energy saving is judged on: a commercial generator's, and the simulator's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.energy.power import ai_rsg
from ricloop_e2sim.gnb.demandlog import DemandLog
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.optimum import Demand
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.traffic import DayTraffic
from ricloop_e2sim.replay.demand import DemandReplay, TraceTraffic
from ricloop_e2sim.replay.readers import read_trace
from ricloop_e2sim.scenarios import find
from ricloop_models import series
from ricloop_models.evaluate.energy_world import Day, beside, blocks

BUSY = 0.99
"""Quantile of its hours that an entity's load is measured by."""
HISTORY_H = 62 * 24
"""Hours of other networks that are looked at, the last ones."""
DAY_S = 86_400.0


def commercial(file: Path, *, split: int = 1, wake_s: float = 0.0) -> Day:
    """`CellReports.csv` of the AI RSG: 21 sectors of a 700 MHz cover and a 2100 MHz cell, 96 intervals of 15 minutes.

    P = 56.9 + 455 u W; a block carries in the cover what it carries at home; what does not fit into an interval is
    lost. `split`: reports in an interval, whose demand is then the same in each. A control given on one report takes
    effect at the start of the next.
    """
    trace = read_trace(file)
    interval_us = round(trace.interval_s * 1e6)
    parts = DemandReplay.of_trace(trace).parts
    site = np.array(trace.site)
    sources = [
        TraceTraffic(trace, np.flatnonzero(site == name), part.layout)
        for name, part in zip(dict.fromkeys(trace.site), parts, strict=True)
    ]
    loads: list[Load] = []
    for at in range(len(trace.time_s)):
        drawn = [source.next(at * interval_us, interval_us) for source in sources]
        rates = [_own_rate(part.layout, load) for part, load in zip(parts, drawn, strict=True)]
        load = _together(drawn)
        loads += [Load(load.present, load.bits / split, blocks(rates))] * split
    tick_us = interval_us // split
    rules = Rules(0, 0, reestablish_us=tick_us, buffer_bits=0.0, stay_us=tick_us, return_at_once=True)
    ends_s = trace.time_s[0] + np.arange(1, len(loads) + 1) * tick_us / 1e6
    return Day(
        layout=beside([part.layout for part in parts]),
        sites=len(parts),
        power=ai_rsg("deep").waking_in(wake_s),
        rules=rules,
        tick_us=tick_us,
        loads=loads,
        hours=ends_s / 3600 % 24,
        days=len(loads) * tick_us / 1e6 / DAY_S,
    )


def simulated(name: str, seed: int) -> Day:
    """One run of a scenario, with the streams of `Simulation.of`: every gNB draws from its own."""
    plan = find(name)
    layouts, sources = [], []
    for site, stream in enumerate(np.random.SeedSequence(seed).spawn(plan.sites)):
        places, traffic = stream.spawn(2)
        layouts.append(plan.layout(site, places))
        sources.append(DayTraffic(layouts[-1], plan.demand, traffic))
    ticks = round(plan.seconds * 1e6 / plan.tick_us)
    loads = [_together([s.next(at * plan.tick_us, plan.tick_us) for s in sources]) for at in range(ticks)]
    elapsed_s = np.arange(1, ticks + 1) * plan.tick_us / 1e6
    return Day(
        layout=beside(layouts),
        sites=plan.sites,
        power=plan.power,
        rules=Rules(),
        tick_us=plan.tick_us,
        loads=loads,
        hours=(plan.demand.start_hour + elapsed_s / plan.demand.day_s * 24) % 24,
        days=plan.seconds / plan.demand.day_s,
    )


def demand(day: Day) -> Demand:
    """All that the clairvoyant plan needs to know."""
    log = DemandLog(day.layout, day.tick_us)
    for load in day.loads:
        log.add(load)
    return log.demand()


def transfer_on(days: Sequence[Day]) -> float:
    """Blocks that covers needed on these days for what one block of a capacity cell carried."""
    asked = [(demand(day), day.layout.capacity) for day in days]
    cover = sum(float(one.umbrella_prbs[:, cells].sum()) for one, cells in asked)
    return cover / sum(float(one.own_prbs[:, cells].sum()) for one, cells in asked)


def history(folder: Path) -> tuple[Floats, Ints]:
    """Hourly traffic of real cells: ([hours, entities] in units of each one's busy hours, hour of day [hours])."""
    loads = series.read(folder).values[:, -HISTORY_H:]
    at = np.arange(loads.shape[1])
    whole = np.stack([np.interp(at, at[~np.isnan(row)], row[~np.isnan(row)]) for row in loads], axis=1)
    # Both end with a day's last hour.
    return whole / np.quantile(whole, BUSY, axis=0), (at - len(at)) % 24


def _own_rate(layout: Layout, load: Load) -> Floats:
    """[users, cells]: of each user at home, wherever it can be served."""
    assert load.rate is not None
    own = load.rate[np.arange(layout.user_count), layout.home]
    return np.where(layout.rate > 0, own[:, None], 0.0)


def _together(loads: Sequence[Load]) -> Load:
    return Load(np.concatenate([load.present for load in loads]), np.concatenate([load.bits for load in loads]))
