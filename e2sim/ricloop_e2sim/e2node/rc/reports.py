"""RC reports of a node: users whose RRC state or cell changed (E2SM-RC 7.4.5, style 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ricloop.core.ids import CellId
from ricloop.e2ap.messages import Cause, RequestId, RicIndication
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import cell_octets
from ricloop_e2sim.e2node.causes import UNAVAILABLE
from ricloop_e2sim.e2node.nodeworld import Changes
from ricloop_e2sim.e2node.rc import function as offered
from ricloop_e2sim.e2node.rc.asked import holds
from ricloop_e2sim.e2node.service import Scope

_REPORTED = frozenset((offered.STATE, offered.FORMER_STATE, offered.CELL))


@dataclass(slots=True)
class _Reported:
    """One report action: its conditions, and what it brings."""

    action: int
    conditions: tuple[rc.UeChange, ...]
    parameters: tuple[int, ...]
    sequence: int = -1


class UeReports:
    """Of one node."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._live: dict[RequestId, list[_Reported]] = {}

    def admit(self, request: RequestId, action: int, trigger: rc.OnUeChange, asked: rc.ReportAction) -> Cause | None:
        """None when admitted."""
        wanted = tuple(one.id for one in asked.parameters)
        if not {*wanted} <= _REPORTED:
            return UNAVAILABLE
        self._live.setdefault(request, []).append(_Reported(action, trigger.events, wanted))
        return None

    def forget(self, request: RequestId) -> None:
        self._live.pop(request, None)

    def clear(self) -> None:
        self._live.clear()

    def due(self) -> Iterator[RicIndication]:
        """Of what happened in the tick just made."""
        for request, actions in self._live.items():
            changes = self._scope.world.changes()
            for told in actions:
                for header, message in self._happened(told, changes):
                    told.sequence = (told.sequence + 1) & 0xFFFF
                    yield RicIndication(
                        request_id=request,
                        function_id=offered.RC_ID,
                        action_id=told.action,
                        sequence=told.sequence,
                        header=header,
                        message=message,
                    )

    def _happened(self, told: _Reported, changes: Changes) -> Iterator[tuple[bytes, bytes]]:
        """A message per condition that held, about every user for which it did."""
        names, dialect = self._scope.names, self._scope.dialect
        for condition in told.conditions:
            held = holds(condition.trigger, changes.before, changes.now)
            if not held.any():
                continue
            rows = zip(
                changes.user[held].tolist(), changes.before[held].tolist(), changes.now[held].tolist(), strict=True
            )
            listed = tuple(
                (
                    names.of(user),
                    values(told.parameters, before >= 0, int(changes.cells[now]) if now >= 0 else None),
                )
                for user, before, now in rows
            )
            header = rc.encode_indication_header(rc.ReportHeader(condition.condition), dialect)
            yield header, rc.encode_indication_message(rc.UeMessage(listed), dialect)


def values(parameters: Sequence[int], was_connected: bool, cell: CellId | None) -> dict[int, rc.Element]:
    """Of a user that is in this cell now; None: in none."""
    known = {
        offered.STATE: rc.Element(offered.IDLE if cell is None else offered.CONNECTED),
        offered.FORMER_STATE: rc.Element(offered.CONNECTED if was_connected else offered.IDLE),
    }
    if cell is not None:
        known[offered.CELL] = rc.Element(cell_octets(cell))
    # Without a cell there is no Cell Global ID: the message then says what is left of what was asked.
    return {id_: known[id_] for id_ in parameters if id_ in known} or {offered.STATE: known[offered.STATE]}
