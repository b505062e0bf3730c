"""A realistic message of every type, with payloads of KPM, RC and CCC: what the fuzzer spoils and the oracles read."""

from __future__ import annotations

from dataclasses import replace

from ricloop.core.ids import Cgi, GnbId, Guami, NodeId, NodeKind, Plmn, UeId
from ricloop.e2ap import messages as m
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.rc import codec as rc

PLMN = Plmn("001", "01")
GNB = GnbId(PLMN, 411, 28)
CELLS = tuple(Cgi(PLMN, 411 << 8 | n).packed for n in (1, 2, 3))
TIME_NS = 1_700_000_000_000_000_000
ACTION = kpm.ActionDefinition(
    style=1,
    measurements=(Measurement("RRU.PrbTotDl"), Measurement("DRB.UEThpDl"), Measurement("RRC.ConnMean")),
    granularity_ms=100,
    cell=CELLS[0],
)
UE_ACTION = kpm.ActionDefinition(
    style=5,
    measurements=(Measurement("DRB.UEThpDl"), Measurement("RRU.PrbTotDl")),
    granularity_ms=100,
    ues=(UeId(f1ap=(7,)), UeId(f1ap=(8,))),
)
UE = UeId(amf_ue_ngap_id=7, guami=Guami(PLMN, 128, 1, 1), f1ap=(5,))
HANDOVER = rc.ControlStyle(
    type=3,
    name="Connected Mode Mobility Control",
    actions=(rc.NamedAction(1, "Handover Control", (rc.NamedParameter(1, "Target Primary Cell ID"),)),),
)
KPM = m.RanFunction(
    id=2,
    revision=1,
    oid=kpm.OID,
    definition=kpm.encode_function_definition(kpm.definition_of(("RRU.PrbTotDl", "RRC.ConnMean"), ("DRB.UEThpDl",))),
)
RC = m.RanFunction(id=3, revision=0, oid=rc.OID, definition=rc.encode_function_definition(rc.definition_of(HANDOVER)))
CCC = m.RanFunction(id=4, revision=0, oid=ccc.OID, definition=ccc.encode_function_definition(CELLS))

REQUEST = m.RequestId(123, 5)
CAUSE = m.Cause("ricRequest", "action-not-supported")
DIAGNOSTICS = m.CriticalityDiagnostics(
    procedure_code=8,
    triggering_message="initiating-message",
    procedure_criticality="reject",
    request_id=REQUEST,
    ies=(("reject", 30, "missing"), ("ignore", 5, "not-understood")),
)
TNL = m.TnlInformation(bytes((192, 0, 2, 7)), 36422)
TNL_V6 = m.TnlInformation(bytes.fromhex("20010db8000000000000000000000001"))
_CONTROL_HEADER = rc.encode_control_header(rc.ControlHeader(UE, style=3, action=1))
_CCC_HEADER, _CCC_MESSAGE = ccc.encode_saving_control(CELLS[1], False, True)
_CCC_INDICATION = ccc.encode_saving_indication("uponChange", TIME_NS, {CELLS[0]: (False, True)})


def _subscription(function: int, trigger: bytes, *definitions: bytes) -> m.RicSubscriptionRequest:
    actions = tuple(m.ActionToBeSetup(id=n, definition=definition) for n, definition in enumerate(definitions, 1))
    return m.RicSubscriptionRequest(request_id=REQUEST, function_id=function, event_trigger=trigger, actions=actions)


def _indication(function: int, header: bytes, message: bytes) -> m.RicIndication:
    return m.RicIndication(
        request_id=REQUEST, function_id=function, action_id=1, sequence=100, header=header, message=message
    )


_HEADER = kpm.encode_indication_header(TIME_NS)
# Each interface's set-up exchange stands in its component: here an Error Indication of NGAP, F1AP and so on, which is
# the shortest message that these protocols have. By interface: the component, and that procedure's code.
_COMPONENTS: tuple[tuple[str, tuple[str, object], int], ...] = (
    ("ng", ("nG", "amf1"), 9),
    ("f1", ("f1", 7), 2),
    ("e1", ("e1", 9), 1),
    ("xn", ("xn", NodeId(GNB)), 3),
    ("s1", ("s1", "mme1"), 15),
)


def _component(interface: str, component: tuple[str, object], code: int) -> m.ComponentConfig:
    indication = bytes([0, code, 0x40, 3, 0, 0, 0])
    return m.ComponentConfig(interface=interface, component=component, request=indication, response=indication)


