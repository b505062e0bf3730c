"""What a type checker must accept."""

from dataclasses import dataclass

from pydantic import BaseModel

from ricloop import (
    Bounds,
    Cooldown,
    Decision,
    KeepCoverage,
    Latest,
    MaxChanges,
    Outcomes,
    Settings,
    Tick,
    Topology,
    XApp,
    every,
    hold,
    model,
    ms,
    on,
    outcomes,
    policy,
    shared,
    topology,
)
from ricloop.e2sm import ccc, kpm, rc

PRB = kpm.Metric("RRU.PrbTotDl")
RSRP = kpm.Metric("RSRP")


@dataclass(frozen=True)
class Forecast:
    prb: float


class Target(BaseModel):
    percent: float = 50.0


load = kpm.every(ms(100), PRB)
users = kpm.every_ue(ms(500), RSRP)
state = ccc.watch(ccc.EnergySaving)
FORECAST = shared("forecast", Forecast)
AHEAD = model("traffic-forecast", Forecast)
TARGET = policy(Target)


class Limits(Settings):
    below: float = 10.0
    """Percent."""


ASKED = rc.insert(3, 1, 1, wait=ms(50))
IDLE = rc.report(rc.RrcState((("rrc-idle", None),)), 3)


class Mobility(XApp):
    def no(self, request: rc.Request) -> Decision:
        return Decision.of(rc.deny(request), reason="late")

    @on(ASKED, late=no, error=no)
    def asked(self, request: rc.Request) -> Decision:
        return Decision.of(rc.accept(request), reason="yes")

    @on(IDLE, users)
    def idle(self, report: rc.Report, measured: Latest[kpm.UeReport]) -> Decision:
        return Decision.policy(rc.no_policy("keep", 1), rc.policy("in", 1, rc.rule(1, accept=True), style=3), reason="")


class NoSettings(XApp):
    @on(load)
    def decide(self, report: kpm.Report) -> Decision:
        return Decision.of(map(ccc.sleep, report.cells[report[PRB] < 1]), reason="empty")


class Everything(XApp[Limits]):
    name = "everything"
    guards = (KeepCoverage(), Cooldown(ms(5000)), MaxChanges(3, per=ms(1000)))
    priority = 5

    def rule(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none("rule")

    @on(load, state, deadline=ms(5), late=hold, error=hold, silent=(3, rule))
    def one(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        limit: float = self.settings.below
        return Decision.none(f"{limit} {states.value.asleep(report.cells)}").sharing(FORECAST, Forecast(1.0))

    @on(load, state, model=AHEAD, late=rule, error=rule, gather=ms(2))
    def two(self, report: kpm.Report, states: Latest[ccc.States], ahead: Forecast) -> Decision:
        return Decision.none(f"{ahead.prb}")

    @on(load, state, model=AHEAD, late=rule)
    def the_rule_answers_for_its_model(
        self, report: kpm.Report, states: Latest[ccc.States], ahead: Forecast
    ) -> Decision:
        return Decision.none(f"{ahead.prb}")

    @on(users, topology, FORECAST, TARGET, load)
    def four(
        self,
        report: kpm.UeReport,
        plan: Latest[Topology],
        forecast: Latest[Forecast],
        target: Latest[Target],
        cells: Latest[kpm.Report],
    ) -> Decision:
        return Decision.none(f"{plan.value.source} {forecast.value.prb} {target.value.percent} {cells.age}")

    @on(outcomes)
    def happened(self, outcomes: Outcomes) -> Decision:
        return Decision.none(outcomes[0].reason)

    @on(every(ms(1000)), model=AHEAD)
    def tick(self, tick: Tick, ahead: Forecast) -> Decision:
        return Decision.none(str(tick.number))


app = Everything(Limits(below=3))
answer: Decision = app.one(kpm.Report.of([1], {PRB: [1.0]}), Latest(ccc.States.of({1: True})))
sleeping = Bounds(ccc.EnergySavingControl, lambda action: float(action.saving), 0, 1)
