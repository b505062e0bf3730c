"""Put empty cells to sleep, and wake the site when it gets busy."""

from ricloop import Cooldown, Decision, KeepCoverage, Latest, Settings, XApp, hold, ms, on
from ricloop.e2sm import ccc, kpm

PRB = kpm.Metric("RRU.PrbTotDl")
CONNECTED = kpm.Metric("RRC.ConnMean")

load = kpm.every(ms(100), PRB, CONNECTED)
state = ccc.watch(ccc.EnergySaving)


class Limits(Settings):
    sleep_below: float = 10.0
    """Downlink PRB use, in percent, under which an empty cell may sleep."""
    wake_above: float = 60.0
    """Downlink PRB use, in percent, of any cell of a site above which the whole site wakes."""


class Minimal(XApp[Limits]):
    guards = (KeepCoverage(), Cooldown(ms(5000)))

    @on(load, state, deadline=ms(10), late=hold, error=hold)
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        asleep = states.value.asleep(report.cells)
        busy = report.site_max(PRB) > self.settings.wake_above
        empty = (report[PRB] < self.settings.sleep_below) & (report[CONNECTED] < 1)
        return Decision.of(
            map(ccc.wake, report.cells[busy & asleep]),
            map(ccc.sleep, report.cells[empty & ~busy & ~asleep]),
            reason="site busy, or cell empty",
        )
