"""What changes after E2 Setup, from the side that is told of it: functions and components at the RIC, TNL associations
at the node, and the end of E2 at either (E2AP 8.3.4 to 8.3.7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ricloop.core.errors import EncodeError
from ricloop.e2ap import messages as m
from ricloop.session.components import acknowledged, config_acknowledged
from ricloop.session.endpoint import MALFORMED, Endpoint
from ricloop.session.events import (
    ComponentsChanged,
    ConnectionsAsked,
    FunctionsChanged,
    NodeEvent,
    RemovalRequested,
    RicEvent,
)

MAX_FUNCTIONS = 256
"""maxofRANfunctionID."""
TOO_MANY = m.Cause("ricService", "excessive-functions")
NO_OTHER_ASSOCIATION = m.Cause("transport", "transport-resource-unavailable")


class RicUpdates:
    """RIC Service Update and E2 Node Configuration Update at the RIC.

    `functions` is what E2 Setup left, changed in place. `gone` is told the ids of functions that are no more.
    """

    def __init__(
        self,
        end: Endpoint[RicEvent],
        functions: dict[int, m.RanFunction],
        function_known: Callable[[m.RanFunction], m.Cause | None],
        gone: Callable[[frozenset[int]], None],
    ) -> None:
        self._end, self._functions, self._function_known, self._gone = end, functions, function_known, gone

    def service_updated(self, message: m.RicServiceUpdate) -> None:
        """Each function is judged alone (8.3.4.2): the others do not suffer for one that we cannot use."""
        deleted = frozenset(f.id for f in message.deleted) & self._functions.keys()
        for id in deleted:
            del self._functions[id]
        rejected: dict[int, m.Cause] = {}
        added: list[m.RanFunction] = []
        modified: list[m.RanFunction] = []
        for function in (*message.added, *message.modified):
            known = function.id in self._functions
            cause = self._function_known(function)
            if cause is None and not known and len(self._functions) >= MAX_FUNCTIONS:
                cause = TOO_MANY
            if cause is not None:
                rejected[function.id] = cause
                continue
            self._functions[function.id] = function
            (modified if known else added).append(function)
        accepted = [m.FunctionId(f.id, f.revision) for f in (*added, *modified)]
        accepted += [f for f in message.deleted if f.id not in self._functions and f.id not in rejected]
        self._end.send(
            m.RicServiceUpdateAcknowledge(
                transaction_id=message.transaction_id,
                accepted=tuple(accepted),
                rejected=tuple(m.FunctionCause(id, cause) for id, cause in rejected.items()),
            )
        )
        # A modified function that we cannot use any more stays as it was: its rejection tells the node so.
        self._gone(deleted)
        self._end.tell(FunctionsChanged(tuple(added), tuple(modified), tuple(sorted(deleted)), tuple(sorted(rejected))))

    def configuration_updated(self, message: m.E2NodeConfigurationUpdate) -> None:
        transaction_id = message.transaction_id
        acknowledge = m.E2NodeConfigurationUpdateAcknowledge(
            transaction_id=transaction_id,
            added=tuple(config_acknowledged(component) for component in message.added),
            updated=tuple(acknowledged(component) for component in message.updated),
            removed=tuple(config_acknowledged(component) for component in message.removed),
        )
        try:
            self._end.send(acknowledge)
        except EncodeError as error:
            # As at E2 Setup: a component id that cannot be repeated was malformed.
            self._end.misbehaved("undecodable", f"an E2 Node Configuration Update cannot be answered: {error}")
            self._end.send(m.E2NodeConfigurationUpdateFailure(transaction_id=transaction_id, cause=MALFORMED))
            return
        self._end.tell(ComponentsChanged(message))

    def release(self) -> None:
        """The association is over: nothing points back at the session any more."""
        self._gone = _nothing


class NodeUpdates:
    """E2 Connection Update at the node. `connect` says of each wanted association why it cannot be had."""

    def __init__(self, end: Endpoint[NodeEvent], connect: Callable[[m.TnlUse], m.Cause | None]) -> None:
        self._end, self._connect = end, connect

    def connection_updated(self, message: m.E2ConnectionUpdate) -> None:
        judged = [(use, self._connect(use)) for use in (*message.added, *message.modified)]
        self._end.send(
            m.E2ConnectionUpdateAcknowledge(
                transaction_id=message.transaction_id,
                setup=tuple(use for use, cause in judged if cause is None),
                failed=tuple(m.TnlCause(use.tnl, cause) for use, cause in judged if cause is not None),
            )
        )
        self._end.tell(ConnectionsAsked(message))


class Removal:
    """E2 Removal, asked for by the peer: answered, told, and the association is closed."""

    def __init__(self, end: Endpoint[Any]) -> None:
        self._end = end

    def requested(self, message: m.E2RemovalRequest) -> None:
        self._end.send(m.E2RemovalResponse(transaction_id=message.transaction_id))
        self._end.tell(RemovalRequested())
        self._end.request_close("the peer asked for E2 Removal")


def no_other_association(_: m.TnlUse) -> m.Cause | None:
    """Keep to the one association there is."""
    return NO_OTHER_ASSOCIATION


def _nothing(_: frozenset[int]) -> None:
    """Nobody is left to tell."""
