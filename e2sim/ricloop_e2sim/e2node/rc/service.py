"""A node's RC function: subscriptions of reports, inserts and policies, queries, and controls."""

from __future__ import annotations

from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicControlRequest,
    RicIndication,
    RicQueryRequest,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
    RicSubscriptionRequest,
)
from ricloop.e2sm.rc import codec as rc
from ricloop_e2sim.e2node.causes import BAD_TRIGGER, NOT_ASKED, NOT_SUPPORTED, UNREADABLE
from ricloop_e2sim.e2node.rc import function as offered
from ricloop_e2sim.e2node.rc.asked import trigger_of
from ricloop_e2sim.e2node.rc.consents import Consents
from ricloop_e2sim.e2node.rc.control import control_ue
from ricloop_e2sim.e2node.rc.query import outcome
from ricloop_e2sim.e2node.rc.reports import UeReports
from ricloop_e2sim.e2node.service import Admitted, Answer, Scope, Service


class RcService(Service):
    """Subscriptions and queries where the CU-CP is; controls also where a DU keeps quotas."""

    id, oid = offered.RC_ID, rc.OID

    def __init__(self, scope: Scope) -> None:
        self._scope, returns = scope, scope.world.returns
        self._reports = UeReports(scope)
        self._consents = Consents(scope, returns) if scope.role.cp and returns is not None else None

    def definition(self) -> bytes:
        world, role = self._scope.world, self._scope.role
        bearers, quotas = role.cp and world.bearers, role.du and world.quotas
        return offered.definition(role.cp, self._consents is not None, quotas, bearers)

    def subscribe(self, asked: RicSubscriptionRequest) -> Admitted | Cause:
        if not self._scope.role.cp:
            return NOT_SUPPORTED
        trigger = trigger_of(asked.event_trigger)
        if isinstance(trigger, Cause):
            return trigger
        admitted, refused = [], []
        for action in asked.actions:
            cause = self._admit(asked.request_id, trigger, action)
            if cause is None:
                admitted.append(action.id)
            else:
                refused.append(ActionNotAdmitted(action.id, cause))
        return admitted, refused

    def _admit(
        self, request: RequestId, trigger: rc.OnCallProcess | rc.OnUeChange, action: ActionToBeSetup
    ) -> Cause | None:
        if action.definition is None:
            return NOT_SUPPORTED
        try:
            asked = rc.decode_action_definition(action.definition, self._scope.dialect)
        except DecodeError:
            return UNREADABLE
        if action.type is ActionType.REPORT and isinstance(asked, rc.ReportAction) and asked.style == offered.UE_STYLE:
            if not isinstance(trigger, rc.OnUeChange):
                return BAD_TRIGGER
            return self._reports.admit(request, action.id, trigger, asked)
        if not isinstance(trigger, rc.OnCallProcess):
            return BAD_TRIGGER
        return NOT_SUPPORTED if self._consents is None else self._consents.admit(request, action, asked)

    def modify(self, asked: RicSubscriptionModificationRequest) -> RicSubscriptionModificationResponse | Cause:
        return NOT_SUPPORTED if self._consents is None else self._consents.modify(asked)

    def unsubscribe(self, request: RequestId) -> None:
        self._reports.forget(request)
        if self._consents is not None:
            self._consents.forget(request)

    def clear(self) -> None:
        self._reports.clear()
        if self._consents is not None:
            self._consents.clear()

    def due(self, end_ns: int) -> list[RicIndication]:
        questions = () if self._consents is None else self._consents.due()
        return [*self._reports.due(), *questions]

    def query(self, asked: RicQueryRequest) -> bytes | Cause:
        return outcome(self._scope, asked)

    def control(self, asked: RicControlRequest, now_ns: int) -> Answer:
        return control_ue(self._scope, self._answered, asked)

    def _answered(self, process: bytes, accept: bool) -> Cause | None:
        return NOT_ASKED if self._consents is None else self._consents.answered(process, accept)
