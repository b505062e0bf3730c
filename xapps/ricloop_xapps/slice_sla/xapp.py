"""Keep what slices are promised: so many Mbit/s for each user, with no more PRBs than that takes.

Per-UE reports say how fast each user of a slice was while it had data, and how many PRBs that took: so what the slice
needs is known (`need.py`). Where a user is below the promise, the slice's least PRB share (E2SM-RC 2/6) rises to the
need at once; where less is needed for a while, it falls step by step (`reserve.py`). What is reserved and idle the
scheduler lends to others, and no more than `most` is reserved: whatever happens, the others keep the rest.

A slice that keeps its promise by itself is left alone: what the node is configured with stands until somebody is short.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ricloop import (
    CellId,
    Cgi,
    Cooldown,
    Decision,
    Latest,
    MaxChanges,
    NodeId,
    Outcomes,
    OutcomeState,
    UeHandle,
    XApp,
    by_settings,
    hold,
    ms,
    on,
    outcomes,
)
from ricloop.e2sm import kpm, rc
from ricloop_xapps.slice_sla.agreements import Agreements, columns
from ricloop_xapps.slice_sla.need import Seen
from ricloop_xapps.slice_sla.reserve import NEVER, Reserve

AVAILABLE = kpm.Metric("RRU.PrbAvailDl")
users = by_settings(
    Agreements,
    lambda agreements: kpm.every_ue(ms(agreements.period_ms), *(one for row in columns(agreements) for one in row)),
)
cells = by_settings(Agreements, lambda agreements: kpm.every(ms(agreements.period_ms), AVAILABLE))


class SliceSla(XApp[Agreements]):
    name = "slice-sla"
    # A change of a share shows in the next report; all gNBs together are told no more than ten a second.
    guards = (Cooldown(ms(900)), MaxChanges(100, ms(10_000)))

    def __init__(self, settings: Agreements | None = None) -> None:
        super().__init__(settings)
        self._slices = self.settings.wanted
        self._columns = columns(self.settings)
        self._reserves: dict[CellId, Reserve] = {}  # by the first cell of a gNB
        self._by_ue: dict[UeHandle, Reserve] = {}  # by the user that says which gNB is meant

    @on(users, cells, deadline=ms(50), late=hold, error=hold)
    def decide(self, report: kpm.UeReport, plan: Latest[kpm.Report]) -> Decision:
        fresh = ~report.stale()
        if not (plan.known and fresh.any()):
            return Decision.none("no users in the report" if plan.known else "cells not known yet")
        kbps, prbs, kbit = (np.array([report[one][fresh] for one in row]) for row in self._columns)
        seen = Seen(
            where=report.cells[fresh], kbps=kbps, prbs=prbs, kbit=kbit, seconds=report.period.total_seconds(),
            promised=np.array(self.settings.mbps, np.float32) * 1000,
            cells=plan.value.cells, available=plan.value[AVAILABLE],
        )  # fmt: skip
        counts = zip(self._slices, seen.short.sum(axis=1), seen.active.sum(axis=1), strict=True)
        reason = "; ".join(f"slice {one}: {short} of {active} users short" for one, short, active in counts)
        return Decision.of(self._changes(report, seen), reason=reason)

    @on(outcomes)
    def learn(self, told: Outcomes) -> Decision:
        """What a node accepted is in force; anything else leaves what was."""
        for outcome in told:
            quota = outcome.action
            if outcome.state is OutcomeState.ACCEPTED and isinstance(quota, rc.SliceQuota) and quota.ue in self._by_ue:
                self._by_ue[quota.ue].accepted(self._slices.index(quota.slice), quota.min)
        return Decision.none()

    def node_lost(self, node: NodeId) -> None:
        """It may come back with what it is configured with."""
        for first in [first for first in self._reserves if node.gnb.owns(first)]:
            self._forget(self._reserves.pop(first))

    def _changes(self, report: kpm.UeReport, seen: Seen) -> Iterator[rc.SliceQuota]:
        limits, first = self.settings, int(seen.cells[0])
        reserve = self._reserves.setdefault(first, Reserve(np.full(len(self._slices), NEVER, np.int64)))
        shares = reserve.next(seen, limits)
        ue, plmn = self._ue_of(reserve, report), Cgi.unpack(first).plmn
        lost = seen.denied(reserve.shares) & (reserve.told > limits.patience)
        due = (shares != reserve.shares) | lost
        # Falling ones first: at no time do all together exceed what there is.
        for at in np.argsort(shares - reserve.shares, kind="stable").tolist():
            if due[at] and shares[at] != NEVER:
                yield rc.slice_quota(ue, self._slices[at], plmn=plmn, min=int(shares[at]))

    def _ue_of(self, reserve: Reserve, report: kpm.UeReport) -> UeHandle:
        """Any user of the DU stands for it: the same one as long as it is there, so that guards know it again."""
        if report.cell_of(reserve.ue) is None:
            self._forget(reserve)
            reserve.ue = int(report.ues[~report.stale()][0])
            self._by_ue[reserve.ue] = reserve
        return reserve.ue

    def _forget(self, reserve: Reserve) -> None:
        """Its user, but where that was handed over, and stands for another gNB meanwhile."""
        if self._by_ue.get(reserve.ue) is reserve:
            del self._by_ue[reserve.ue]
