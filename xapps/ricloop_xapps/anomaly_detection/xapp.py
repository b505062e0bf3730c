"""Find cells that are unlike themselves, say since when and by which metrics, and do something about it where asked to.

Each cell's metrics are put beside what is usual of it at that hour; `anomaly-pca` says how unlike itself it is. Above
the threshold for `consecutive` reports on end it has an alarm; alarms near each other in time and in the network are
one incident (`incidents.py`). Other xApps read them as `shared("incidents", Incidents)`. A cell of which fewer than
`known_after` reports came is not judged.

Without the model, the rule: the largest distance of the newest values from the cell's usual, in spreads, over `rule_z`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import Field

from ricloop import (
    Action,
    Anomalies,
    CellId,
    Cgi,
    Cooldown,
    Decision,
    KeepCoverage,
    Latest,
    Settings,
    Topology,
    XApp,
    model,
    ms,
    on,
    shared,
    topology,
)
from ricloop.e2sm import kpm, rc
from ricloop.features import Context, ContextPlan, RowMap
from ricloop_models.anomaly_features import LOGARITHMIC, METRICS
from ricloop_xapps.anomaly_detection.incidents import Alarm, Incident, Incidents

Floats: TypeAlias = NDArray[np.float32]
WATCHED = tuple(map(kpm.Metric, METRICS))
VOLUME, USED, CONNECTED = (kpm.Metric(name) for name in ("DRB.PdcpSduVolumeDL", "RRU.PrbTotDl", "RRC.ConnMean"))
CAUSES = 3
FEW = 8
"""Known cells below which a share of them says little."""
PLAN = ContextPlan(
    bins=24,
    memory=3600,
    minimum=1,
    centre=(0.0,) * len(METRICS),
    spread=(1.0,) * len(METRICS),
    logarithmic=LOGARITHMIC,
    patience=3600,
)
"""Of the rule, which has no training; `minimum` is a setting."""

load = kpm.every(ms(1000), *WATCHED)
users = kpm.every_ue(ms(1000), CONNECTED)
ODD = model("anomaly-pca", Anomalies)
INCIDENTS = shared("incidents", Incidents)


class Limits(Settings):
    known_after: int = Field(default=60, ge=1)
    """Reports of a cell until it is judged, by the rule or the model."""
    consecutive: int = 2
    """Reports on end above the threshold until a cell has an alarm."""
    quiet_s: float = 12.0
    """Seconds without an alarm after which an incident is over."""
    most: int = 64
    """Incidents open at once; further alarms are counted as dropped."""
    rule_z: float = 6.0
    """Spreads from usual that the rule takes for the threshold."""
    believed: float = Field(default=0.5, gt=0, le=1)
    """Share of the known cells, of eight or more, that the model may call unusual: beyond, it was trained for another
    network, and the rule answers."""
    action: Literal["report", "notice", "rc"] = "report"
    """`report`: the reason and the shared value; `notice`: the reason is a JSON object for who reads the audit;
    `rc`: users of a cell that is connected and carries nothing are handed over to another cell of its site."""


class AnomalyDetection(XApp[Limits]):
    guards = (KeepCoverage(), Cooldown(ms(10_000)))

    def __init__(self, settings: Limits | None = None) -> None:
        super().__init__(settings)
        self._context = Context(replace(PLAN, minimum=self.settings.known_after))
        self._rows = RowMap(64)
        self._streak = np.zeros(64, np.int64)
        """[rows]: reports on end for which each cell has been above the threshold."""
        self._incidents = Incidents()
        self._ruled: tuple[Floats, Floats] = (
            np.empty(0, np.float32),
            np.empty((0, 0), np.float32),
        )
        """What the rule, which answers first, made of the newest report: scores [cells], parts [cells, metrics]."""
        self._young = np.empty(0, np.bool_)
        """[cells] of the newest report: those that were too new to be judged when it came."""
        self._report: kpm.Report | None = None
        self._before = self._streak, self._incidents
        """The same before the newest report: the rule answers it first, and the model's answer takes that one's
        place."""

    def rule(self, report: kpm.Report, located: Latest[kpm.UeReport], plan: Latest[Topology]) -> Decision:
        """By the newest values alone."""
        values = np.stack([report[metric] for metric in WATCHED])
        far = np.nan_to_num(np.abs(self._context.scale(report.cells, report.time, values)))
        self._young = self._context.young(report.cells)
        self._context.update(report.cells, report.time, values)
        self._ruled = far.max(axis=0) / self.settings.rule_z, far.T
        return self._answer(report, located, plan, *self._ruled)

    @on(load, users, topology, model=ODD, deadline=ms(100), late=rule, error=rule, gather=ms(20))
    def decide(
        self, report: kpm.Report, located: Latest[kpm.UeReport], plan: Latest[Topology], odd: Anomalies
    ) -> Decision:
        scores = odd.scores / max(odd.threshold, 1e-9)
        unusual = scores[~self._young] > 1
        if len(unusual) >= FEW and unusual.mean() > self.settings.believed:
            doubt = f"the model calls {unusual.sum()} of {len(unusual)} cells unusual, and is not believed"
            return self._answer(report, located, plan, *self._ruled, doubt)
        return self._answer(report, located, plan, scores, odd.residuals)

    def _answer(
        self,
        report: kpm.Report,
        located: Latest[kpm.UeReport],
        plan: Latest[Topology],
        scores: Floats,
        parts: Floats,
        doubt: str = "",
    ) -> Decision:
        """`scores` [cells], of which 1 is the threshold; `parts` [cells, metrics] of them. A cell that is not known yet
        is not judged."""
        young = self._young
        scores = np.where(young, np.float32(0), scores)
        if report is not self._report:
            self._report, self._before = report, (self._streak, self._incidents)
        alarmed = np.flatnonzero(self._counted(report, scores) >= self.settings.consecutive)
        found = plan.value if plan.known else Topology()
        self._incidents = self._before[1].after(
            [_alarm(int(report.cells[row]), float(scores[row]), parts[row]) for row in alarmed],
            report.time,
            lambda cell: (*found.site(cell), *found.neighbours(cell)),
            round(self.settings.quiet_s * 1e9),
            self.settings.most,
        )
        actions = self._handovers(report, located, found, alarmed) if self.settings.action == "rc" else []
        return Decision.of(actions, reason=self._reason(int(young.sum()), doubt)).sharing(INCIDENTS, self._incidents)

    def _counted(self, report: kpm.Report, scores: Floats) -> NDArray[np.int64]:
        """[cells]: reports on end above the threshold, with this one."""
        rows, before = self._rows.of(report.cells), self._before[0]
        self._streak = np.concatenate([before, np.zeros(self._rows.room - len(before), np.int64)])
        streak: NDArray[np.int64] = np.where(scores > 1, self._streak[rows] + 1, 0)
        self._streak[rows] = streak
        return streak

    def _reason(self, young: int, doubt: str) -> str:
        now = self._incidents
        if self.settings.action == "notice":
            return orjson.dumps({"schema": 1, "notice": "incidents", "open": [_told(one) for one in now.open]}).decode()
        known = f"; {young} cells are too new to be judged" if young else ""
        known += f"; {doubt}" if doubt else ""
        if not now.open:
            return f"every known cell is as usual{known}"
        worst = max(now.open, key=lambda one: one.score)
        since = datetime.fromtimestamp(worst.started / 1e9, UTC).isoformat(timespec="seconds")
        return f"{len(now.open)} incidents; the worst since {since}: {', '.join(worst.causes)}{known}"

    @staticmethod
    def _handovers(
        report: kpm.Report, located: Latest[kpm.UeReport], plan: Topology, alarmed: NDArray[np.intp]
    ) -> list[Action]:
        """Of users who are connected to an alarmed cell that carries nothing, to the emptiest sound cell of its
        site."""
        volume, used, connected = report[VOLUME], report[USED], report[CONNECTED]
        ill = set(report.cells[alarmed].tolist())
        row = {cell: place for place, cell in enumerate(report.cells.tolist())}
        found: list[Action] = []
        for place in alarmed[(volume[alarmed] == 0) & (connected[alarmed] >= 1)] if located.known else ():
            cell = int(report.cells[place])
            sound = [other for other in plan.site(cell) if other in row and other not in ill]
            if sound:
                target = min(sound, key=lambda other: float(used[row[other]]))
                found += [rc.handover(ue, target) for ue in located.value.in_cell(cell).tolist()]
        return found


def _alarm(cell: CellId, score: float, parts: Floats) -> Alarm:
    worst = np.argsort(-parts, kind="stable")[:CAUSES]
    return Alarm(cell, score, tuple(METRICS[metric] for metric in worst if parts[metric] > 0))


def _told(one: Incident) -> dict[str, object]:
    """As a notice has it; cells as `Cgi` prints them."""
    return {
        "number": one.number,
        "cells": [str(Cgi.unpack(cell)) for cell in one.cells],
        "started_ns": one.started,
        "score": round(one.score, 3),
        "causes": list(one.causes),
    }
