"""The near-RT RIC as a machine without input or output: bytes and times in, bytes and records out.

`attach` a peer, give its association what arrives, call `turn`, send what `data_to_send` gives. One turn decides on
everything that has come since the last, in an order that does not depend on which socket was read first: events, then
the newest reports, then timers, then outcomes. xApps of a higher priority come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ricloop.app import XApp
from ricloop.core.actions import Outcome
from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, ModelRef
from ricloop.core.ids import CellId, Plmn
from ricloop.core.time import Clock
from ricloop.decide.arbiter import Arbiter
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import GlobalRicId
from ricloop.e2sm.ccc import States
from ricloop.runtime import summary
from ricloop.runtime.a1.policies import A1Policies
from ricloop.runtime.books.account import Account, StreamKey
from ricloop.runtime.books.audit import Audit, NoAudit
from ricloop.runtime.books.quality import Quality
from ricloop.runtime.books.trace import Trace
from ricloop.runtime.inference.predict import Predict
from ricloop.runtime.loop.dispatch import Dispatch
from ricloop.runtime.loop.inbox import Inbox
from ricloop.runtime.loop.reactions import Reactions
from ricloop.runtime.loop.record import keep_outcome
from ricloop.runtime.loop.runner import Runner, Scene, feeds_of, runners_of
from ricloop.runtime.loop.shared import SharedStore
from ricloop.runtime.loop.stream import SETTLE
from ricloop.runtime.loop.values import Values
from ricloop.runtime.models.lifecycle import Lifecycle
from ricloop.runtime.nodes.admission import Admission, AllowList
from ricloop.runtime.nodes.association import Association
from ricloop.runtime.nodes.cellstates import CellStates
from ricloop.runtime.nodes.controls import CONFIRM_WITHIN, Control, Controls
from ricloop.runtime.nodes.identity import UeRegister
from ricloop.runtime.nodes.inventory import Inventory
from ricloop.runtime.nodes.nodes import Nodes
from ricloop.runtime.nodes.policies import Policies
from ricloop.runtime.nodes.queries import Queries
from ricloop.runtime.nodes.subscribed import Subscribed
from ricloop.runtime.nodes.subscriber import Subscriber
from ricloop.runtime.nodes.territory import Territory
from ricloop.runtime.stage import Stage
from ricloop.session.ric import RicSession
from ricloop.session.timers import SessionTimers

if TYPE_CHECKING:
    from ricloop.runtime.remote.remotes import Remotes

RIC_ID = GlobalRicId(Plmn("001", "01"), 1)


def _nothing() -> None:
    """Nobody schedules turns: they are taken by hand."""


class NearRtRic:
    """xApps, nodes, and the loop between them.

    `clock` decides (deadlines, guards, timers); `stopwatch` only measures, and stamps frames. They are one unless the
    run is paced by hand. `stages` is one for all, or by name of the xApp (default active). A control whose effect no
    report shows in `confirm_within` counts as unconfirmed. `allowed` says which nodes may connect (default: all).
    """

    on_work: Callable[[], None] = staticmethod(_nothing)
    """Called when there is something to decide: an event loop schedules `turn` with it."""
    trace: Trace | None = None
    """Where every decision's stages are noted, if anywhere."""
    remotes: Remotes | None = None
    """The xApps in processes of their own, where there may be any."""
    quiet = False
    """True while nothing is sent, whatever is decided."""
    stopped = False
    """True once the run has ended: nothing is decided any more."""

    def __init__(
        self,
        xapps: Sequence[XApp[Any]],
        *,
        clock: Clock,
        stopwatch: Clock | None = None,
        ric_id: GlobalRicId = RIC_ID,
        topology: Topology | None = None,
        stages: Stage | Mapping[str, Stage] = Stage.ACTIVE,
        models: Mapping[ModelRef[Any], Predict | None] | None = None,
        audit: Audit | None = None,
        arbiter: Arbiter | None = None,
        dialects: Mapping[str, Dialect] | None = None,
        allowed: AllowList | None = None,
        timers: SessionTimers | None = None,
        confirm_within: timedelta = CONFIRM_WITHIN,
    ) -> None:
        """Raises ConfigError for two xApps of one name, a feed that no service model brings, or a model that is not
        there."""
        self.clock: Clock = clock
        self.stopwatch: Clock = stopwatch or clock
        self._ric_id, self._timers = ric_id, timers
        self._topology = topology or Topology()
        self.associations: list[Association] = []
        self.nodes, self.ues, self.territory, self.cells = Nodes(), UeRegister(), Territory(), CellStates()
        self.account, self.quality, self.shared = Account(), Quality(), SharedStore()
        self.audit: Audit = audit or NoAudit()
        self.arbiter = arbiter or Arbiter()
        self.runners = runners_of(xapps, clock, self.arbiter, models, stages)
        feeds = feeds_of(self.runners)
        # A clock paced by hand stands still until everything that was sent has arrived: nothing to wait for then.
        settle = SETTLE if self.stopwatch is clock else 0
        self.inbox = Inbox(self.account, settle=settle, superseded=lambda *what: self.dispatch.superseded(*what))
        self.values = Values(self.shared, lambda: self._topology)
        self.a1 = A1Policies(lambda need, value: self.values.set_policy(need, value, clock.now()))
        self.controls = Controls(
            self.nodes,
            self.ues,
            lambda: self.cells.known,
            clock.now,
            self._control_stepped,
            confirm_within,
            may=self.territory.has,
        )
        self.subscriber = Subscriber(feeds, self.nodes, lambda: self._topology, self._expect, self._forget)
        self.policies = Policies(self.controls)
        self.queries = Queries(feeds, self.nodes, clock.now)
        self.admission = Admission(
            allowed or AllowList(),
            lambda node: self.nodes.get(node) is not None,
            lambda: self.subscriber.asking.full,
            clock.now,
        )
        self.inventory = Inventory(self.nodes, self.subscriber, self.admission, clock.now, lambda: self._topology)
        self.dispatch = Dispatch(self)
        self.lifecycle = Lifecycle(self)
        self._reactions = Reactions(self, dialects or {})
        for runner in self.runners:
            self.a1.add(runner)
            runner.call("started")

    # ----------------------------------------------------------------------------------------- what drives it

    def attach(self, peer: str) -> Association:
        """A connection was opened to us."""
        session = RicSession(self._ric_id, self.admission.admit, timers=self._timers)
        association = Association(session, peer, self.clock, self.stopwatch, self._reactions.take)
        self.associations.append(association)
        return association

    def timer_at(self) -> int | None:
        """When to call `handle_timer`, on the loop's clock."""
        due = [self.turn_at(), *(a.session.timer_at() for a in self.associations if a.flush is None)]
        return min((at for at in due if at is not None), default=None)

    def turn_at(self) -> int | None:
        """When to call `turn`, whatever comes; a link keeps its session's time itself."""
        parts = (self.inbox, self.dispatch, self.subscriber, self.queries)
        due = [at for part in parts if (at := part.timer_at()) is not None]
        if self.remotes is not None and (at := self.remotes.timer_at()) is not None:
            due.append(at)
        return min(due, default=None)

    def handle_timer(self, now: int) -> None:
        """Let sessions give up on answers, and decide what is due."""
        for association in [a for a in self.associations if a.flush is None]:
            association.handle_timer(now)
        self.turn()

    def turn(self) -> int:
        """Decide on everything that is there; how many decisions that were."""
        if self.stopped:
            return 0
        now = self.clock.now()
        if self.remotes is not None:
            self.remotes.handle_timer(now)
        if any([self.subscriber.handle_timer(now), self.queries.handle_timer(now)]):
            self.flush()
        return self.dispatch.turn()

    def add(self, runner: Runner) -> None:
        """One more xApp. Raises ConfigError where one of its name is here, or no service model brings a feed of it."""
        if any(other.name == runner.name for other in self.runners):
            raise ConfigError(f"an xApp '{runner.name}' runs here already")
        feeds, every = self._alone(runner), feeds_of([runner])
        self.runners = sorted((*self.runners, runner), key=lambda runner: -runner.app.priority)
        self.a1.add(runner)
        self.dispatch.add(runner)
        self.queries.add(feeds)
        self.subscriber.add(feeds, self.clock.now())
        self.flush()
        for feed in every:
            for gnb in self.subscriber.gnbs_of(feed):
                self.dispatch.expect(feed, gnb)
        for node in list(self.nodes):
            runner.call("node_connected", node.id)

    def remove(self, runner: Runner) -> None:
        """An xApp goes, and what was subscribed for it alone."""
        feeds = self._alone(runner)
        self.runners = [other for other in self.runners if other is not runner]
        self.dispatch.remove(runner)
        self.a1.remove(runner)
        self.queries.remove(feeds)
        self.subscriber.remove(feeds, self.clock.now())
        self.inbox.drop_feeds(feeds, "xApp is gone")
        self.values.drop(feeds)
        self.flush()

    def _alone(self, runner: Runner) -> list[Feed[Any]]:
        """The feeds that no other xApp reads."""
        others = set(feeds_of([other for other in self.runners if other is not runner]))
        return [feed for feed in feeds_of([runner]) if feed not in others]

    def quiesce(self) -> None:
        """From now on, decide but send no control."""
        self.quiet = True

    def shutdown(self) -> None:
        """Stop deciding, tell the xApps, and ask every node to delete our subscriptions. Answers may still come."""
        if self.stopped:
            return
        if self.remotes is not None:
            self.remotes.end()
        self.quiet = self.stopped = True
        self.inbox.drop("the run ended")
        self.dispatch.drop("the run ended")
        for runner in self.runners:
            runner.call("stopping")
        self.subscriber.delete_all(self.clock.now())
        self.policies.delete_all()
        self.flush()
        self.audit.flush()

    def ask_more(self) -> None:
        """What nodes are still to be asked for moves up. What was refused may be asked for again later: a turn arms the
        timer for it."""
        if not self.stopped and self.subscriber.handle_timer(self.clock.now()):
            self.flush()
        if self.subscriber.timer_at() is not None:
            self.on_work()

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
        return self.cells.states

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
        return summary.counts(self)

    def check(self) -> None:
        """Raises AccountError unless every indication is accounted for."""
        self.account.check(self.inbox.waiting() + self.dispatch.waiting())

    def status(self) -> dict[str, Any]:
        """Counters of now; cheap."""
        return summary.status(self)

    def summary(self) -> dict[str, Any]:
        """The run in numbers, JSON-able. Latencies in milliseconds; decisions that send a control apart."""
        return summary.summary(self)

    # ------------------------------------------------------------------------------------- what its parts tell it

    def learn(self, cells: Mapping[CellId, str]) -> None:
        """A node said which gNB its cells belong to."""
        self._topology = self._topology.with_cells(cells)

    def _expect(self, subscribed: Subscribed, key: StreamKey) -> None:
        self.inbox.expect(subscribed.feed, subscribed.node.gnb, key)
        self.dispatch.expect(subscribed.feed, subscribed.node.gnb)

    def _forget(self, subscribed: Subscribed, key: StreamKey) -> None:
        self.inbox.forget(subscribed.feed, subscribed.node.gnb, key)

    def _control_stepped(self, control: Control, outcome: Outcome) -> None:
        self.dispatch.outcome(control.xapp, outcome)
        keep_outcome(self.audit, control, outcome)
