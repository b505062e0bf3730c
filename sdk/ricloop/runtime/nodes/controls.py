"""Controls in flight: bytes out, answers in, and whether a later report shows the effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import Any

from ricloop.core.actions import Action, Answer, Outcome, OutcomeState
from ricloop.core.errors import ConfigError, DecodeError, EncodeError, LocalProtocolError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, NodeId, Resource
from ricloop.core.time import ns
from ricloop.decide.guards import Refusal
from ricloop.e2ap.messages import AckRequest, Cause, RequestId, RicControlRequest
from ricloop.e2sm import registry
from ricloop.e2sm.base import ControlContext
from ricloop.e2sm.ccc.states import Known
from ricloop.runtime.nodes.awaited import Awaited, Key
from ricloop.runtime.nodes.identity import UeRegister
from ricloop.runtime.nodes.nodes import Function, Node, Nodes

REQUESTOR = 2
"""RICrequestorID of controls; subscriptions have 1."""
INSTANCES = 1 << 16
CONFIRM_WITHIN = timedelta(seconds=60)
"""How long a report may still show the effect of a control; afterwards it counts as not confirmed."""


@dataclass(slots=True, eq=False)
class Control:
    """One control and where it got to."""

    action: Action
    xapp: str
    decision: int
    node: Node
    request_id: RequestId
    sent_at: int
    state: OutcomeState = OutcomeState.SENT
    seen: bool = False
    """A report showed the effect before the node had answered."""
    settled: bool = False
    """A later report, or the answer to a later control, tells where its resource stands: no doubt is left over."""
    awaited: bool = False
    """Accepted, and a report may still show it."""
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.action.resource, self.action.parameter)

    @property
    def request(self) -> list[object]:
        """As the audit record names it."""
        return [self.node.name, self.request_id.requestor, self.request_id.instance]


@dataclass(slots=True)
class ControlCounts:
    """Every control is sent; then it is acknowledged (accepted or rejected), rejected by a failure, or timed out."""

    sent: int = 0
    acknowledged: int = 0
    accepted: int = 0
    rejected: int = 0
    timed_out: int = 0
    effect_confirmed: int = 0
    unconfirmed: int = 0
    """Accepted, but no report showed it in time."""
    refused: int = 0
    """Actions that were never sent: by a guard, the arbiter, or because nobody can be asked."""

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(eq=False)
class Controls:
    """All controls of a RIC. `tell` hears of every step, for the audit and the `outcomes` feed."""

    nodes: Nodes
    ues: UeRegister
    known: Callable[[], Known]
    now: Callable[[], int]
    tell: Callable[[Control, Outcome], None]
    confirm_within: timedelta = CONFIRM_WITHIN
    counts: ControlCounts = field(default_factory=ControlCounts)
    may: Callable[[Node, CellId], bool] = lambda node, cell: True
    """May this node be asked to change this cell?"""
    _in_flight: dict[tuple[str, int], Control] = field(default_factory=dict)
    """By the node's name and the instance of the request."""
    _awaited: Awaited = field(default_factory=Awaited)
    _instance: int = 0

    def prepare(self, action: Action, xapp: str, decision: int) -> Callable[[], Control] | Refusal:
        """Find the node, and encode; calling the result sends it."""
        try:
            registry.owner_of_action(action)
        except ConfigError as error:
            return Refusal("runtime", str(error))
        found = self.target(action)
        if isinstance(found, Refusal):
            return found
        node, function = found
        ue, resource = None, action.resource
        if resource.kind == "ue" and not isinstance(resource.id, NodeId) and not isinstance(action, Answer):
            ue = self.ues.called_by(node.id, resource.id)
            if ue is None:
                return Refusal("runtime", f"unresolved: {node.name} has not named {resource}")
        try:
            context = ControlContext(ue, self.known(), node.dialect, function.offer.detail)
            header, message = function.model.encode_control(action, context)
        except (EncodeError, ConfigError) as error:
            return Refusal("runtime", str(error))
        return lambda: self._send(action, xapp, decision, node, function, header, message)

    def pending(self) -> tuple[Action, ...]:
        """Sent, and not yet seen to take effect or to have failed.

        A change of a cell that timed out, or that no report confirmed, stays among them until a report shows the cell's
        state, a later control of it is answered, or its node is lost.
        """
        if not self._in_flight:
            return self._awaited.actions
        return tuple(dict.fromkeys((*(c.action for c in self._in_flight.values()), *self._awaited.actions)))

    # ------------------------------------------------------------------------------------------------- answers

    def acknowledged(self, node: Node, request_id: RequestId, outcome: bytes | None) -> None:
        control = self._in_flight.pop((node.name, request_id.instance), None)
        if control is None:
            return
        self._awaited.answered(control.key)
        self.counts.acknowledged += 1
        self.step(control, OutcomeState.ACKNOWLEDGED)
        try:
            verdict = registry.owner_of_action(control.action).verdict(control.action, outcome, node.dialect)
            accepted, reason = verdict.accepted, verdict.reason
        except DecodeError as error:
            accepted, reason = False, f"the outcome cannot be read: {error}"
        if not accepted:
            self.counts.rejected += 1
            self.step(control, OutcomeState.REJECTED, reason)
            return
        self.counts.accepted += 1
        self.step(control, OutcomeState.ACCEPTED)
        if isinstance(control.action, Answer):
            return
        if control.seen:
            self._confirm(control)
        elif self._awaited.add(control) is not None:
            self.counts.unconfirmed += 1

    def failed(self, node: Node, request_id: RequestId, cause: Cause) -> None:
        control = self._in_flight.pop((node.name, request_id.instance), None)
        if control is not None:
            self._awaited.answered(control.key)
            self.counts.rejected += 1
            self.step(control, OutcomeState.REJECTED, str(cause))

    def timed_out(self, node: Node, request_id: RequestId, why: str) -> None:
        control = self._in_flight.pop((node.name, request_id.instance), None)
        if control is not None:
            self.counts.timed_out += 1
            self._doubt(control)
            self.step(control, OutcomeState.TIMED_OUT, why)

    def lost(self, node: Node, why: str) -> None:
        """The association is gone, or was reset: nobody will answer."""
        for control in [control for control in self._in_flight.values() if control.node is node]:
            self.timed_out(node, control.request_id, why)

    def forget(self, node: Node) -> None:
        """The node is gone with what it was asked, and what its cells do is unknown until it is back."""
        self._awaited.forget(node)

    def observe(self, feed: Feed[Any], value: Any) -> None:
        """A feed has a new report, or an event: does it show the effect of anything?"""
        for control in self._awaited.expired(self.now() - ns(self.confirm_within)):
            self.counts.unconfirmed += 1
            self._doubt(control)
        model = registry.owner_of_feed(feed)
        kinds = model.shown_by(value)
        if not kinds:
            return
        for control in self._awaited.shown(kinds, lambda action: model.confirmed(action, value)):
            self._confirm(control)
        for control in self._in_flight.values():
            control.seen = control.seen or bool(model.confirmed(control.action, value))

    # -------------------------------------------------------------------------------------------------- helpers

    def target(self, action: Action) -> tuple[Node, Function] | Refusal:
        """The node, and its RAN function, that an action is for."""
        if isinstance(action, Answer):
            return self._asker_of(action)
        resource = action.resource
        known = self._owners(resource)
        if not known:
            where = "is not connected" if resource.kind == "node" else "is no connected node's"
            return Refusal("runtime", f"unresolved: {resource} {where}")
        for node in known:
            function = node.obeying(action)
            if function is not None and node.association.session.ready:
                return node, function
        names = ", ".join(node.name for node in known)
        return Refusal("runtime", f"no node of {resource} takes this control ({names} asked)")

    def _owners(self, resource: Resource) -> Sequence[Node]:
        """The nodes that may be asked to change it, in the order of their ids."""
        id = resource.id
        if isinstance(id, NodeId):
            node = self.nodes.get(id)
            return () if node is None else (node,)
        if resource.kind == "cell":
            return [node for node in self.nodes.of_cell(id) if not node.own_cells or self.may(node, id)]
        owners: Iterable[Node] = self.nodes
        if resource.kind == "ue":
            gnbs = self.ues.gnbs_of(id)
            owners = (node for node in self.nodes if node.gnb in gnbs)
        return sorted(owners, key=attrgetter("name"))

    def _asker_of(self, action: Answer) -> tuple[Node, Function] | Refusal:
        to = action.to
        node = None if to is None else self.nodes.get(to.node)
        function = (
            None if to is None or node is None else next((f for f in node.functions if f.id == to.function), None)
        )
        if to is None or node is None or function is None or not node.association.session.ready:
            return Refusal("runtime", f"{action}: the node that asked is gone")
        if self.now() > to.until:
            late = (self.now() - to.until) / 1e6
            return Refusal("runtime", f"{action}: {node.name} stopped waiting {late:.1f} ms ago")
        return node, function

    def _send(
        self, action: Action, xapp: str, decision: int, node: Node, function: Function, header: bytes, message: bytes
    ) -> Control:
        now = self.now()
        request_id = self._next(node.name)
        request = RicControlRequest(
            request_id=request_id,
            function_id=function.id,
            call_process_id=action.to.process if isinstance(action, Answer) and action.to is not None else None,
            header=header,
            message=message,
            ack=AckRequest.ACK,
        )
        control = Control(action, xapp, decision, node, request_id, now)
        try:
            node.association.session.control(request, now)
        except LocalProtocolError as error:
            raise LocalProtocolError(f"control to {node.name}: {error}") from error
        self._in_flight[node.name, request_id.instance] = control
        self.counts.sent += 1
        self.step(control, OutcomeState.SENT)
        return control

    def _next(self, node: str) -> RequestId:
        # Instances go round; one still in flight after 65,536 others is skipped.
        while True:
            self._instance = (self._instance + 1) % INSTANCES
            if (node, self._instance) not in self._in_flight:
                return RequestId(REQUESTOR, self._instance)

    def _doubt(self, control: Control) -> None:
        # Only cells: a report says for certain where a UE is, and a guard counts on none of them.
        if control.action.resource.kind == "cell" and not control.seen and not control.settled:
            self._awaited.doubt(control)

    def _confirm(self, control: Control) -> None:
        self.counts.effect_confirmed += 1
        self.step(control, OutcomeState.EFFECT_CONFIRMED)

    def step(self, control: Control, state: OutcomeState, reason: str = "") -> None:
        """A control got somewhere: whoever is to hear of it does."""
        control.state = state
        self.tell(control, Outcome(control.action, state, reason, self.now()))
