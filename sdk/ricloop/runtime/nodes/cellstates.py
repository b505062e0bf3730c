"""What is known of cells and nodes, for guards and controls: energy saving, and all else that was reported last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, NodeId
from ricloop.e2sm.ccc import States
from ricloop.e2sm.ccc.configuration import Entries
from ricloop.e2sm.ccc.states import Changes, Known
from ricloop.e2sm.ccc.wire import fold


class CellStates:
    """Written by the changes that events name, and by nothing else: a feed's merged value also holds what is old."""

    def __init__(self) -> None:
        self.states = States.of({})
        self.configurations: dict[tuple[CellId | NodeId, str], dict[str, Any]] = {}
        """Attributes as they were reported last, by cell or node, and folded name of the structure."""
        self._told: dict[CellId, tuple[Feed[Any], int]] = {}
        """Per cell, which feed had the last word and the event's time, by the node's clock."""

    @property
    def known(self) -> Known:
        """What a control's old values are taken from."""
        return Known(self.states, self.configurations)

    def note_entries(self, entries: Entries) -> None:
        """Attributes of cells and nodes, whichever feed asked for them; the latest to arrive holds."""
        for entry in entries:
            if entry.target is None:
                continue
            key = (entry.target, fold(entry.structure))
            if entry.deleted:
                self.configurations.pop(key, None)
            else:
                self.configurations.setdefault(key, {}).update(entry.values)

    def note(self, feed: Feed[Any], changes: Changes, time: int) -> States:
        """Take one event's changes; what of them is news and a state (not a deletion).

        Every feed brings its own copy of a change. One that is older than what another feed brought already is no news.
        Within a feed the order of arrival holds, whatever the node does to its clock.
        """
        fresh: dict[CellId, bool | None] = {}
        for cell, saving in changes.items():
            by, at = self._told.get(cell, (feed, time))
            if by is feed or time >= at:
                fresh[cell] = saving
                self._told[cell] = (feed, time)
        self.states = self.states.updated(fresh)
        return States.of({cell: saving for cell, saving in fresh.items() if saving is not None})

    def forget(self, targets: Iterable[CellId | NodeId]) -> None:
        """A node and its cells are gone: what they do is unknown."""
        gone = set(targets)
        cells: dict[CellId, bool | None] = {target: None for target in gone if not isinstance(target, NodeId)}
        self.states = self.states.updated(cells)
        for cell in cells:
            self._told.pop(cell, None)
        for key in [key for key in self.configurations if key[0] in gone]:
            del self.configurations[key]