MESSAGES: tuple[m.Message, ...] = (
    m.E2SetupRequest(
        transaction_id=1,
        node=NodeId(GNB),
        functions=(KPM, RC, CCC),
        components=tuple(_component(*row) for row in _COMPONENTS),
    ),
    m.E2SetupRequest(
        transaction_id=255,
        node=NodeId(GNB, NodeKind.GNB_DU, 7),
        functions=(KPM,),
        components=(_component(*_COMPONENTS[1]),),
    ),
    m.E2SetupResponse(
        transaction_id=1,
        ric=m.GlobalRicId(PLMN, 0xAACCE),
        accepted=(m.FunctionId(2, 1), m.FunctionId(3)),
        rejected=(m.FunctionCause(4, m.Cause("ricService", "ran-function-not-supported")),),
        components=(
            m.ComponentConfigAck(interface="ng", component=("nG", "amf1")),
            m.ComponentConfigAck(interface="f1", component=("f1", 7), failure=m.Cause("misc", "unspecified")),
        ),
    ),
    m.E2SetupFailure(transaction_id=1, cause=CAUSE, time_to_wait_s=10, diagnostics=DIAGNOSTICS, tnl=TNL),
    m.ErrorIndication(transaction_id=1, request_id=REQUEST, function_id=3, cause=CAUSE, diagnostics=DIAGNOSTICS),
    m.ResetRequest(transaction_id=2, cause=m.Cause("misc", "om-intervention")),
    m.ResetResponse(transaction_id=2, diagnostics=DIAGNOSTICS),
    _subscription(2, kpm.encode_event_trigger(100), kpm.encode_action_definition(ACTION)),
    _subscription(2, kpm.encode_event_trigger(100), kpm.encode_action_definition(UE_ACTION)),
    _subscription(4, ccc.encode_saving_trigger(CELLS), ccc.encode_saving_action(CELLS)),
    m.RicSubscriptionRequest(
        request_id=REQUEST,
        function_id=2,
        event_trigger=kpm.encode_event_trigger(1000),
        actions=(
            m.ActionToBeSetup(
                id=1,
                type=m.ActionType.INSERT,
                definition=kpm.encode_action_definition(ACTION),
                subsequent=m.SubsequentAction(type="wait", time_to_wait="w10ms"),
                execution_order=3,
            ),
        ),
        start_time=bytes(range(8)),
        end_time=bytes(range(8, 16)),
    ),
    m.RicSubscriptionResponse(
        request_id=REQUEST, function_id=2, admitted=(1, 2), not_admitted=(m.ActionNotAdmitted(3, CAUSE),)
    ),
    m.RicSubscriptionFailure(request_id=REQUEST, function_id=2, cause=CAUSE, diagnostics=DIAGNOSTICS),
    m.RicSubscriptionDeleteRequest(request_id=REQUEST, function_id=2),
    m.RicSubscriptionDeleteResponse(request_id=REQUEST, function_id=2),
    m.RicSubscriptionDeleteFailure(
        request_id=REQUEST, function_id=2, cause=m.Cause("ricRequest", "request-id-unknown"), diagnostics=DIAGNOSTICS
    ),
    _indication(2, _HEADER, kpm.encode_cell_message([42.0, 1.5, float("nan")], 100)),
    _indication(2, _HEADER, kpm.encode_ue_message((UeId(f1ap=(7,)), UE), [[42.0, 0.25], [7.0, 99.5]])),
    _indication(4, *_CCC_INDICATION),
    m.RicControlRequest(
        request_id=REQUEST,
        function_id=3,
        call_process_id=rc.encode_call_process_id(9),
        header=_CONTROL_HEADER,
        message=rc.encode_handover(CELLS[2]),
        ack=m.AckRequest.ACK,
    ),
    m.RicControlRequest(
        request_id=REQUEST, function_id=4, header=_CCC_HEADER, message=_CCC_MESSAGE, ack=m.AckRequest.NO_ACK
    ),
    m.RicControlAcknowledge(
        request_id=REQUEST,
        function_id=3,
        call_process_id=rc.encode_call_process_id(9),
        outcome=rc.encode_control_outcome(rc.Outcome({1: 5})),
    ),
    m.RicControlFailure(
        request_id=REQUEST,
        function_id=3,
        cause=m.Cause("ricRequest", "control-failed-to-execute"),
        outcome=rc.encode_control_outcome(rc.Outcome({1: 5})),
        diagnostics=DIAGNOSTICS,
    ),
    m.RicServiceQuery(transaction_id=3, accepted=(m.FunctionId(2, 1), m.FunctionId(3))),
    m.RicServiceUpdate(transaction_id=4, added=(CCC,), modified=(KPM,), deleted=(m.FunctionId(3),)),
    m.RicServiceUpdateAcknowledge(
        transaction_id=4, accepted=(m.FunctionId(2, 1),), rejected=(m.FunctionCause(4, CAUSE),)
    ),
    m.RicServiceUpdateFailure(transaction_id=4, cause=CAUSE, time_to_wait_s=5, diagnostics=DIAGNOSTICS),
    m.E2NodeConfigurationUpdate(
        transaction_id=5,
        node=NodeId(GNB),
        added=(_component(*_COMPONENTS[1]),),
        updated=(_component(*_COMPONENTS[0]),),
        removed=(m.ComponentRemoval("e1", ("e1", 9)),),
        tnl_removed=(m.TnlAssociation(TNL, TNL_V6),),
    ),
    m.E2NodeConfigurationUpdateAcknowledge(
        transaction_id=5,
        added=(m.ComponentConfigAck(interface="f1", component=("f1", 7)),),
        updated=(m.ComponentConfigAck(interface="ng", component=("nG", "amf1")),),
        removed=(m.ComponentConfigAck(interface="e1", component=("e1", 9), failure=m.Cause("misc", "unspecified")),),
    ),
    m.E2NodeConfigurationUpdateFailure(transaction_id=5, cause=CAUSE, time_to_wait_s=60, diagnostics=DIAGNOSTICS),
    m.E2ConnectionUpdate(
        transaction_id=6,
        added=(m.TnlUse(TNL, "ric-service"),),
        removed=(TNL_V6,),
        modified=(m.TnlUse(TNL_V6, "both"),),
    ),
    m.E2ConnectionUpdateAcknowledge(
        transaction_id=6,
        setup=(m.TnlUse(TNL, "support-function"),),
        failed=(m.TnlCause(TNL_V6, m.Cause("transport", "transport-resource-unavailable")),),
    ),
    m.E2ConnectionUpdateFailure(transaction_id=6, cause=CAUSE, time_to_wait_s=1, diagnostics=DIAGNOSTICS),
    m.E2RemovalRequest(transaction_id=7),
    m.E2RemovalResponse(transaction_id=7, diagnostics=DIAGNOSTICS),
    m.E2RemovalFailure(transaction_id=7, cause=CAUSE, diagnostics=DIAGNOSTICS),
    m.RicSubscriptionDeleteRequired(
        subscriptions=(
            m.SubscriptionCause(REQUEST, 2, m.Cause("ricRequest", "function-resource-limit")),
            m.SubscriptionCause(m.RequestId(123, 6), 3, m.Cause("e2Node", "e2node-component-unknown")),
        )
    ),
    m.RicSubscriptionModificationRequest(
        request_id=REQUEST,
        function_id=2,
        event_trigger=kpm.encode_event_trigger(2000),
        remove=(1,),
        modify=(
            m.ActionToBeModified(
                id=2,
                definition=kpm.encode_action_definition(ACTION),
                execution_order=4,
                subsequent=m.SubsequentAction(type="continue", time_to_wait="w20ms"),
            ),
        ),
        add=(
            m.ActionToBeSetup(
                id=3,
                definition=kpm.encode_action_definition(UE_ACTION),
                subsequent=m.SubsequentAction(type="wait", time_to_wait="w1s"),
                execution_order=5,
            ),
        ),
    ),
    m.RicSubscriptionModificationResponse(
        request_id=REQUEST,
        function_id=2,
        removed=(1,),
        not_removed=(m.ActionNotAdmitted(4, CAUSE),),
        modified=(2,),
        not_modified=(m.ActionNotAdmitted(5, CAUSE),),
        added=(3,),
        not_added=(m.ActionNotAdmitted(6, CAUSE),),
    ),
    m.RicSubscriptionModificationFailure(request_id=REQUEST, function_id=2, cause=CAUSE, diagnostics=DIAGNOSTICS),
    m.RicSubscriptionModificationRequired(
        request_id=REQUEST,
        function_id=2,
        modify=(m.ActionTimeToWait(1, "w50ms"),),
        remove=(m.ActionNotAdmitted(2, m.Cause("ricRequest", "function-resource-limit")),),
    ),
    m.RicSubscriptionModificationConfirm(
        request_id=REQUEST,
        function_id=2,
        modified=(1,),
        not_modified=(m.ActionNotAdmitted(3, CAUSE),),
        removed=(2,),
        not_removed=(m.ActionNotAdmitted(4, CAUSE),),
    ),
    m.RicSubscriptionModificationRefuse(request_id=REQUEST, function_id=2, cause=CAUSE, diagnostics=DIAGNOSTICS),
    m.RicQueryRequest(
        request_id=REQUEST,
        function_id=3,
        header=rc.encode_query_header(rc.QueryHeader(4, ues=(rc.UeSelection(1, UE),))),
        definition=rc.encode_query_definition(rc.asked(3, 6)),
    ),
    m.RicQueryResponse(
        request_id=REQUEST,
        function_id=3,
        outcome=rc.encode_query_outcome(rc.UeAnswers((rc.UeAnswer(UE, {3: rc.Element(0), 6: None}, 1),))),
    ),
    m.RicQueryFailure(
        request_id=REQUEST,
        function_id=4,
        cause=m.Cause("ricRequest", "requested-information-unavailable"),
        diagnostics=DIAGNOSTICS,
    ),
)

