"""Energy saving: what policies save for what they lose, on a commercial generator's day and on the simulator's.

Every policy lives through the same day in the same world, which counts energy and lost bits (`energy_world`). A policy
has a dial from cautious to bold, and so a curve. The setting that a table shows is chosen on other days than those that
it is judged on, by one rule for all: the greatest saving that loses no more than half of what the mark allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import Progress

from ricloop_e2sim.energy.power import AI_RSG_SLEEP_W
from ricloop_e2sim.replay.demand import WAKE_S
from ricloop_models.evaluate.base import Evaluation
from ricloop_models.evaluate.energy_ahead import Learned, LearnedAhead, memory
from ricloop_models.evaluate.energy_days import commercial, history, simulated, transfer_on
from ricloop_models.evaluate.energy_judge import Families, choose, judge, nights, on_history
from ricloop_models.evaluate.energy_prior import Prior, PriorAhead
from ricloop_models.evaluate.energy_rules import ALWAYS_ON, Setting, baselines, planned, windows
from ricloop_models.evaluate.energy_tables import NIGHT, OURS, TOLD, Findings
from ricloop_models.evaluate.energy_world import FULL, Day, live

LEARNING = {"three-sites": range(1001, 1061), "office": range(1001, 1031), "night-sleep": range(1001, 1010)}
"""Seeds to learn on, by scenario."""
VALIDATION = (2001, 2002, 2003)
SEEDS = (1, 2, 3, 4, 5)
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 1.0)
QUIET = {0.0: (0.1, 0.3, np.inf), 0.25: (0.1, 0.3, np.inf), 0.5: (0.3, np.inf), 0.75: (0.3, np.inf), 1.0: (np.inf,)}
"""Trust in the time of day → shares of a cover that a cell may use when it is emptied: a timetable looks at no load."""
STRICTER = (0.8, 0.7, 0.6, 0.5)
"""Shares of the cover that even the greatest error must leave it under: the dial goes on where quantiles end."""
PRIOR_QUANTILES = (*np.arange(0.30, 0.90, 0.05).round(2).tolist(), *np.arange(0.90, 0.995, 0.01).round(2).tolist())
PRIOR_TRUST = (0.0, 0.1, 0.25, 0.5, 0.75)
"""With all trust the dial has a setting for each length of the night, as static windows have."""
PRACTICE = {"01-06 h": (1, 6), "00-06 h": (0, 6), "23-06 h": (23, 6), "02-05 h": (2, 5)}
"""Night windows as networks have them."""
ORACLES = {f"{a:02d}-{b:02d} h": (a, b) for a in (20, 21, 22, 23, 0, 1) for b in (5, 6, 7, 8, 9)}
"""Night windows of which the day itself picks the best: no controller can know it."""
COMMERCIAL = (
    "One day without history: our forecast and all settings come from other networks' hours (211 squares of Milan, 3 "
    "LTE cells), never from this day."
)
BY_THE_MINUTE = (
    "The trace has 15-minute means; demand is supposed to be constant in them, as its blocks of hours are, so that it "
    "shows what the report period costs. " + COMMERCIAL
)
SIMULATED = (
    f"Means of {len(SEEDS)} seeds; learned on {', '.join(f'{len(s)} ({n})' for n, s in LEARNING.items())} others, "
    f"settings chosen on {len(VALIDATION)} others."
)
CELLS = 2.0
"""Covers that fill a sector of the commercial day."""
MINUTES = 15
"""In an interval of the commercial day."""
REACTION = 2
"""Ticks from a report to what it changes: the control, and the handover before it."""


def evaluate(data: Path, progress: Progress) -> Evaluation:
    """The tables, and in `figures` every curve."""
    found = Findings()
    trace = data / "viavi_rsg" / "CellReports.csv"
    networks = [data / "milan_ferreira", data / "lte_varunkurri"]
    absent = tuple(str(path) for path in (trace, *networks) if not path.exists())
    if not absent:
        commercial_day(trace, networks, found, progress)
    for name in LEARNING:
        scenario(name, found, progress)
    return Evaluation(tuple(found.tables), found.rows, {"curves": found.curves, "margins": found.margins}, absent)


def commercial_day(trace: Path, networks: Sequence[Path], found: Findings, progress: Progress) -> None:
    """Three powers of sleep, then the same day with a report each minute."""
    others = [(CELLS * loads, hours) for loads, hours in map(history, networks)]
    prior = Prior.of(others)
    settings = [Setting(q, trust) for trust in PRIOR_TRUST for q in PRIOR_QUANTILES]
    settings += [Setting(q, 1.0) for q in prior.nights(FULL)]
    families: Families = {
        OURS: planned(settings, partial(PriorAhead, prior)),
        NIGHT: windows(PRACTICE | nights(others)),
        **baselines(),
    }
    chosen = choose([on_history(families, *other) for other in others])
    judged = judge(commercial(trace), {**families, TOLD: windows(ORACLES)}, progress, "commercial day")
    for sleep_w in sorted(AI_RSG_SLEEP_W.values()):
        title = f"commercial day, asleep at {sleep_w:g} W"
        found.add(title, [judged.asleep_at(sleep_w)], chosen, COMMERCIAL)
    day = commercial(trace, split=MINUTES, wake_s=WAKE_S)
    judged = judge(day, families, progress, "commercial day by the minute")
    found.add("commercial day, a report each minute, 10 s to wake, asleep at 5 W", [judged], chosen, BY_THE_MINUTE)


def scenario(name: str, found: Findings, progress: Progress) -> None:
    """Learn on other seeds, choose on a second lot, judge on a third."""
    learning, validation, days = (_days(name, seeds, progress) for seeds in (LEARNING[name], VALIDATION, SEEDS))
    transfer = transfer_on(learning)
    learning, validation, days = (
        [replace(day, transfer=transfer) for day in part] for part in (learning, validation, days)
    )
    seen = [(live(day, [ALWAYS_ON])[1], day.hours) for day in progress.track(learning, description=f"{name}: learn")]
    soon = round(learning[0].power.up_us / learning[0].tick_us) + REACTION
    means = memory(len(learning[0].loads) / learning[0].days)
    first, second = (Learned.of(seen, means, horizon) for horizon in (soon, 2 * soon))
    settings = [Setting(q, trust, quiet) for trust, some in QUIET.items() for quiet in some for q in QUANTILES]
    settings += [Setting(1.0, 0.0, QUIET[0.0][0], limit) for limit in STRICTER]
    families: Families = {
        OURS: planned(settings, partial(LearnedAhead, first, second)),
        NIGHT: windows(PRACTICE | nights(seen)),
        **baselines(),
    }
    chosen = choose([judge(day, families, progress, f"{name}: choose").curves for day in validation])
    judged = [judge(day, families, progress, f"{name}: seed {seed}") for seed, day in zip(SEEDS, days, strict=True)]
    found.add(name, judged, chosen, SIMULATED)


def _days(name: str, seeds: Iterable[int], progress: Progress) -> list[Day]:
    return [simulated(name, seed) for seed in progress.track(list(seeds), description=f"{name}: days")]
