"""Keep what slices are promised: so many Mbit/s for each user, with no more PRBs than that takes.

Per-UE reports say how fast each user of a slice was while it had data, and how many PRBs that took: so what the slice
needs is known (`need.py`). Where a user is below the promise, the slice's least PRB share (E2SM-RC 2/6) rises to the
need at once; where less is needed for a while, it falls step by step (`reserve.py`). What is reserved and idle the
scheduler lends to others, and no more than `most` is reserved: whatever happens, the others keep the rest.

A slice that keeps its promise by itself is left alone: what the node is configured with stands until somebody is short.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from ricloop import (
    Cgi,
    Cooldown,
    Decision,
    Latest,
    MaxChanges,
    Outcomes,
    Settings,
    XApp,
    by_settings,
    hold,
    ms,
    on,
    outcomes,
)
from ricloop.core.actions import OutcomeState
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, NodeId, UeHandle
from ricloop.e2sm import kpm, rc
from ricloop_xapps.slice_sla.need import Seen
from ricloop_xapps.slice_sla.reserve import NEVER, Reserve

AVAILABLE = kpm.Metric("RRU.PrbAvailDl")
MEASURED = ("DRB.UEThpDl", "RRU.PrbUsedDl", "DRB.RlcSduTransmittedVolumeDL")
"""Of each user in each slice: kbit/s while it had data, PRBs, kbit."""


Percent = Annotated[int, Field(ge=1, le=100)]


class Agreements(Settings):
    slices: tuple[str, ...] = ("128",)
    """S-NSSAI of each slice that is promised something: SST, or SST-SD with six hexadecimal digits, as 1-00000a. The
    first is served first where all together want more than `most`. Read when the xApp starts."""
    mbps: tuple[float, ...] = (8.0,)
    """Mbit/s that each user of each of these slices is promised while it has data to receive."""
    headroom: Annotated[float, Field(ge=1)] = 1.25
    """Times what is needed, that is reserved: users move, and PRBs carry more or less."""
    most: Percent = 60
    """Percent of the PRBs that these slices have reserved at most, all together. Nodes refuse more than 100 less what
    they owe to others."""
    step_up: Percent = 25
    """Percent of the PRBs by which a share rises at once, at most."""
    step_down: Percent = 5
    """Percent of the PRBs by which a share falls at once, at most."""
    slack: Percent = 5
    """Percent of the PRBs above what is needed, that a slice may keep."""
    patience: Annotated[int, Field(ge=1)] = 5
    """Reports in a row with more than that, after which a share falls; and reports between two tellings of a share that
    a node accepted and does not keep."""
    period_ms: Annotated[int, Field(ge=10)] = 1000
    """Milliseconds between two reports. Read when the xApp starts."""

    @property
    def wanted(self) -> tuple[kpm.Slice, ...]:
        """`slices`, read. Raises ConfigError for what is none, twice there, or without a promise."""
        if len(self.slices) != len(self.mbps) or len(set(self.slices)) != len(self.slices) or not self.slices:
            raise ConfigError(
                f"slice-sla: slices {self.slices} and mbps {self.mbps}: one rate for each slice, each once"
            )
        return tuple(map(kpm.Slice.of, self.slices))


def columns(agreements: Agreements) -> tuple[tuple[kpm.Metric, ...], ...]:
    """[measured][slices]: what is asked for each user."""
    labels = [kpm.Label(slice=one) for one in agreements.wanted]
    return tuple(tuple(kpm.Metric(name, label) for label in labels) for name in MEASURED)


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
        self._named: dict[UeHandle, CellId] = {}  # the UE that says which gNB is meant, and its first cell

    @on(users, cells, deadline=ms(10), late=hold, error=hold)
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
            if outcome.state is OutcomeState.ACCEPTED and isinstance(quota, rc.SliceQuota) and quota.ue in self._named:
                self._reserve(self._named[quota.ue]).accepted(self._slices.index(quota.slice), quota.min)
        return Decision.none()

    def node_lost(self, node: NodeId) -> None:
        """It may come back with what it is configured with."""
        for first in [first for first in self._reserves if node.gnb.owns(first)]:
            del self._reserves[first]

    def _changes(self, report: kpm.UeReport, seen: Seen) -> Iterator[rc.SliceQuota]:
        limits, first = self.settings, int(seen.cells[0])
        reserve = self._reserve(first)
        shares = reserve.next(
            seen.needed * np.float32(limits.headroom), np.asarray(seen.short.any(axis=1)),
            most=limits.most, up=limits.step_up, down=limits.step_down, slack=limits.slack, patience=limits.patience,
        )  # fmt: skip
        ue, plmn = self._ue_of(first, report), Cgi.unpack(first).plmn
        lost = seen.denied(reserve.shares) & (reserve.told > limits.patience)
        due = (shares != reserve.shares) | lost
        # Falling ones first: at no time do all together exceed what there is.
        for at in np.argsort(shares - reserve.shares, kind="stable").tolist():
            if due[at] and shares[at] != NEVER:
                yield rc.slice_quota(ue, self._slices[at], plmn=plmn, min=int(shares[at]))

    def _reserve(self, first: CellId) -> Reserve:
        return self._reserves.setdefault(first, Reserve(np.full(len(self._slices), NEVER, np.int64)))

    def _ue_of(self, first: CellId, report: kpm.UeReport) -> UeHandle:
        """Any user of the DU stands for it: the same one as long as it is there, so that guards know it again."""
        before = next((ue for ue, cell in self._named.items() if cell == first), None)
        if before is not None and report.cell_of(before) is not None:
            return before
        ue = int(report.ues[0])
        self._named = {known: cell for known, cell in self._named.items() if cell != first} | {ue: first}
        return ue
