"""One E2 node of the simulated network: its session, what it offers, its subscriptions, and what it does when asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.e2ap import V1, V2
from ricloop.e2ap.fast_indication import encode_indication
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    Cause,
    E2SetupRequest,
    RequestId,
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
from ricloop_e2sim.e2node.ccc.watches import ConfigWatches
from ricloop_e2sim.e2node.frames import ReadyFrame
from ricloop_e2sim.e2node.functions import CCC_ID, KPM_ID, RC_ID, components, ran_functions
from ricloop_e2sim.e2node.identity import Role, node_id
from ricloop_e2sim.e2node.kpm.load import LoadReports
from ricloop_e2sim.e2node.kpm.reports import KpmReports
from ricloop_e2sim.e2node.nodeworld import NodeWorld
from ricloop_e2sim.e2node.notices import CellNotices
from ricloop_e2sim.e2node.rc import control as actuate
from ricloop_e2sim.e2node.rc.service import RcService
from ricloop_e2sim.e2node.splitting import served_by

NOT_SUPPORTED = Cause("ricRequest", "action-not-supported")

Report = tuple[RequestId, int, int, bytes, bytes]
"""Request, action, sequence number, header, message."""


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
        load: np.random.SeedSequence | None = None,
    ) -> None:
        """`phase_us`: how long after the end of a tick its reports leave. `epoch_ns`: Unix time of the world's start.

        `stretch`: report periods are stretched to whole ticks (see `KpmReports`). `load`: its KPM reports do not come
        from the world but walk at random, from this seed (see `LoadReports`).
        """
        self.id = node_id(world.layout, role)
        self.name, self.gnb = str(self.id), world.layout.name
        self.role, self.phase_us, self.epoch_ns = role, phase_us, epoch_ns
        self._world = world
        measures = world.measures()
        cell_names = served_by(measures.cell_names, role)
        ue_names = served_by(measures.ue_names, role)
        self._names = world.names(role)
        offers = world, self._names, frozenset(cell_names), frozenset(ue_names)
        self._kpm = (
            KpmReports(*offers, stretch=stretch, dialect=dialect)
            if load is None
            else LoadReports(*offers, stretch=True, dialect=dialect, seed=load)
        )
        self._config = CellConfig(world)
        self._ccc = ConfigWatches(world, self._config)
        self._rc = RcService(world, self._names, dialect, world.returns)
        # v1 names a node's parts otherwise, and need not name them.
        named = components(world.layout, role) if dialect.e2ap_version > 1 else ()
        self._notices = (
            CellNotices(world.layout, self._config, named[-1])
            if named and role.du and world.operation is not None
            else None
        )
        self._setup = E2SetupRequest(
            transaction_id=1,
            node=self.id,
            functions=ran_functions(world, role, cell_names, ue_names),
            components=named,
        )
        self.ready: list[ReadyFrame] = []
        """Encoded indications of the last tick, until they are released."""
        self.dropped = 0
        """Indications that were due while no association was up."""
        self.refusals: dict[str, int] = {}
        """Why controls were refused, and how often; at most 64 different reasons are kept."""
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
        self._kpm.clear()
        self._ccc.clear()
        if self.role.cp:
            self._rc.clear()
        if self._notices is not None:
            self._notices.clear()
        self.ready.clear()

    # ------------------------------------------------------------------------------------------------ reports

    def prepare(self) -> None:
        """Encode every report that is due after the tick that the world just made."""
        self.dropped += len(self.ready)
        end_ns = self.epoch_ns + self._world.time_us * 1000
        # States first: who reads the load that came with them knows which cells it is of.
        self.ready = [self._frame(CCC_ID, report) for report in self._ccc.due(end_ns)]
        self.ready += [self._frame(KPM_ID, report) for report in self._kpm.due(self.epoch_ns)]
        if self.role.cp:
            self.ready += [_ready(indication) for indication in self._rc.due(RC_ID)]

    def walk(self, time_ns: int) -> None:
        """Encode the next report of every KPM action, of a collection that began at `time_ns` (Unix time). Only of a
        node whose reports walk."""
        assert isinstance(self._kpm, LoadReports), "made with load="
        self.ready = [self._frame(CCC_ID, report) for report in self._ccc.due(time_ns)]
        self.ready += [self._frame(KPM_ID, report) for report in self._kpm.walk(time_ns)]

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

    @staticmethod
    def _frame(function_id: int, report: Report) -> ReadyFrame:
        request, action, sequence, header, message = report
        indication = RicIndication(
            request_id=request,
            function_id=function_id,
            action_id=action,
            sequence=sequence,
            header=header,
            message=message,
        )
        return _ready(indication)

    # ------------------------------------------------------------------------------------------------- events

    def handle(self, event: NodeEvent, now: int) -> None:
        """Answer what the RIC asks. A control's effect comes at the next tick."""
        if isinstance(event, SubscriptionRequested):
            self._subscribe(event.request, now)
        elif isinstance(event, ControlRequested):
            self.reply(event.request, self.carry_out(event.request))
        elif isinstance(event, SubscriptionDeleteRequested):
            self._kpm.unsubscribe(event.request_id)
            self._ccc.unsubscribe(event.request_id)
            self._rc.unsubscribe(event.request_id)
            self.ready = [frame for frame in self.ready if frame.request_id != event.request_id]
        elif isinstance(event, ModificationRequested):
            self._modify(event.request)
        elif isinstance(event, QueryRequested):
            self._query(event.request)
        elif isinstance(event, ResetReceived | ResetCompleted | AssociationLost):
            self._forget()

    def _subscribe(self, request: RicSubscriptionRequest, now: int) -> None:
        answer: tuple[list[int], list[ActionNotAdmitted]] | Cause
        if request.function_id == KPM_ID:
            answer = self._kpm.subscribe(request.request_id, request.event_trigger, request.actions)
        elif request.function_id == CCC_ID:
            answer = self._ccc.subscribe(request.request_id, request.event_trigger, request.actions)
        elif request.function_id == RC_ID and self.role.cp:
            answer = self._rc.subscribe(request)
        else:
            answer = NOT_SUPPORTED
        if isinstance(answer, Cause):
            self.session.refuse(request.request_id, answer)
        else:
            self.session.admit(request.request_id, *answer, now)

    def _modify(self, request: RicSubscriptionModificationRequest) -> None:
        modify = {KPM_ID: self._kpm.modify, RC_ID: self._rc.modify}.get(request.function_id)
        answer = NOT_SUPPORTED if modify is None else modify(request)
        if isinstance(answer, Cause):
            self.session.refuse_modification(request.request_id, answer)
        else:
            self.session.modify(answer)
            gone = {(request.request_id, action) for action in answer.removed}
            self.ready = [frame for frame in self.ready if (frame.request_id, frame.action_id) not in gone]

    def _query(self, request: RicQueryRequest) -> None:
        query = {RC_ID: self._rc.query, CCC_ID: self._ccc.query}.get(request.function_id)
        answer = NOT_SUPPORTED if query is None else query(request)
        ids = request.request_id, request.function_id
        if isinstance(answer, Cause):
            self.session.fail_query(*ids, answer)
        else:
            self.session.answer_query(*ids, answer)

    def carry_out(self, request: RicControlRequest) -> actuate.Answer:
        """What a control does to the world, and what to answer."""
        if request.function_id == RC_ID:
            return actuate.control_ue(self._world, self.role, self._rc, request)
        if request.function_id == CCC_ID:
            time_ns = self.epoch_ns + self._world.time_us * 1000
            return actuate.configure(self._config, request, time_ns)
        return actuate.Answer(cause=NOT_SUPPORTED, reason=f"function {request.function_id} takes no controls")

    def reply(self, request: RicControlRequest, answer: actuate.Answer) -> None:
        """Answer a control."""
        if answer.reason and (answer.reason in self.refusals or len(self.refusals) < 64):
            self.refusals[answer.reason] = self.refusals.get(answer.reason, 0) + 1
        ids = request.request_id, request.function_id
        if answer.cause is None:
            self.session.acknowledge(*ids, answer.outcome, request.call_process_id)
        else:
            self.session.fail(*ids, answer.cause, answer.outcome, request.call_process_id)


def _ready(indication: RicIndication) -> ReadyFrame:
    assert indication.sequence is not None
    return ReadyFrame(encode_indication(indication), indication.request_id, indication.action_id, indication.sequence)
