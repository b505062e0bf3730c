"""What a type checker must reject: each line marked as an error, and no other."""

from ricloop import Decision, Latest, Settings, XApp, hold, model, ms, on, topology
from ricloop.e2sm import ccc, kpm, rc

PRB = kpm.Metric("RRU.PrbTotDl")
RSRP = kpm.Metric("RSRP")

load = kpm.every(ms(100), PRB)
users = kpm.every_ue(ms(500), RSRP)
state = ccc.watch(ccc.EnergySaving)
AHEAD = model("traffic-forecast", float)


class Limits(Settings):
    below: float = 10.0


class Wrong(XApp[Limits]):
    def short(self, report: kpm.Report) -> Decision:
        return Decision.none()

    def right(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    def other_report(self, report: kpm.UeReport, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    def answers_nothing(self, report: kpm.Report, states: Latest[ccc.States]) -> None:
        pass

    @on(load)  # E: wrong report type
    def report_of_users(self, report: kpm.UeReport) -> Decision:
        return Decision.none()

    @on(load)  # E: undeclared need
    def undeclared(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(load, state)  # E: declared, not taken
    def not_taken(self, report: kpm.Report) -> Decision:
        return Decision.none()

    @on(load, state)  # E: a need is a Latest
    def bare(self, report: kpm.Report, states: ccc.States) -> Decision:
        return Decision.none()

    @on(load, state, users)  # E: wrong order
    def order(self, report: kpm.Report, located: Latest[kpm.UeReport], states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(load, state, model=AHEAD)  # E: no parameter for the model's answer
    def no_model(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(load, state, model=AHEAD)  # E: the model says a float
    def other_model(self, report: kpm.Report, states: Latest[ccc.States], ahead: str) -> Decision:
        return Decision.none()

    @on(load, state)  # E: a model that is not declared
    def undeclared_model(self, report: kpm.Report, states: Latest[ccc.States], ahead: float) -> Decision:
        return Decision.none()

    @on(load)  # E: answers no Decision
    def answers_text(self, report: kpm.Report) -> str:
        return "sleep"

    @on(load, state, late=short)  # E: the rule lacks the need
    def late_short(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(load, state, error=other_report)  # E: the rule takes another report
    def error_other(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(load, state, model=AHEAD, late=right, error=short)  # E: the rule for a failing model lacks the need
    def error_short(self, report: kpm.Report, states: Latest[ccc.States], ahead: float) -> Decision:
        return Decision.none()

    @on(load, state, late=answers_nothing)  # E: the rule answers nothing
    def late_nothing(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(load, state, silent=(3, short))  # E: the rule lacks the need
    def silent_short(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.none()

    @on(topology)  # E: a need starts nothing
    def not_a_feed(self, report: kpm.Report) -> Decision:
        return Decision.none()

    @on(load, PRB)  # E: a metric is no need
    def not_a_need(self, report: kpm.Report, prb: Latest[float]) -> Decision:
        return Decision.none()

    @on(load, deadline=10)  # E: a deadline is a length of time
    def bare_number(self, report: kpm.Report) -> Decision:
        return Decision.none()

    @on(load, late="hold")  # E: hold is a name, not a word
    def text(self, report: kpm.Report) -> Decision:
        return Decision.none()

    @on(load, state, late=hold, error=right)
    def fine(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.of(map(ccc.sleep, report.cells), reason="")

    @on(load)
    def unknown_setting(self, report: kpm.Report) -> Decision:
        return Decision.none(f"{self.settings.above}")  # E: no such setting

    @on(load)
    def no_reason(self, report: kpm.Report) -> Decision:
        return Decision.of(map(ccc.sleep, report.cells))  # E: a reason is needed

    @on(load)
    def not_an_action(self, report: kpm.Report) -> Decision:
        return Decision.of(report.cells.tolist(), 5, reason="")  # E: 5 is no action

    @on(rc.insert(3, 1, 1))  # E: an insert brings a Request
    def answers_a_report(self, report: rc.Report) -> Decision:
        return Decision.none()

    @on(load)
    def no_policy_change(self, report: kpm.Report) -> Decision:
        return Decision.policy(ccc.sleep(1), reason="")  # E: a control is no policy


app = Wrong()
app.fine(kpm.Report.of([1], {PRB: [1.0]}), ccc.States.of({1: True}))  # E: a Latest is needed
Wrong(Settings())  # E: other settings
