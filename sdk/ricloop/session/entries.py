"""The entries of one procedure: moved by its table, kept while they are something, given up by a state's timer."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from datetime import timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from ricloop.session.endpoint import Endpoint
from ricloop.session.table import Table, step


class Entry(Protocol):
    """One subscription, control or query."""

    state: Any

    @property
    def key(self) -> Hashable: ...


EntryT = TypeVar("EntryT", bound=Entry)


class Entries(Generic[EntryT]):
    """All entries of one association. An entry in the state `absent` is forgotten."""

    def __init__(
        self,
        end: Endpoint[Any],
        table: Table[Any, Any],
        absent: Enum,
        *,
        waits: Mapping[Any, timedelta] | None = None,
        timeout: Enum | None = None,
        active: Collection[Enum] = (),
    ) -> None:
        """`waits`: how long an entry may stay in a state before it is given `timeout`. `active`: the states of the
        entries that `active` shows."""
        self._end, self._table, self._absent = end, table, absent
        self._waits, self._timeout, self._active_states = waits or {}, timeout, frozenset(active)
        self.live: dict[Hashable, EntryT] = {}
        self._active: dict[Any, EntryT] = {}
        self.active: Mapping[Any, EntryT] = MappingProxyType(self._active)

    def step(self, entry: EntryT, given: Enum | None, argument: object = None) -> bool:
        """Apply the table's row; False, and nothing happens, where there is none."""
        before = entry.state
        found = step(self._table, self._end, entry, given, argument)
        state = entry.state
        if state is before:
            return found
        key = entry.key
        if state in self._waits:
            self._end.arm((self, key), self._waits[state], lambda: self.step(entry, self._timeout))
        elif self._waits:
            self._end.disarm((self, key))
        if state in self._active_states:
            self._active[key] = entry
        elif before in self._active_states:
            del self._active[key]
        if state is self._absent:
            del self.live[key]
        else:
            self.live[key] = entry
        return found

    def forget(self) -> None:
        for key in self.live:
            self._end.disarm((self, key))
        self.live.clear()
        self._active.clear()
