"""RIC Service Update and Query at the node (E2AP 8.3.4, 8.3.5): which RAN functions it offers from now on."""

from __future__ import annotations

from collections.abc import Iterable

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap.messages import (
    FunctionId,
    RanFunction,
    RicServiceQuery,
    RicServiceUpdate,
    RicServiceUpdateAcknowledge,
)
from ricloop.session.endpoint import Endpoint
from ricloop.session.events import NodeEvent
from ricloop.session.transactions import Transactions


class NodeServices:
    """`accepted` is what the RIC took, filled in place: a function that it has not acknowledged is in nobody's use."""

    def __init__(
        self,
        end: Endpoint[NodeEvent],
        transactions: Transactions,
        offered: Iterable[RanFunction],
        accepted: dict[int, RanFunction],
    ) -> None:
        self._end, self._transactions, self._accepted = end, transactions, accepted
        self._offered = {function.id: function for function in offered}

    def update(
        self, added: tuple[RanFunction, ...], modified: tuple[RanFunction, ...], deleted: tuple[int, ...]
    ) -> int:
        unknown = [id for id in deleted if id not in self._offered]
        if unknown:
            raise LocalProtocolError(f"RAN functions {unknown} cannot be deleted: there are {sorted(self._offered)}")
        gone = tuple(FunctionId(id, self._offered[id].revision) for id in deleted)
        number = self._transactions.start(
            RicServiceUpdate(transaction_id=0, added=added, modified=modified, deleted=gone)
        )
        for id in deleted:
            del self._offered[id]
            self._accepted.pop(id, None)
        self._offered |= {function.id: function for function in (*added, *modified)}
        return number

    def queried(self, message: RicServiceQuery) -> None:
        """The RIC said what it holds: what differs is its update, an empty one where nothing does (8.3.5.2)."""
        if self._transactions.under_way(RicServiceUpdate):
            # Its answer brings both ends together; a peer that asks in a loop gets one update at a time.
            self._end.counters["service_queries_merged"] += 1
            return
        held = {function.id: function.revision for function in message.accepted}
        added = tuple(f for f in self._offered.values() if f.id not in held)
        modified = tuple(f for f in self._offered.values() if held.get(f.id, f.revision) != f.revision)
        deleted = tuple(f for f in message.accepted if f.id not in self._offered)
        self._transactions.start(RicServiceUpdate(transaction_id=0, added=added, modified=modified, deleted=deleted))

    def acknowledged(self, message: RicServiceUpdateAcknowledge) -> None:
        for function in message.accepted:
            if function.id in self._offered:
                self._accepted[function.id] = self._offered[function.id]
        for rejected in message.rejected:
            self._accepted.pop(rejected.id, None)
