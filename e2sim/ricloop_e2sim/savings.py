"""CCC reports of energySavingState: once upon subscription, then upon every change (E2SM-CCC 7.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import ActionNotAdmitted, ActionToBeSetup, ActionType, Cause, RequestId
from ricloop.e2sm.ccc import codec as ccc
from ricloop_e2sim.kpmreports import NOT_SUPPORTED, UNAVAILABLE, UNREADABLE
from ricloop_e2sim.world import World


@dataclass(slots=True)
class _Watch:
    action_id: int
    cells: tuple[int, ...]
    """Indices."""
    told: dict[int, bool] = field(default_factory=dict)
    """Last reported state by cell index."""
    sequence: int = -1


class SavingWatches:
    """All admitted actions of one node's CCC function."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._watches: dict[RequestId, list[_Watch]] = {}

    def subscribe(
        self, request: RequestId, trigger: bytes, actions: tuple[ActionToBeSetup, ...]
    ) -> tuple[list[int], list[ActionNotAdmitted]] | Cause:
        """What was admitted and what was not; a Cause where the event trigger cannot be served."""
        try:
            wanted = ccc.decode_event_trigger(trigger).eventTriggerDefinitionFormat
        except DecodeError:
            return UNREADABLE
        if wanted.listOfCellLevelConfigurationStructuresForEventTrigger is None:
            return NOT_SUPPORTED
        watches, refused = [], []
        for action in actions:
            answer = self._watch(action)
            if isinstance(answer, Cause):
                refused.append(ActionNotAdmitted(action.id, answer))
            else:
                watches.append(answer)
        if watches:
            self._watches[request] = watches
        return [watch.action_id for watch in watches], refused

    def _watch(self, action: ActionToBeSetup) -> _Watch | Cause:
        if action.type is not ActionType.REPORT or action.definition is None:
            return NOT_SUPPORTED
        try:
            cells = ccc.decode_action_definition(action.definition).cells
        except DecodeError:
            return UNREADABLE
        layout = self._world.layout
        if cells is None:
            return _Watch(action.id, tuple(range(layout.cell_count)))
        found = [layout.index_of(cell) for cell in cells]
        known = tuple(cell for cell in found if cell is not None)
        return UNAVAILABLE if not known or len(known) < len(found) else _Watch(action.id, known)

    def unsubscribe(self, request: RequestId) -> None:
        self._watches.pop(request, None)

    def clear(self) -> None:
        self._watches.clear()

    def due(self, time_unix_ns: int) -> list[tuple[RequestId, int, int, bytes, bytes]]:
        """(request, action, sequence, header, message) of every watch that has something new to say."""
        saving = self._world.cells.saving
        ready = []
        for request, watches in self._watches.items():
            for watch in watches:
                changed = [cell for cell in watch.cells if watch.told.get(cell) != bool(saving[cell])]
                if not changed:
                    continue
                reason = "uponChange" if watch.told else "uponSubscription"
                states = {
                    int(self._world.layout.cells[cell]): (watch.told.get(cell), bool(saving[cell])) for cell in changed
                }
                watch.told.update((cell, bool(saving[cell])) for cell in changed)
                watch.sequence = (watch.sequence + 1) & 0xFFFF
                header, message = ccc.encode_indication(
                    "uponChange" if reason == "uponChange" else "uponSubscription", time_unix_ns, states
                )
                ready.append((request, watch.action_id, watch.sequence, header, message))
        return ready
