"""xApps that do what no xApp should, in a process of their own."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from ricloop import Decision, Latest, Settings, XApp, ms, on, policy
from ricloop.e2sm import ccc, kpm

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))
state = ccc.watch(ccc.EnergySaving)


class Steady(XApp):
    """Wakes the first cell with every report."""

    @on(load, state, deadline=ms(90))
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.of([ccc.wake(int(report.cells[0]))], reason="every time")


class Rule(Settings):
    number: int


RULE = policy(Rule)


class Ruled(XApp):
    """Says which policy is in force."""

    @on(load, RULE, deadline=ms(90))
    def decide(self, report: kpm.Report, rule: Latest[Rule]) -> Decision:
        return Decision.none(f"rule {rule.value.number if rule.known else None}")


class Strong(Steady):
    priority: ClassVar[int] = 5


class Hangs(XApp):
    """Never comes back from its fifth report."""

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.count = 0

    @on(load, deadline=ms(50))
    def decide(self, report: kpm.Report) -> Decision:
        self.count += 1
        while self.count >= 5:
            time.sleep(1)
        return Decision.none("well")
