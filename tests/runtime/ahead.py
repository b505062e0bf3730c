"""An xApp that asks a model of a registry: for tests of what becomes of versions while it runs."""

from __future__ import annotations

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.predictions import Forecast
from ricloop.e2sm import kpm

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
AHEAD = model("small-one", Forecast)


class Ahead(XApp):
    """Decides nothing; says whether it was the model or the rule that answered."""

    def rule(self, report: kpm.Report) -> Decision:
        return Decision.none("the rule")

    @on(load, model=AHEAD, late=rule, error=rule)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        return Decision.none("the model")
