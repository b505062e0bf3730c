"""E2 POLICY actions: what nodes were asked to do by themselves, kept as xApps want it.

A policy is one RIC subscription of one action. A later one of the same name and cell changes it: by a RIC Subscription
Modification (E2AP v3), and where the node has none of that, by deletion and a new subscription. One change at a time is
under way; the newest that waits takes the place of what waits. A node that comes back is given its policies again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

import structlog

from ricloop.core.actions import OutcomeState, PolicyChange
from ricloop.core.errors import ConfigError, EncodeError, LocalProtocolError
from ricloop.core.ids import CellId
from ricloop.decide.guards import Refusal
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeModified,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicSubscriptionModificationRequest,
)
from ricloop.e2sm.base import SubscriptionPlan
from ricloop.runtime.nodes.controls import Control, Controls
from ricloop.runtime.nodes.nodes import Function, Node

log = structlog.get_logger()

REQUESTOR = 3
"""RICrequestorID of policies; subscriptions have 1 and controls 2."""
INSTANCES = 1 << 16
NEWER = "a newer change of the same policy came first"
Key = tuple[str, str, CellId]
"""xApp, name and cell."""


class Way(Enum):
    """What was asked of the node and is not answered."""

    INSTALL = "install"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(eq=False, slots=True)
class Change:
    """One action of an xApp, and how it is said to the node (None: a removal)."""

    control: Control
    plan: SubscriptionPlan | None
    begun: bool = False
    done: bool = False


@dataclass(eq=False, slots=True)
class Wanted:
    """One policy: what is wanted of the node, what it has, and what was asked last."""

    node: Node
    function: Function
    want: Change
    request_id: RequestId | None = None
    held: Change | None = None
    asked: tuple[Way, Change] | None = None
    replaces: bool = False
    """The node does not change a policy in place."""


class Policies:
    """All policies of a RIC. Their steps are counted and told as those of controls are."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._wanted: dict[Key, Wanted] = {}
        self._instance = 0

    def __len__(self) -> int:
        """Policies that nodes have."""
        return sum(one.held is not None for one in self._wanted.values())

    def prepare(self, action: PolicyChange, xapp: str, decision: int) -> Callable[[], Control] | Refusal:
        """Find the node, and check that the policy can be said; calling the result sends it, or lets it wait."""
        key = (xapp, action.name, int(action.cell))
        known = self._wanted.get(key)
        if known is not None and known.node.association.session.ready:
            node, function = known.node, known.function
        elif action.removes:
            return Refusal("runtime", f"there is no policy '{action.name}' of xApp '{xapp}' at {action.resource}")
        else:
            found = self._controls.target(action)
            if isinstance(found, Refusal):
                return found
            node, function = found
        plan = None
        if not action.removes:
            try:
                plan = function.model.plan_policy(action, function.offer, node.dialect)
            except (EncodeError, ConfigError) as error:
                return Refusal("runtime", str(error))
        control = Control(action, xapp, decision, node, RequestId(REQUESTOR, 0), self._controls.now())
        return lambda: self._put(key, Change(control, plan), function)

    # ------------------------------------------------------------------------------------------------- answers

    def answered(self, node: Node, request_id: RequestId, refused: Sequence[ActionNotAdmitted]) -> None:
        """A subscription or a modification was admitted; not where its one action is among those `refused`."""
        if refused:
            self.refused(node, request_id, refused[0].cause)
            return
        found = self._of(node, request_id)
        if found is not None and found[1].asked is not None:
            key, one = found
            assert one.asked is not None
            one.held, one.asked = one.asked[1], None
            self._finish(one.held, True)
            self._advance(key, one)

    def refused(self, node: Node, request_id: RequestId, cause: Cause) -> None:
        found = self._of(node, request_id)
        if found is None or found[1].asked is None:
            return
        key, one = found
        assert one.asked is not None
        (way, change), one.asked = one.asked, None
        if way is Way.CHANGE:
            one.replaces = True
            log.info("node changes no policy in place: it is replaced", node=node.name, cause=str(cause))
        else:
            self._finish(change, False, str(cause))
            if one.want is change:
                del self._wanted[key]
                return
        self._advance(key, one)

    def deleted(self, node: Node, request_id: RequestId) -> None:
        found = self._of(node, request_id)
        if found is not None:
            key, one = found
            one.held, one.asked, one.request_id = None, None, None
            self._advance(key, one)

    def ended(self, node: Node, request_id: RequestId, cause: Cause) -> None:
        """The node gave it up, for good."""
        found = self._of(node, request_id)
        if found is not None:
            key, one = found
            self._lost(one, f"the node gave the policy up: {cause}")
            del self._wanted[key]
            log.warning("node ends a policy", node=node.name, policy=key[1], xapp=key[0], cause=str(cause))

    def node_connected(self, node: Node) -> None:
        """Give a node what it had before its association was lost or reset."""
        for key, one in list(self._wanted.items()):
            if one.node.id != node.id or one.held is not None or one.asked is not None:
                continue
            function = node.obeying(_action(one.want))
            if function is not None:
                one.node, one.function, one.want.control.node = node, function, node
                self._advance(key, one)

    def node_lost(self, node: Node) -> None:
        """What it had died with the association; what was under way is not known to have worked."""
        for key, one in [entry for entry in self._wanted.items() if entry[1].node is node]:
            self._lost(one, "the association was lost")
            if _action(one.want).removes:
                del self._wanted[key]

    def delete_all(self) -> None:
        """Ask every node to follow its policies no longer."""
        for one in self._wanted.values():
            session = one.node.association.session
            if one.request_id is not None and session.ready:
                try:
                    session.unsubscribe(one.request_id, self._controls.now())
                except LocalProtocolError as error:
                    log.warning("a policy was gone already", node=one.node.name, error=str(error))
        self._wanted.clear()

    # -------------------------------------------------------------------------------------------------- helpers

    def _put(self, key: Key, change: Change, function: Function) -> Control:
        one = self._wanted.get(key)
        if one is None:
            one = self._wanted[key] = Wanted(change.control.node, function, change)
        else:
            if not one.want.begun:
                one.want.done = True
                self._controls.counts.refused += 1
                self._controls.step(one.want.control, OutcomeState.REFUSED, NEWER)
            one.node, one.function, one.want = change.control.node, function, change
        self._advance(key, one)
        return change.control

    def _advance(self, key: Key, one: Wanted) -> None:
        """Ask for the next thing that leads to what is wanted."""
        if one.asked is not None or one.held is one.want:
            return
        if one.held is not None and (one.want.plan is None or one.replaces or one.node.dialect.e2ap_version == 1):
            self._ask(key, one, Way.REMOVE)
        elif one.held is not None:
            self._ask(key, one, Way.CHANGE)
        elif one.want.plan is not None:
            self._ask(key, one, Way.INSTALL)
        else:
            self._begin(one.want)
            self._finish(one.want, True)
            del self._wanted[key]

    def _ask(self, key: Key, one: Wanted, way: Way) -> None:
        if way is Way.INSTALL:
            one.request_id = self._next()
        assert one.request_id is not None, "what is held was installed"
        change, session, now = one.want, one.node.association.session, self._controls.now()
        one.asked = (way, change)
        change.control.request_id = one.request_id
        self._begin(change)
        try:
            if way is Way.REMOVE:
                session.unsubscribe(one.request_id, now)
            elif way is Way.CHANGE:
                session.modify(self._modification(one), now)
            else:
                plan = cast(SubscriptionPlan, change.plan)
                (action,) = plan.actions
                asked = ActionToBeSetup(id=action.action_id, type=ActionType.POLICY, definition=action.definition)
                session.subscribe(one.request_id, one.function.id, plan.event_trigger, [asked], now)
        except (LocalProtocolError, EncodeError) as error:
            one.asked = None
            self._finish(change, False, str(error))
            del self._wanted[key]

    @staticmethod
    def _modification(one: Wanted) -> RicSubscriptionModificationRequest:
        assert one.held is not None
        assert one.request_id is not None
        old, new = cast(SubscriptionPlan, one.held.plan), cast(SubscriptionPlan, one.want.plan)
        (before,), (after,) = old.actions, new.actions
        return RicSubscriptionModificationRequest(
            request_id=one.request_id,
            function_id=one.function.id,
            event_trigger=None if new.event_trigger == old.event_trigger else new.event_trigger,
            modify=(ActionToBeModified(id=before.action_id, definition=after.definition),),
        )

    def _lost(self, one: Wanted, why: str) -> None:
        if one.asked is not None and not one.asked[1].done:
            change = one.asked[1]
            change.done = True
            self._controls.counts.timed_out += 1
            self._controls.step(change.control, OutcomeState.TIMED_OUT, why)
        one.held, one.asked, one.request_id, one.replaces = None, None, None, False

    def _begin(self, change: Change) -> None:
        """Once: what is asked for again after a loss, or in two steps, was told before."""
        if not change.begun:
            change.begun = True
            change.control.sent_at = self._controls.now()
            self._controls.counts.sent += 1
            self._controls.step(change.control, OutcomeState.SENT)

    def _finish(self, change: Change, worked: bool, reason: str = "") -> None:
        if not change.done:
            change.done = True
            if worked:
                self._controls.counts.acknowledged += 1
                self._controls.counts.accepted += 1
            else:
                self._controls.counts.rejected += 1
            self._controls.step(change.control, OutcomeState.ACCEPTED if worked else OutcomeState.REJECTED, reason)

    def _of(self, node: Node, request_id: RequestId) -> tuple[Key, Wanted] | None:
        held = self._wanted.items()
        return next(((key, one) for key, one in held if one.node is node and one.request_id == request_id), None)

    def _next(self) -> RequestId:
        taken = {one.request_id for one in self._wanted.values()}
        while True:
            self._instance = (self._instance + 1) % INSTANCES
            if (request_id := RequestId(REQUESTOR, self._instance)) not in taken:
                return request_id


def _action(change: Change) -> PolicyChange:
    return cast(PolicyChange, change.control.action)
