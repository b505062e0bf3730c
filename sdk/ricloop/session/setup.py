"""E2 Setup (E2AP 8.3.1): always the first procedure, begun by the node, once on an association."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from ricloop.core.errors import EncodeError, LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap import messages as m
from ricloop.session.components import acknowledged
from ricloop.session.endpoint import MALFORMED, WRONG_STATE, Endpoint
from ricloop.session.events import NodeConnected, NodeEvent, NodeRefused, RicEvent, SetupAccepted, SetupRefused
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

_TIMER = "setup"
SEMANTIC_ERROR = m.Cause("protocol", "semantic-error")


class State(Member):
    NEW = "new"
    WAITING = "waiting for E2 Setup"
    READY = "set up"
    REFUSED = "refused"


class RicInput(Member):
    CONNECT = "connect"
    ADMITTED = "E2SetupRequest, admitted"
    REFUSED = "E2SetupRequest, refused"
    TIMEOUT = "timeout"


class NodeInput(Member):
    CONNECT = "connect"
    RESPONSE = "E2SetupResponse"
    FAILURE = "E2SetupFailure"
    TIMEOUT = "timeout"


class RicSetup:
    """The RIC's half: `admit` says who may come in, `function_known` which of its RAN functions we take."""

    def __init__(
        self,
        end: Endpoint[RicEvent],
        timers: SessionTimers,
        ric: m.GlobalRicId,
        admit: Callable[[m.E2SetupRequest], m.Cause | None],
        function_known: Callable[[m.RanFunction], m.Cause | None],
    ) -> None:
        self._end, self._timers, self._ric = end, timers, ric
        self._admit, self._function_known = admit, function_known
        self.state = State.NEW
        self.request: m.E2SetupRequest | None = None
        self.functions: dict[int, m.RanFunction] = {}
        """What we took, filled in place: a service update changes it."""

    def connect(self) -> None:
        if not step(RIC_TABLE, self, self, RicInput.CONNECT):
            raise LocalProtocolError("connect() is called once, before anything is received")

    def requested(self, message: m.E2SetupRequest) -> None:
        cause = _ambiguous(message) or self._admit(message)
        if cause is None:
            try:
                step(RIC_TABLE, self, self, RicInput.ADMITTED, message)
                return
            except EncodeError as error:
                # The answer repeats the node's component ids; one that cannot be repeated was malformed.
                self._end.misbehaved("undecodable", f"E2 Setup cannot be answered: {error}")
                cause = MALFORMED
        step(RIC_TABLE, self, self, RicInput.REFUSED, (message, cause))

    # ------------------------------------------------------------------------------------------------ handlers

    def _wait(self, _: RicSetup, __: None) -> None:
        self._await_setup(self._timers.setup)

    def _accept(self, _: RicSetup, message: m.E2SetupRequest) -> None:
        refused = {f.id: cause for f in message.functions if (cause := self._function_known(f)) is not None}
        functions = {f.id: f for f in message.functions if f.id not in refused}
        self._end.send(
            m.E2SetupResponse(
                transaction_id=message.transaction_id,
                ric=self._ric,
                accepted=tuple(m.FunctionId(f.id, f.revision) for f in functions.values()),
                rejected=tuple(m.FunctionCause(id, cause) for id, cause in refused.items()),
                components=tuple(acknowledged(component) for component in message.components),
            )
        )
        self.request = message
        self.functions.update(functions)
        self._end.disarm(_TIMER)
        self._end.tell(NodeConnected(message))

    def _refuse(self, _: RicSetup, given: tuple[m.E2SetupRequest, m.Cause]) -> None:
        message, cause = given
        wait = self._timers.time_to_wait_s
        self._end.send(m.E2SetupFailure(transaction_id=message.transaction_id, cause=cause, time_to_wait_s=wait))
        # It may try again on this association, after the time to wait.
        self._await_setup(self._timers.setup + timedelta(seconds=wait))
        self._end.tell(NodeRefused(message, cause))

    def _give_up(self, _: RicSetup, __: None) -> None:
        self._end.request_close("the peer connected and sent no E2 Setup Request in time")

    def _await_setup(self, length: timedelta) -> None:
        self._end.arm(_TIMER, length, lambda: step(RIC_TABLE, self, self, RicInput.TIMEOUT))


