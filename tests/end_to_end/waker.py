"""An xApp that controls at every report: what a gap in its controls would show."""

from __future__ import annotations

from ricloop import Decision, Latest, XApp, ms, on
from ricloop.e2sm import ccc, kpm

PRB = kpm.Metric("RRU.PrbTotDl")


class Waker(XApp):
    """Wakes a cell that is awake, however late: what is asked is whether it does, not how soon."""

    name = "waker"

    @on(kpm.every(ms(100), PRB), ccc.watch(ccc.EnergySaving), deadline=ms(1000))
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.of(map(ccc.wake, report.cells[:1]), reason="again")
