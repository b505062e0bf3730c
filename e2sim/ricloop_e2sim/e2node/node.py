"""One E2 node of the simulated network: its session, its RAN functions, and what it answers when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.e2ap import V1, V2
from ricloop.e2ap.fast_indication import encode_indication
from ricloop.e2ap.messages import (
    Cause,
    E2SetupRequest,
    RanFunction,
    RicControlRequest,
    RicIndication,
    RicQueryRequest,
    RicSubscriptionModificationRequest,
    RicSubscriptionRequest,
)
from ricloop.session.events import (
    AssociationLost,
    ControlRequested,
    ModificationRequested,
    NodeEvent,
    QueryRequested,
    ResetCompleted,
    ResetReceived,
    SubscriptionDeleteRequested,
    SubscriptionRequested,
)
from ricloop.session.node import NodeSession
from ricloop_e2sim.e2node.ccc.config import CellConfig
from ricloop_e2sim.e2node.ccc.watches import CCC_ID, ConfigWatches
from ricloop_e2sim.e2node.components import components
from ricloop_e2sim.e2node.frames import ReadyFrame
from ricloop_e2sim.e2node.identity import Role, node_id
from ricloop_e2sim.e2node.kpm.reports import KPM_ID, KpmReports
from ricloop_e2sim.e2node.nodeworld import NodeWorld
from ricloop_e2sim.e2node.notices import CellNotices
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.e2node.rc.service import RcService
from ricloop_e2sim.e2node.service import Answer, Scope, Service

MOST_REASONS = 64


class SimNode:
    """A gNB or a part of one. Synchronous: the caller moves bytes between `session` and the RIC."""

    def __init__(
        self,
        world: NodeWorld,
        role: Role,
        *,
        phase_us: int = 0,
        epoch_ns: int = 0,
        stretch: bool = False,
        dialect: Dialect = STANDARD,
    ) -> None:
        """`phase_us`: how long after the end of a tick its reports leave. `epoch_ns`: Unix time of the world's start.
        `stretch`: report periods are stretched to whole ticks (see `KpmReports`).
        """
        self.id = node_id(world.layout, role)
        self.name, self.gnb = str(self.id), world.layout.name
        self.role, self.phase_us, self.epoch_ns = role, phase_us, epoch_ns
        self.world, self.names = world, world.names(role)
        self.config = CellConfig(world)
        """What its cells are configured to."""
        self.services = _services(Scope(world, role, self.names, dialect), self.config, stretch=stretch)
        """By RAN function id."""
        # v1 names a node's parts otherwise, and need not name them.
        named = components(world.layout, role) if dialect.e2ap_version > 1 else ()
        tells = named and role.du and world.operation is not None
        self._notices = CellNotices(world.layout, self.config, named[-1]) if tells else None
        self._setup = E2SetupRequest(
            transaction_id=1,
            node=self.id,
            functions=ran_functions(self.services),
            components=named,
        )
        self.ready: list[ReadyFrame] = []
        """Encoded indications of the last tick, until they are released."""
        self.dropped = 0
        """Indications that were due while no association was up."""
        self.refusals: dict[str, int] = {}
        """Why controls were refused, and how often; at most `MOST_REASONS` different reasons are kept."""
        self._version = V1 if dialect.e2ap_version == 1 else V2
        self.session = NodeSession(self._setup, version=self._version)

    # ------------------------------------------------------------------------------------------- associations

    def renew(self) -> NodeSession:
        """A fresh session for a new association; everything that was subscribed is gone."""
        self._forget()
        self.session = NodeSession(self._setup, version=self._version)
        return self.session

    def messages(self) -> dict[str, int]:
        """E2AP messages sent and received by the present association."""
        return {way: self.session.counters[way] for way in ("sent", "received")}

    def _forget(self) -> None:
        for service in self.services.values():
            service.clear()
        if self._notices is not None:
            self._notices.clear()
        self.ready.clear()

    # ------------------------------------------------------------------------------------------------ reports

    def prepare(self) -> None:
        """Encode every report that is due after the tick that the world just made."""
        self.dropped += len(self.ready)
        end_ns = self._now_ns
        # States first: who reads the load that came with them knows which cells it is of.
        order = (self.services[id_] for id_ in (CCC_ID, KPM_ID, RC_ID) if id_ in self.services)
        self.ready = [ready_frame(indication) for service in order for indication in service.due(end_ns)]

    def release(self) -> Sequence[ReadyFrame]:
        """Hand the ready frames to the session; returns those that it took."""
        taken = [frame for frame in self.ready if self.session.indicate_encoded(frame.data)]
        self.dropped += len(self.ready) - len(taken)
        self.ready = []
        return taken

    def notify(self, now: int) -> None:
        """Tell the RIC of cells that came into operation or went out of it; `now` is the session's clock in ns."""
        if self._notices is not None and self.session.ready and (updated := self._notices.due()):
            self.session.update_configuration(now, updated=updated)

    def _keep(self, wanted: Callable[[ReadyFrame], bool]) -> None:
        self.ready = list(filter(wanted, self.ready))

    @property
    def _now_ns(self) -> int:
        """The end of the last tick, Unix time."""
        return self.epoch_ns + self.world.time_us * 1000

    # ------------------------------------------------------------------------------------------------- events

    def handle(self, event: NodeEvent, now: int) -> None:
        """Answer what the RIC asks. A control's effect comes at the next tick."""
        if isinstance(event, SubscriptionRequested):
            self._subscribe(event.request, now)
        elif isinstance(event, ControlRequested):
            self._reply(event.request, self.carry_out(event.request))
        elif isinstance(event, SubscriptionDeleteRequested):
            for service in self.services.values():
                service.unsubscribe(event.request_id)
            self._keep(lambda frame: frame.request_id != event.request_id)
        elif isinstance(event, ModificationRequested):
            self._modify(event.request)
        elif isinstance(event, QueryRequested):
            self._query(event.request)
        elif isinstance(event, ResetReceived | ResetCompleted | AssociationLost):
            self._forget()

    def _subscribe(self, request: RicSubscriptionRequest, now: int) -> None:
        answer = self.services[request.function_id].subscribe(request)
        if isinstance(answer, Cause):
            self.session.refuse(request.request_id, answer)
        else:
            self.session.admit(request.request_id, *answer, now)

    def _modify(self, request: RicSubscriptionModificationRequest) -> None:
        answer = self.services[request.function_id].modify(request)
        if isinstance(answer, Cause):
            self.session.refuse_modification(request.request_id, answer)
        else:
            self.session.modify(answer)
            gone = {(request.request_id, action) for action in answer.removed}
            self._keep(lambda frame: (frame.request_id, frame.action_id) not in gone)

    def _query(self, request: RicQueryRequest) -> None:
        answer = self.services[request.function_id].query(request)
        ids = request.request_id, request.function_id
        if isinstance(answer, Cause):
            self.session.fail_query(*ids, answer)
        else:
            self.session.answer_query(*ids, answer)

    def carry_out(self, request: RicControlRequest) -> Answer:
        """What a control does to the world, and what to answer."""
        return self.services[request.function_id].control(request, self._now_ns)

    def _reply(self, request: RicControlRequest, answer: Answer) -> None:
        if answer.reason and (answer.reason in self.refusals or len(self.refusals) < MOST_REASONS):
            self.refusals[answer.reason] = self.refusals.get(answer.reason, 0) + 1
        ids = request.request_id, request.function_id
        if answer.cause is None:
            self.session.acknowledge(*ids, answer.outcome, request.call_process_id)
        else:
            self.session.fail(*ids, answer.cause, answer.outcome, request.call_process_id)


def _services(scope: Scope, config: CellConfig, *, stretch: bool) -> dict[int, Service]:
    """KPM at every node, and nothing else at a CU-UP; RC where the CU-CP is, and where a DU keeps quotas; CCC where the
    DU is. In the order of the E2 Setup."""
    found: list[Service] = [KpmReports(scope, stretch=stretch)]
    if scope.role.cp or (scope.role.du and scope.world.quotas):
        found.append(RcService(scope))
    if scope.role.du:
        found.append(ConfigWatches(scope, config))
    return {service.id: service for service in found}


def ran_functions(services: Mapping[int, Service]) -> tuple[RanFunction, ...]:
    """As the E2 Setup names them."""
    return tuple(RanFunction(id=id_, oid=one.oid, definition=one.definition()) for id_, one in services.items())


def ready_frame(indication: RicIndication) -> ReadyFrame:
    """Encoded."""
    assert indication.sequence is not None
    return ReadyFrame(encode_indication(indication), indication.request_id, indication.action_id, indication.sequence)