class NodeSetup:
    """The node's half."""

    def __init__(self, end: Endpoint[NodeEvent], timers: SessionTimers, request: m.E2SetupRequest) -> None:
        self._end, self._timers, self.request = end, timers, request
        self.state = State.NEW
        self.response: m.E2SetupResponse | None = None
        self.functions: dict[int, m.RanFunction] = {}
        """What the RIC accepted, filled in place: the other procedures hold on to it."""

    def connect(self) -> None:
        if not step(NODE_TABLE, self, self, NodeInput.CONNECT):
            raise LocalProtocolError(f"E2 Setup was begun already: this session is {self.state.value}")

    def accepted(self, message: m.E2SetupResponse) -> None:
        self._answered(NodeInput.RESPONSE, message)

    def refused(self, message: m.E2SetupFailure) -> None:
        self._answered(NodeInput.FAILURE, message)

    def _answered(self, given: NodeInput, message: m.E2SetupResponse | m.E2SetupFailure) -> None:
        ours = self._end.same_transaction(message.transaction_id, self.request.transaction_id)
        if not ours or not step(NODE_TABLE, self, self, given, message):
            reason = f"{given.value} of transaction {message.transaction_id} while {self.state.value}"
            self._end.error("unexpected", reason, WRONG_STATE)

    # ------------------------------------------------------------------------------------------------ handlers

    def _send(self, _: NodeSetup, __: None) -> None:
        self._end.send(self.request)
        self._end.arm(_TIMER, self._timers.setup, lambda: step(NODE_TABLE, self, self, NodeInput.TIMEOUT))

    def _tell_accepted(self, _: NodeSetup, message: m.E2SetupResponse) -> None:
        self._end.disarm(_TIMER)
        rejected = {f.id for f in message.rejected}
        self.response = message
        self.functions.update({f.id: f for f in self.request.functions if f.id not in rejected})
        self._end.tell(SetupAccepted(message))

    def _tell_refused(self, _: NodeSetup, message: m.E2SetupFailure) -> None:
        self._end.disarm(_TIMER)
        self._end.tell(SetupRefused(message.cause, message.time_to_wait_s))
        self._end.request_close(f"the RIC refused E2 Setup: {message.cause}")

    def _give_up(self, _: NodeSetup, __: None) -> None:
        self._end.request_close(f"no answer to E2 Setup in {self._timers.setup.total_seconds():g} s")


def _ambiguous(message: m.E2SetupRequest) -> m.Cause | None:
    """A function id that is listed twice names nothing."""
    twice = [id for id, count in Counter(f.id for f in message.functions).items() if count > 1]
    return SEMANTIC_ERROR if twice else None


RIC_TABLE: Table[State, RicInput] = {
    (State.NEW, RicInput.CONNECT): (RicSetup._wait, State.WAITING),
    (State.NEW, RicInput.ADMITTED): (RicSetup._accept, State.READY),
    (State.NEW, RicInput.REFUSED): (RicSetup._refuse, State.WAITING),
    (State.WAITING, RicInput.ADMITTED): (RicSetup._accept, State.READY),
    (State.WAITING, RicInput.REFUSED): (RicSetup._refuse, State.WAITING),
    (State.WAITING, RicInput.TIMEOUT): (RicSetup._give_up, State.WAITING),
}
"""A second setup finds the association READY, where the session refuses it before it gets here."""

NODE_TABLE: Table[State, NodeInput] = {
    (State.NEW, NodeInput.CONNECT): (NodeSetup._send, State.WAITING),
    (State.WAITING, NodeInput.RESPONSE): (NodeSetup._tell_accepted, State.READY),
    (State.WAITING, NodeInput.FAILURE): (NodeSetup._tell_refused, State.REFUSED),
    (State.WAITING, NodeInput.TIMEOUT): (NodeSetup._give_up, State.REFUSED),
}
