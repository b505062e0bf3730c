"""The near-RT RIC as a machine without input or output: bytes and times in, bytes and records out.

`attach` a peer, give its association what arrives, call `turn`, send what `data_to_send` gives. One turn decides on
everything that has come since the last, in an order that does not depend on which socket was read first: events, then
the newest reports, then timers, then outcomes. xApps of a higher priority come first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from ricloop.app import XApp
from ricloop.app.needs import OutcomeFeed
from ricloop.core.actions import Outcome, OutcomeState
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import ConfigError, DecodeError, RicloopError
from ricloop.core.feeds import Feed, ModelRef, Timer
from ricloop.core.ids import CellId, NodeId, Plmn
from ricloop.core.time import Clock
from ricloop.decide.arbiter import Arbiter
from ricloop.decide.guards import Refusal
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import GlobalRicId
from ricloop.e2sm import registry
from ricloop.e2sm.base import Part
from ricloop.e2sm.ccc import States
from ricloop.e2sm.ccc.states import Changes
from ricloop.runtime.account import Account, Arrived, StreamKey
from ricloop.runtime.association import Association
from ricloop.runtime.audit import Audit, NoAudit
from ricloop.runtime.cellstates import CellStates
from ricloop.runtime.controls import CONFIRM_WITHIN, Control, Controls
from ricloop.runtime.decider import Predict
from ricloop.runtime.dispatch import Dispatch
from ricloop.runtime.identity import UeRegister
from ricloop.runtime.inbox import Inbox
from ricloop.runtime.nodes import Nodes
from ricloop.runtime.runner import Runner, Scene
from ricloop.runtime.shared import SharedStore
from ricloop.runtime.stage import Stage
from ricloop.runtime.stream import SETTLE
from ricloop.runtime.subscriber import Subscribed, Subscriber
from ricloop.runtime.territory import Territory
from ricloop.runtime.values import Values
from ricloop.session import events as ev
from ricloop.session.ric import RicSession
from ricloop.session.timers import SessionTimers

log = structlog.get_logger()

RIC_ID = GlobalRicId(Plmn("001", "01"), 1)


class NearRtRic:
    """xApps, nodes, and the loop between them."""

    def __init__(
        self,
        xapps: Sequence[XApp[Any]],
        *,
        clock: Clock,
        stopwatch: Clock | None = None,
        ric_id: GlobalRicId = RIC_ID,
        topology: Topology | None = None,
        stages: Stage | Mapping[str, Stage] = Stage.ACTIVE,
        models: Mapping[ModelRef[Any], Predict] | None = None,
        audit: Audit | None = None,
        arbiter: Arbiter | None = None,
        dialects: Mapping[NodeId, Dialect] | None = None,
        timers: SessionTimers | None = None,
        confirm_within: timedelta = CONFIRM_WITHIN,
    ) -> None:
        """`clock` decides (deadlines, guards, timers); `stopwatch` only measures, and stamps frames. They are one
        unless the run is paced by hand. `stages` is one for all, or by name of the xApp (default active). A control
        whose effect no report shows in `confirm_within` counts as unconfirmed.

        Raises ConfigError for two xApps of one name, a feed that no service model brings, or a model that is not there.
        """
        self.clock: Clock = clock
        self.stopwatch: Clock = stopwatch or clock
        self.account = Account()
        self.nodes = Nodes()
        self.ues = UeRegister()
        self.shared = SharedStore()
        self.audit: Audit = audit or NoAudit()
        self.associations: list[Association] = []
        self.on_work: Callable[[], None] | None = None
        """Called when there is something to decide: an event loop schedules `turn` with it."""
        self._ric_id, self._timers, self._dialects = ric_id, timers, dialects or {}
        self._given_topology = topology or Topology()
        self._topology = self._given_topology
        self.territory = Territory()
        self._cells = CellStates()
        self._quiet = False
        self._stopped = False
        stage_of = stages.get if isinstance(stages, Mapping) else lambda _, __: stages
        arbiter = arbiter or Arbiter()
        self.runners = sorted(
            (
                Runner(app, clock, arbiter, models=models, stage=stage_of(app.name, Stage.ACTIVE), need_models=True)
                for app in xapps
            ),
            key=lambda runner: -runner.app.priority,
        )
        names = Counter(runner.name for runner in self.runners)
        if twice := [name for name, count in names.items() if count > 1]:
            raise ConfigError(f"two xApps are called '{twice[0]}': give one of them another `name`")
        # A clock paced by hand stands still until everything that was sent has arrived: nothing to wait for then.
        self.inbox = Inbox(self.account, settle=SETTLE if self.stopwatch is clock else 0)
        self.values = Values(self.shared, lambda: self._topology)
        self.controls = Controls(
            self.nodes,
            self.ues,
            lambda: self.states,
            clock.now,
            self._control_stepped,
            confirm_within,
            may=self.territory.has,
        )
        self.subscriber = Subscriber(
            _feeds(self.runners), self.nodes, lambda: self._topology, self._expect, self._forget
        )
        self.dispatch = Dispatch(self)
        for runner in self.runners:
            self._call(runner, "started")

    # ----------------------------------------------------------------------------------------- what drives it

    def attach(self, peer: str) -> Association:
        """A connection was opened to us."""
        session = RicSession(self._ric_id, self.nodes.admit, timers=self._timers)
        association = Association(self, session, peer)
        self.associations.append(association)
        return association

    def timer_at(self) -> int | None:
        """When to call `handle_timer`, on the loop's clock. Sessions that a link drives keep their own time."""
        due = [self.inbox.timer_at(), self.dispatch.timer_at(), self.subscriber.timer_at()]
        due += [a.session.timer_at() for a in self.associations if a.flush is None]
        return min((at for at in due if at is not None), default=None)

    def handle_timer(self, now: int) -> None:
        """Let sessions give up on answers, and decide what is due."""
        for association in [a for a in self.associations if a.flush is None]:
            association.handle_timer(now)
        self.turn()

    def turn(self) -> int:
        """Decide on everything that is there; how many decisions that were."""
        if self._stopped:
            return 0
        if self.subscriber.handle_timer(self.clock.now()):
            self.flush()
        return self.dispatch.turn()

    def quiesce(self) -> None:
        """From now on, decide but send no control."""
        self._quiet = True

    def shutdown(self) -> None:
        """Stop deciding, tell the xApps, and ask every node to delete our subscriptions. Answers may still come."""
        if self._stopped:
            return
        self._quiet = self._stopped = True
        self.inbox.drop("the run ended")
        self.dispatch.drop("the run ended")
        for runner in self.runners:
            self._call(runner, "stopping")
        self.subscriber.delete_all(self.clock.now())
        self.flush()
        self.audit.flush()

    def flush(self) -> None:
        """Have every link send what its session has ready."""
        for association in list(self.associations):
            if association.flush is not None:
                association.flush()

    # ------------------------------------------------------------------------------------------------- looking

    @property
    def topology(self) -> Topology:
        return self._topology

    @property
    def states(self) -> States:
        """The last reported energy saving state of every cell."""
        return self._cells.states

    @property
    def quiet(self) -> bool:
        return self._quiet

    @property
    def draining(self) -> bool:
        """True while a deletion or a control waits for its answer."""
        waits = [a.session.timer_at() is not None for a in self.associations if a.session.ready]
        return any(waits)

    def scene(self) -> Scene:
        """What guards look at now."""
        return Scene(self._topology, self.states, self.controls.pending())

    def counts(self) -> dict[str, dict[str, int]]:
        """E2AP messages of each node's present association: `{"sent": {node: n}, "received": {node: n}}`.

        What an association that is gone had under way never arrives, so it is not counted: both ends can be compared.
        """
        ways: dict[str, dict[str, int]] = {"sent": {}, "received": {}}
        for node in sorted(self.nodes, key=lambda node: node.name):
            for way, counts in ways.items():
                counts[node.name] = node.association.session.counters[way]
        return ways

    def check(self) -> None:
        """Raises AccountError unless every indication is accounted for."""
        self.account.check(self.inbox.waiting() + self.dispatch.waiting())

    def status(self) -> dict[str, Any]:
        """Counters of now; cheap."""
        account, deciders = self.account, [d for r in self.runners for d in r.deciders.values()]
        return {
            "nodes": len(self.nodes),
            "cells": len({cell for node in self.nodes for cell in node.own_cells}),
            "received": account.received,
            "decided": account.decided,
            "superseded": account.superseded,
            "refused": account.refused,
            "waiting": account.waiting,
            "subscriptions": self.subscriber.active(),
            "controls": self.controls.counts.as_dict(),
            "deadline_misses": sum(decider.counts.misses for decider in deciders),
            "handler_errors": sum(decider.counts.errors for decider in deciders),
            "trips": sum(decider.counts.trips for decider in deciders),
        }

    def summary(self) -> dict[str, Any]:
        """The run in numbers, JSON-able. Latencies in milliseconds; decisions that send a control apart."""
        self.check()
        deadlines = [h.deadline.total_seconds() * 1000 for r in self.runners for h in r.handlers]
        stats = self.dispatch.stats
        return {
            "schema": 1,
            "xapps": [runner.name for runner in self.runners],
            **self.status(),
            "refused_reasons": dict(self.account.reasons),
            "audit_dropped": self.audit.dropped,
            "deadline_ms": min(deadlines, default=0.0),
            "loop_ms": stats.with_control.quantiles(),
            "loop_ms_without_control": stats.without_control.quantiles(),
        }

    # ---------------------------------------------------------------------------------------------- from below

    def on_event(self, association: Association, event: ev.RicEvent, arrived: int) -> None:
        """One event of an association's session."""
        _EVENTS[type(event)](self, association, event, arrived)

    def _connected(self, association: Association, event: ev.NodeConnected, _: int) -> None:
        now, setup = self.clock.now(), event.setup
        node = self.nodes.add(setup, association, self._dialects.get(setup.node, STANDARD))
        association.node, association.name = node, node.name
        self._unknow(self.territory.renew(self.nodes))
        for fault in node.faults:
            log.error("a RAN function cannot be read and is left alone", node=node.name, error=fault)
        learnt = {cell: str(node.gnb) for cell in node.own_cells}
        self._topology = self._topology.with_cells(learnt)
        log.info(
            "node connected",
            node=node.name,
            peer=association.peer,
            functions=[function.model.name for function in node.functions],
            cells=len(self.nodes.cells_of(node, self._topology)),
        )
        if not self._stopped:
            self.subscriber.node_connected(node, now)
            # Subscribing at one node can change what its gNB's other nodes are asked.
            self.flush()
            for runner in self.runners:
                self._call(runner, "node_connected", node.id)

    def _refused(self, association: Association, event: ev.NodeRefused, _: int) -> None:
        association.name = str(event.setup.node)
        holder = self.nodes.get(event.setup.node)
        log.warning(
            "node refused: its id is connected already",
            node=association.name,
            peer=association.peer,
            connected_from=holder.association.peer if holder else "",
            cause=str(event.cause),
        )

    def _admitted(self, association: Association, event: ev.SubscriptionAdmitted, _: int) -> None:
        if association.node is not None:
            now = self.clock.now()
            self.subscriber.admitted(association.node, event.request_id, event.admitted, event.not_admitted, now)
            self._subscription_answered()

    def _subscription_refused(self, association: Association, event: ev.SubscriptionRefused, _: int) -> None:
        if association.node is not None:
            self.subscriber.refuse(association.node, event.request_id, event.cause, self.clock.now())
            self._subscription_answered()

    def _subscription_answered(self) -> None:
        """What was refused may be asked for again later: a turn arms the timer for it."""
        if self.on_work is not None and self.subscriber.timer_at() is not None:
            self.on_work()

    def _indicated(self, association: Association, event: ev.IndicationReceived, arrived: int) -> None:
        self.account.received += 1
        node = association.node
        subscribed = None if node is None else self.subscriber.find(node, event.request_id)
        if node is None or subscribed is None or event.action_id not in subscribed.actions:
            self.account.refuse(None, "not subscribed")
            return
        if self._stopped or not self.dispatch.wanted(subscribed.feed):
            self.account.refuse(None, "the run ended" if self._stopped else "xApp is off")
            return
        plan = subscribed.actions[event.action_id]
        try:
            part = subscribed.model.decode(plan, event.header, event.message, node.dialect)
        except DecodeError as error:
            self.account.refuse(None, "undecodable")
            log.warning("indication cannot be read", node=node.name, feed=subscribed.feed.title, error=str(error))
            return
        own = self.territory.own(node, part)
        if own is not part and self.territory.first_time(node):
            log.error("node reports cells that are not its own; dropped, and told once", node=node.name)
        if own is None:
            self.account.refuse(None, "not the node's cells")
            return
        key = subscribed.key(event.action_id)
        self.inbox.put(subscribed.feed, Arrived(key, node.gnb, own, event.sequence, arrived, self._at(arrived)))
        if self.on_work is not None:
            self.on_work()

    def _acknowledged(self, association: Association, event: ev.ControlAcknowledged, _: int) -> None:
        if association.node is not None:
            self.controls.acknowledged(association.node, event.request_id, event.outcome)

    def _failed(self, association: Association, event: ev.ControlFailed, _: int) -> None:
        if association.node is not None:
            self.controls.failed(association.node, event.request_id, event.cause)

    def _timed_out(self, association: Association, event: ev.ControlTimedOut, _: int) -> None:
        if association.node is not None:
            self.controls.timed_out(association.node, event.request_id, "the node did not answer in time")

    def _reset(self, association: Association, event: Any, _: int) -> None:
        node = association.node
        if node is not None:
            log.warning("association reset; subscribing again", node=node.name)
            self.controls.lost(node, "the association was reset")
            self.subscriber.node_lost(node)
            if not self._stopped:
                self.subscriber.node_connected(node, self.clock.now())

    def _errored(self, association: Association, event: ev.ErrorReceived, _: int) -> None:
        log.warning("node reports an error", node=association.name or association.peer, cause=str(event.error.cause))

    def _misbehaved(self, association: Association, event: ev.PeerMisbehaved, _: int) -> None:
        log.warning("node misbehaves", node=association.name or association.peer, kind=event.kind, reason=event.reason)

    def _lost(self, association: Association, event: ev.AssociationLost, _: int) -> None:
        if association in self.associations:
            self.associations.remove(association)
        # The way out leads back to the association: cut, it is freed without a garbage collection.
        association.flush = None
        node, association.node = association.node, None
        if node is None:
            log.warning("connection lost before E2 Setup", peer=association.peer, reason=event.reason)
            return
        log.warning("node lost", node=node.name, peer=association.peer, reason=event.reason)
        self.nodes.remove(node)
        self.controls.lost(node, f"the association was lost: {event.reason}")
        self.subscriber.node_lost(node)
        self.controls.forget(node)
        self.inbox.drop_events(node.name, "the node was lost")
        own = [cell for cell in node.own_cells if self.territory.has(node, cell)]
        self.territory.renew(self.nodes)
        self._unknow(own)
        if not self.nodes.of_gnb(node.gnb):
            self.values.forget(node.gnb)
            self.ues.forget_gnb(node.gnb)
        for runner in self.runners:
            self._call(runner, "node_lost", node.id)

    def _nothing(self, association: Association, event: Any, _: int) -> None:
        """`SubscriptionDeleted`: it was dropped when the deletion was asked for."""

    # -------------------------------------------------------------------------------------------------- helpers

    def prepare(self, runner: Runner, decision: int) -> Callable[[Any], Any]:
        """What makes an action of a decision ready to be sent."""

        def prepared(action: Any) -> Any:
            if self._quiet:
                return Refusal("runtime", "the run is ending: no new controls")
            return self.controls.prepare(action, runner.name, decision)

        return prepared

    def note_value(self, feed: Feed[Any], value: Any) -> None:
        """A feed has a new report: what it says about controls."""
        self.controls.observe(feed, value)

    def note_event(self, feed: Feed[Any], part: Part, value: Any) -> None:
        """A feed has a new event. The cells' states, and the effect of a control, are in what the event itself says:
        `value` has everything merged in that was said before."""
        changes = part.content
        self.controls.observe(
            feed, self._cells.note(feed, changes, part.time) if isinstance(changes, Changes) else value
        )

    def _unknow(self, cells: Collection[CellId]) -> None:
        """Who told the states of these cells is gone, or had no right to."""
        self._cells.forget(cells)
        self.values.scrub(cells)

    def _at(self, arrived: int) -> int:
        # One clock: the stamp is the moment. Two: the loop's time is all there is.
        return arrived if self.stopwatch is self.clock else self.clock.now()

    def _expect(self, subscribed: Subscribed, key: StreamKey) -> None:
        self.inbox.expect(subscribed.feed, subscribed.node.gnb, key)
        self.dispatch.expect(subscribed.feed, subscribed.node.gnb)

    def _forget(self, subscribed: Subscribed, key: StreamKey) -> None:
        self.inbox.forget(subscribed.feed, subscribed.node.gnb, key)

    def _control_stepped(self, control: Control, outcome: Outcome) -> None:
        if outcome.state in (OutcomeState.REJECTED, OutcomeState.TIMED_OUT):
            log.warning(
                "control did not work",
                node=control.node.name,
                action=str(control.action),
                state=outcome.state.value,
                reason=outcome.reason,
            )
        self.dispatch.outcome(control.xapp, outcome)
        self.audit.record(
            "outcome",
            {
                "decision": control.decision,
                "request": control.request,
                "action": str(control.action),
                "state": outcome.state.value,
                "reason": outcome.reason,
                "time": outcome.time,
            },
        )

    def _call(self, runner: Runner, method: str, *arguments: Any) -> None:
        """One of the xApp's life-cycle methods; what it raises is told and stops nothing."""
        if runner.stage is Stage.OFF:
            return
        try:
            getattr(runner.app, method)(*arguments)
        except RicloopError as error:
            log.error("xApp code failed", xapp=runner.name, method=method, error=str(error))
        except Exception as error:
            log.error("xApp code failed", xapp=runner.name, method=method, error=f"{type(error).__name__}: {error}")


