"""Give a guaranteed slice the PRBs that its users need to reach their rate, and no more."""

from collections.abc import Iterator

import numpy as np

from ricloop import Cooldown, Decision, Settings, XApp, hold, ms, on
from ricloop.core.ids import Plmn
from ricloop.e2sm import kpm, rc

GUARANTEED = kpm.Slice(2, 1)
RATE = kpm.Metric("DRB.UEThpDl", kpm.Label(slice=GUARANTEED))

users = kpm.every_ue(ms(1000), RATE)


class Agreement(Settings):
    plmn: str = "00101"
    """The network, as MCC and MNC in digits."""
    rate_mbps: float = 5.0
    """Mbit/s that a user of the slice is promised while it has data to receive."""
    margin: float = 1.5
    """Times the promise, above which every user of the slice must be before it gives PRBs back."""
    step_up: int = 20
    """Percent of the PRBs that the slice gains at once."""
    step_down: int = 2
    """Percent of the PRBs that it gives back at once."""
    most: int = 60
    """Percent of the PRBs that it may have reserved at most."""


class SliceSla(XApp[Agreement]):
    name = "slice-sla"
    guards = (Cooldown(ms(900)),)

    def started(self) -> None:
        self._reserved: dict[int, int] = {}  # by gNB: percent
        self._through: dict[int, int] = {}  # by gNB: the UE that names its DU

    @on(users, deadline=ms(10), late=hold, error=hold)
    def decide(self, report: kpm.UeReport) -> Decision:
        return Decision.of(self._changes(report), reason=self._reason(report))

    def _changes(self, report: kpm.UeReport) -> Iterator[rc.SliceQuota]:
        limits = self.settings
        rates = report[RATE] / 1000
        rates = rates[~np.isnan(rates)]
        if not len(rates):
            return
        gnb = int(report.cells[0]) >> 14
        was = self._reserved.get(gnb)
        if rates.min() < limits.rate_mbps:
            now = min((was or 0) + limits.step_up, limits.most)
        elif was and rates.min() > limits.rate_mbps * limits.margin:
            now = max(was - limits.step_down, 0)
        else:
            return
        if now != was:
            self._reserved[gnb] = now
            ue = self._through.get(gnb)
            if ue is None or report.cell_of(ue) is None:
                ue = self._through[gnb] = int(report.ues[0])
            plmn = Plmn(limits.plmn[:3], limits.plmn[3:])
            yield rc.slice_quota(ue, GUARANTEED, plmn=plmn, min=now, max=100)

    def _reason(self, report: kpm.UeReport) -> str:
        rates = report[RATE] / 1000
        below = int((rates < self.settings.rate_mbps).sum())
        return f"{below} of {int((~np.isnan(rates)).sum())} users below {self.settings.rate_mbps:g} Mbit/s"