_V1_PARTS = (("ngAP", b"\x00\x09\x40\x03\x00\x00\x00"), ("f1AP", b""))
MESSAGES_V1: tuple[m.Message, ...] = (
    m.E2SetupRequest(
        transaction_id=0,
        node=NodeId(GNB, NodeKind.GNB_DU, 7),
        functions=(KPM, RC),
        components=(
            m.ComponentUpdate(type="gNB", parts=_V1_PARTS),
            m.ComponentUpdate(type="gNB-DU", unit=7, parts=_V1_PARTS[1:]),
            m.ComponentUpdate(type="eNB", kind="eNB", parts=(("s1AP", b"s"), ("x2AP", b"x"))),
        ),
    ),
    m.E2SetupRequest(transaction_id=0, node=NodeId(GNB), functions=(), components=()),
    m.E2SetupResponse(
        transaction_id=0,
        ric=m.GlobalRicId(PLMN, 0xAACCE),
        accepted=(m.FunctionId(2, 1),),
        rejected=(m.FunctionCause(3, m.Cause("ricService", "excessive-functions")),),
        components=(
            m.ComponentUpdateAck(type="gNB"),
            m.ComponentUpdateAck(type="gNB-CU-UP", unit=9, failure=m.Cause("protocol", "semantic-error")),
        ),
    ),
    m.RicSubscriptionFailure(
        request_id=REQUEST, function_id=2, cause=CAUSE, not_admitted=(m.ActionNotAdmitted(1, CAUSE),)
    ),
    m.RicControlAcknowledge(request_id=REQUEST, function_id=3, status="rejected", outcome=b"o"),
    m.RicControlRequest(request_id=REQUEST, function_id=3, header=b"h", message=b"m", ack=m.AckRequest.NACK),
    m.RicControlFailure(request_id=REQUEST, function_id=3, cause=m.Cause("transport", "unspecified")),
    m.RicServiceUpdateFailure(transaction_id=0, cause=CAUSE, rejected=(m.FunctionCause(4, CAUSE),), time_to_wait_s=5),
    m.E2NodeConfigurationUpdate(
        transaction_id=0, updated=(m.ComponentUpdate(type="gNB-CU-UP", unit=9, parts=(("e1AP", b"e"),)),)
    ),
    m.E2NodeConfigurationUpdateAcknowledge(transaction_id=0, updated=(m.ComponentUpdateAck(type="gNB-CU-UP", unit=9),)),
    m.RicSubscriptionRequest(
        request_id=REQUEST,
        function_id=2,
        event_trigger=kpm.encode_event_trigger(100),
        actions=(
            m.ActionToBeSetup(
                id=1,
                type=m.ActionType.INSERT,
                definition=kpm.encode_action_definition(ACTION),
                subsequent=m.SubsequentAction(type="wait", time_to_wait="zero"),
            ),
        ),
    ),
    *(
        replace(message, transaction_id=0) if hasattr(message, "transaction_id") else message
        for message in MESSAGES
        if isinstance(
            message,
            m.ResetRequest
            | m.ResetResponse
            | m.RicSubscriptionResponse
            | m.RicSubscriptionDeleteRequest
            | m.RicSubscriptionDeleteResponse
            | m.RicSubscriptionDeleteFailure
            | m.RicIndication
            | m.RicServiceQuery
            | m.RicServiceUpdate
            | m.RicServiceUpdateAcknowledge
            | m.E2NodeConfigurationUpdateFailure
            | m.E2ConnectionUpdate
            | m.E2ConnectionUpdateAcknowledge
            | m.E2ConnectionUpdateFailure,
        )
    ),
    m.E2SetupFailure(transaction_id=0, cause=CAUSE, time_to_wait_s=10, diagnostics=DIAGNOSTICS, tnl=TNL),
    m.ErrorIndication(request_id=REQUEST, function_id=3, cause=CAUSE, diagnostics=DIAGNOSTICS),
)
"""A message of every type that v1.01 has, as it comes back from its octets."""
