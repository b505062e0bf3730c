"""CCC reports and queries of a node and its cells: upon subscription, upon change, each period (E2SM-CCC 7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicControlRequest,
    RicIndication,
    RicQueryRequest,
    RicSubscriptionRequest,
)
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.attributes import spelled
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.indication import Reason
from ricloop.e2sm.ccc.query import QueriedStructure
from ricloop.e2sm.ccc.subscription import CELL_LEVEL, NODE_LEVEL, ReportedStructure
from ricloop.e2sm.ccc.wire import fold
from ricloop_e2sim.e2node.causes import BAD_QUERY, BAD_TRIGGER, NOT_SUPPORTED, UNAVAILABLE, UNREADABLE
from ricloop_e2sim.e2node.ccc.config import OFFERED_OF_NODE, CellConfig
from ricloop_e2sim.e2node.ccc.control import configure
from ricloop_e2sim.e2node.service import Admitted, Answer, Scope, Service

CCC_ID = 4
"""RAN function id, as srsRAN numbers it."""
Wish = tuple[int | None, str, tuple[str, ...]]
"""Cell index (None: the node), structure, and attributes of it."""
Asked = ReportedStructure | QueriedStructure


@dataclass(slots=True)
class _Watch:
    action_id: int
    wishes: tuple[Wish, ...]
    period_us: int | None
    """None: upon change."""
    due_us: int
    told: dict[tuple[int | None, str], dict[str, Any]] = field(default_factory=dict)
    """As it was told last, by cell index and structure."""
    sequence: int = -1


class ConfigWatches(Service):
    """A node's CCC function."""

    id, oid = CCC_ID, ccc.OID

    def __init__(self, scope: Scope, config: CellConfig) -> None:
        self._world, self._config = scope.world, config
        self._watches: dict[RequestId, list[_Watch]] = {}

    def definition(self) -> bytes:
        cells = [int(cell) for cell in self._world.layout.cells]
        return ccc.encode_function_definition(cells, self._config.offered, OFFERED_OF_NODE)

    def control(self, asked: RicControlRequest, now_ns: int) -> Answer:
        return configure(self._config, asked, now_ns)

    def subscribe(self, asked: RicSubscriptionRequest) -> Admitted | Cause:
        try:
            wanted = ccc.decode_event_trigger(asked.event_trigger).eventTriggerDefinitionFormat
        except DecodeError:
            return UNREADABLE
        period_us = None if wanted.period is None else wanted.period * 1000
        if period_us is not None and period_us % self._world.tick_us:
            return BAD_TRIGGER
        watches, refused = [], []
        for action in asked.actions:
            answer = self._watch(action, period_us)
            if isinstance(answer, Cause):
                refused.append(ActionNotAdmitted(action.id, answer))
            else:
                watches.append(answer)
        if watches:
            self._watches[asked.request_id] = watches
        return [watch.action_id for watch in watches], refused

    def _watch(self, action: ActionToBeSetup, period_us: int | None) -> _Watch | Cause:
        if action.type is not ActionType.REPORT or action.definition is None:
            return NOT_SUPPORTED
        try:
            asked = ccc.decode_action_definition(action.definition).actionDefinitionFormat
        except DecodeError:
            return UNREADABLE
        wishes: list[Wish] = []
        for entry in asked.listOfCellConfigurationsToBeReportedForADF or ():
            for one in entry.listOfCellLevelRANConfigurationStructuresForADF:
                found = self._wishes(entry.cellGlobalId, one, "R")
                if found is None:
                    return UNAVAILABLE
                wishes += found
        for one in asked.listOfNodeLevelRANConfigurationStructuresForADF or ():
            wanted = _wanted(OFFERED_OF_NODE, one, "R")
            if not wanted:
                return UNAVAILABLE
            wishes.append((None, spelled(one.ranConfigurationStructureName), wanted))
        return _Watch(action.id, tuple(wishes), period_us, self._world.time_us) if wishes else NOT_SUPPORTED

    def _wishes(
        self, asked: CellGlobalId | None, one: Asked, service: str
    ) -> list[tuple[int, str, tuple[str, ...]]] | None:
        """None for a cell that is not ours, a structure that it does not have, or an attribute without the service."""
        layout, name, wanted = (
            self._world.layout,
            spelled(one.ranConfigurationStructureName),
            _wanted(self._config.offered, one, service),
        )
        if not wanted:
            return None
        if asked is None:
            return [(cell, name, wanted) for cell in range(layout.cell_count)]
        cell = None if asked.cell is None else layout.index_of(asked.cell)
        return None if cell is None else [(cell, name, wanted)]

    def unsubscribe(self, request: RequestId) -> None:
        self._watches.pop(request, None)

    def clear(self) -> None:
        self._watches.clear()

    def due(self, end_ns: int) -> list[RicIndication]:
        """Of every watch that has something to say."""
        ready = []
        for request, watches in self._watches.items():
            for watch in watches:
                first, told = not watch.told, self._news(watch)
                if not told:
                    continue
                reason: Reason = "uponChange" if watch.period_us is None else "periodic"
                watch.sequence = (watch.sequence + 1) & 0xFFFF
                header, message = ccc.encode_indication("uponSubscription" if first else reason, end_ns, told)
                ready.append(
                    RicIndication(
                        request_id=request,
                        function_id=CCC_ID,
                        action_id=watch.action_id,
                        sequence=watch.sequence,
                        header=header,
                        message=message,
                    )
                )
        return ready

    def _news(self, watch: _Watch) -> list[ccc.Told]:
        if watch.period_us is not None:
            if self._world.time_us < watch.due_us:
                return []
            watch.due_us = self._world.time_us + watch.period_us
        news = []
        for cell, structure, attributes in watch.wishes:
            values = self._read(cell, structure, attributes)
            before = watch.told.get((cell, structure))
            if watch.period_us is not None or values != before:
                target = None if cell is None else int(self._world.layout.cells[cell])
                news.append(ccc.Told(target, structure, values, before))
                watch.told[cell, structure] = values
        return news

    def _read(self, cell: int | None, structure: str, attributes: Sequence[str]) -> dict[str, Any]:
        values = self._config.values(cell, structure) or {}
        return {name: values[name] for name in attributes if name in values}

    def query(self, asked: RicQueryRequest) -> bytes | Cause:
        """About cells (style 2) or about the node (style 1); what it cannot tell is left out."""
        try:
            style = ccc.decode_query_header(asked.header).queryHeaderFormat.ricStyleType
            about = ccc.decode_query_definition(asked.definition).queryDefinitionFormat
        except DecodeError:
            return UNREADABLE
        if style == NODE_LEVEL:
            own = {}
            for one in about.listOfNodelevelRanConfigurationStructuresForQuery or ():
                structure = spelled(one.ranConfigurationStructureName)
                if wanted := _wanted(OFFERED_OF_NODE, one, "Q"):
                    own[structure] = self._read(None, structure, wanted)
            return ccc.encode_query_outcome({}, own) if own else BAD_QUERY
        answers: dict[int, dict[str, dict[str, Any]]] = {}
        for entry in about.listOfCellsToBeQueriedForQuery or () if style == CELL_LEVEL else ():
            for one in entry.listOfCelllevelConfigurationStructuresForQuery:
                for cell, structure, attributes in self._wishes(entry.cellGlobalId, one, "Q") or ():
                    at = answers.setdefault(int(self._world.layout.cells[cell]), {})
                    at[structure] = self._read(cell, structure, attributes)
        return ccc.encode_query_outcome(answers) if answers else BAD_QUERY


def _wanted(offered: ccc.Offered, one: Asked, service: str) -> tuple[str, ...]:
    """The attributes of a structure that are asked for, all where none is named; empty where one is not to be had."""
    rows = offered.get(spelled(one.ranConfigurationStructureName), {})
    own = {fold(name): name for name, services in rows.items() if service in services}
    wanted = tuple(own.get(fold(name.attributeName), "") for name in one.listOfAttributes or ()) or tuple(own.values())
    return () if "" in wanted else wanted
