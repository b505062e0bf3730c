"""Which KPM actions and periods a node can serve, and what it then keeps of them."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import ActionToBeSetup, ActionType, Cause
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.kpm.metric import Measurement
from ricloop_e2sim.e2node.causes import BAD_TRIGGER, NOT_SUPPORTED, UNAVAILABLE, UNREADABLE
from ricloop_e2sim.e2node.kpm.conditions import can_test
from ricloop_e2sim.e2node.measuring import Column, Measures
from ricloop_e2sim.e2node.service import Scope
from ricloop_e2sim.e2node.splitting import served_by

CELL_STYLE, UE_STYLE = 1, 4


@dataclass(slots=True)
class Action:
    """One that was admitted."""

    id: int
    cell: int | None
    """Index; None: the whole node."""
    columns: tuple[Column, ...]
    per_ue: bool
    conditions: tuple[Condition, ...] = ()
    sequence: int = -1


class Admission:
    """Of one node."""

    def __init__(self, scope: Scope, measures: Measures, *, stretch: bool) -> None:
        """`stretch`: any period is served once per tick (replay); else it must be whole ticks."""
        self._world, self._dialect, self._measures, self._stretch = scope.world, scope.dialect, measures, stretch
        self.cell_names = served_by(measures.cell_names, scope.role)
        self.ue_names = served_by(measures.ue_names, scope.role)
        self._offered = {False: frozenset(self.cell_names), True: frozenset(self.ue_names)}

    def period(self, trigger: bytes) -> int | Cause:
        """In microseconds."""
        tick_us = self._world.tick_us
        try:
            period_us = kpm.decode_event_trigger(trigger) * 1000
        except DecodeError:
            return UNREADABLE
        if self._stretch:
            period_us = tick_us
        return BAD_TRIGGER if period_us <= 0 or period_us % tick_us else period_us

    def action(self, action: ActionToBeSetup) -> Action | Cause:
        if action.type is not ActionType.REPORT or action.definition is None:
            return NOT_SUPPORTED
        try:
            asked = kpm.decode_action_definition(action.definition, self._dialect)
        except DecodeError:
            return UNREADABLE
        if asked.style not in (CELL_STYLE, UE_STYLE):
            return NOT_SUPPORTED
        per_ue = asked.style == UE_STYLE
        cell = None
        if asked.cell is not None:
            cell = self._world.layout.index_of(asked.cell)
            if cell is None:
                return UNAVAILABLE
        columns = [self._column(measurement, per_ue) for measurement in asked.measurements]
        known = tuple(column for column in columns if column is not None)
        conditions = tuple(asked.conditions)
        tests = self._measures.tests
        if len(known) < len(columns) or not all(can_test(condition, tests) for condition in conditions):
            return UNAVAILABLE
        return Action(action.id, cell, known, per_ue, conditions)

    def _column(self, measurement: Measurement, per_ue: bool) -> Column | None:
        column = self._measures.column(measurement, per_ue)
        return column if column is not None and column.name in self._offered[per_ue] else None