def _feeds(runners: Sequence[Runner]) -> list[Feed[Any]]:
    """Every feed that must be subscribed, each once. Raises ConfigError for one that no service model brings."""
    found: dict[Feed[Any], None] = {}
    for runner in runners:
        for handler in runner.handlers:
            for need in (handler.feed, *handler.needs):
                if isinstance(need, Feed) and not isinstance(need, Timer | OutcomeFeed):
                    registry.owner_of_feed(need)
                    found[need] = None
    return list(found)


_EVENTS: Mapping[type[Any], Callable[[NearRtRic, Association, Any, int], None]] = {
    ev.NodeConnected: NearRtRic._connected,
    ev.NodeRefused: NearRtRic._refused,
    ev.SubscriptionAdmitted: NearRtRic._admitted,
    ev.SubscriptionRefused: NearRtRic._subscription_refused,
    ev.SubscriptionDeleted: NearRtRic._nothing,
    ev.IndicationReceived: NearRtRic._indicated,
    ev.ControlAcknowledged: NearRtRic._acknowledged,
    ev.ControlFailed: NearRtRic._failed,
    ev.ControlTimedOut: NearRtRic._timed_out,
    ev.ResetReceived: NearRtRic._reset,
    ev.ResetCompleted: NearRtRic._reset,
    ev.ErrorReceived: NearRtRic._errored,
    ev.PeerMisbehaved: NearRtRic._misbehaved,
    ev.AssociationLost: NearRtRic._lost,
}
