"""Keep cells awake where something is expected: a match, a fair, a trial that needs low latency.

An A1 policy of the type `PlannedEvents` names cells and times (`plan.py`). From `lead_s` before an event to its end, a
cell of it that sleeps is woken, and the arbiter holds it for this xApp: until the end nobody of no higher priority puts
it to sleep. Its own priority is above that of the xApps that save energy, so it takes a cell from them at once.

Load alone cannot tell: crowds come faster than cells wake, and a link that must answer in time has no load to speak of.
"""

from __future__ import annotations

import numpy as np

from ricloop import Cooldown, Decision, Latest, Settings, XApp, hold, ms, on, policy
from ricloop.e2sm import ccc, kpm
from ricloop_xapps.planned_events.plan import PlannedEvents

load = kpm.every(ms(500), kpm.Metric("RRU.PrbTotDl"))
state = ccc.watch(ccc.EnergySaving)
PLANNED = policy(PlannedEvents)


class Times(Settings):
    lead_s: float = 1.0
    """Seconds before an event begins at which its cells are woken. At least what they take to wake, and one report."""


class KeepForEvents(XApp[Times]):
    name = "planned-events"
    priority = 10
    guards = (Cooldown(ms(1500)),)

    @on(load, state, PLANNED, deadline=ms(10), late=hold, error=hold)
    def decide(self, report: kpm.Report, states: Latest[ccc.States], planned: Latest[PlannedEvents]) -> Decision:
        if not (states.known and planned.known):
            return Decision.none("cell states not known yet, or nothing planned")
        table, now = planned.value.table, report.time
        soon = table.begin_ns - round(self.settings.lead_s * 1e9) <= now
        due = soon & (now < table.end_ns) & np.isin(table.cells, report.cells) & states.value.asleep(table.cells)
        if not due.any():
            return Decision.none("no cell of an event sleeps")
        # What a decision changes is held for one length: events that end later are taken up by the next report.
        end = int(table.end_ns[due].min())
        cells = np.unique(table.cells[due & (table.end_ns == end)])
        return Decision.of(map(ccc.wake, cells), reason="an event is planned here").holding(ms((end - now) / 1e6))
