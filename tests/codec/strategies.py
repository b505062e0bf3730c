"""Any valid message, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ricloop.asn1 import E2AP
from ricloop.core.ids import GnbId, NodeId, NodeKind, Plmn
from ricloop.e2ap import messages as m

_digits = st.text("0123456789", min_size=3, max_size=3)
plmns = st.builds(Plmn, _digits, st.text("0123456789", min_size=2, max_size=3))
payloads = st.binary(max_size=300)
_small, _id_16, _id_12 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 4095)
_unit = st.integers(0, (1 << 36) - 1)
_name = st.text("abcdefghijklmnopqrstuvwxyz0123456789 -.", min_size=1, max_size=150)
_ran_action = st.sampled_from((m.ActionType.REPORT, m.ActionType.INSERT, m.ActionType.POLICY))


@st.composite
def gnb_ids(draw: st.DrawFn, lengths: tuple[int, ...] = tuple(range(22, 33))) -> GnbId:
    bits = draw(st.sampled_from(lengths))
    return GnbId(draw(plmns), draw(st.integers(0, (1 << bits) - 1)), bits)


node_ids = st.one_of(
    st.builds(NodeId, gnb_ids()),
    st.builds(NodeId, gnb_ids(), st.sampled_from((NodeKind.GNB_DU, NodeKind.GNB_CU_UP)), _unit),
    st.builds(NodeId, gnb_ids(), st.just(NodeKind.EN_GNB), st.none() | _unit),
    st.builds(NodeId, gnb_ids((18, 20, 21)), st.just(NodeKind.NG_ENB), st.none() | _unit),
    st.builds(NodeId, gnb_ids((18, 20, 21, 28)), st.just(NodeKind.ENB)),
)


def _enumerated(type_name: str) -> tuple[str, ...]:
    """Root and extension values of an ENUMERATED, by trying every index."""
    found = []
    kind = E2AP._type(type_name).type
    for table in (kind.root_index_to_data, kind.additions_index_to_data or {}):
        found += list(table.values())
    return tuple(found)


_GROUPS = {
    "ricRequest": "CauseRICrequest",
    "ricService": "CauseRICservice",
    "e2Node": "CauseE2node",
    "transport": "CauseTransport",
    "protocol": "CauseProtocol",
    "misc": "CauseMisc",
}
causes = st.sampled_from([m.Cause(group, value) for group, kind in _GROUPS.items() for value in _enumerated(kind)])
requests = st.builds(m.RequestId, _id_16, _id_16)
diagnostics = st.builds(
    m.CriticalityDiagnostics,
    procedure_code=st.none() | _small,
    triggering_message=st.none() | st.sampled_from(_enumerated("TriggeringMessage")),
    procedure_criticality=st.none() | st.sampled_from(_enumerated("Criticality")),
    request_id=st.none() | requests,
    ies=st.lists(
        st.tuples(st.sampled_from(_enumerated("Criticality")), _id_16, st.sampled_from(("not-understood", "missing"))),
        max_size=5,
    ).map(tuple),
)
functions = st.builds(
    m.RanFunction,
    id=_id_12,
    revision=_id_12,
    oid=st.text("0123456789.", min_size=1, max_size=1000),
    definition=payloads,
)
_components = st.one_of(
    st.tuples(st.sampled_from(("nG", "s1")), _name),
    st.tuples(st.sampled_from(("f1", "e1", "w1")), _unit),
    st.tuples(st.just("xn"), st.builds(NodeId, gnb_ids())),
    st.tuples(st.just("xn"), st.builds(NodeId, gnb_ids((18, 20, 21)), st.just(NodeKind.NG_ENB))),
)
_interfaces = st.sampled_from(_enumerated("E2nodeComponentInterfaceType"))
_actions = st.builds(
    m.ActionToBeSetup,
    id=_small,
    type=_ran_action,
    definition=st.none() | payloads,
    subsequent=st.none()
    | st.builds(
        m.SubsequentAction,
        type=st.sampled_from(("continue", "wait")),
        time_to_wait=st.sampled_from(_enumerated("RICtimeToWait")),
    ),
    execution_order=st.none() | _small,
)


def _tuples(element: st.SearchStrategy[Any], at_least: int = 0, at_most: int = 4) -> st.SearchStrategy[Any]:
    return st.lists(element, min_size=at_least, max_size=at_most).map(tuple)


_ids: dict[str, st.SearchStrategy[Any]] = {"request_id": requests, "function_id": _id_12}
_failure: dict[str, st.SearchStrategy[Any]] = {"cause": causes, "diagnostics": st.none() | diagnostics}
_octets = st.none() | payloads
_time = st.none() | st.binary(min_size=8, max_size=8)

MESSAGES: dict[type, st.SearchStrategy[Any]] = {
    m.E2SetupRequest: st.builds(
        m.E2SetupRequest,
        transaction_id=_small,
        node=node_ids,
        functions=_tuples(functions, 1),
        components=_tuples(
            st.builds(
                m.ComponentConfig, interface=_interfaces, component=_components, request=payloads, response=payloads
            ),
            1,
        ),
    ),
    m.E2SetupResponse: st.builds(
        m.E2SetupResponse,
        transaction_id=_small,
        ric=st.builds(m.GlobalRicId, plmns, st.integers(0, (1 << 20) - 1)),
        accepted=_tuples(st.builds(m.FunctionId, _id_12, _id_12)),
        rejected=_tuples(st.builds(m.FunctionCause, _id_12, causes)),
        components=_tuples(
            st.builds(m.ComponentConfigAck, interface=_interfaces, component=_components, failure=st.none() | causes), 1
        ),
    ),
    m.E2SetupFailure: st.builds(
        m.E2SetupFailure,
        transaction_id=_small,
        time_to_wait_s=st.none() | st.sampled_from((1, 2, 5, 10, 20, 60)),
        **_failure,
    ),
    m.ErrorIndication: st.builds(
        m.ErrorIndication,
        transaction_id=st.none() | _small,
        request_id=st.none() | requests,
        function_id=st.none() | _id_12,
        cause=st.none() | causes,
        diagnostics=st.none() | diagnostics,
    ),
    m.ResetRequest: st.builds(m.ResetRequest, transaction_id=_small, cause=causes),
    m.ResetResponse: st.builds(m.ResetResponse, transaction_id=_small, diagnostics=st.none() | diagnostics),
    m.RicSubscriptionRequest: st.builds(
        m.RicSubscriptionRequest,
        event_trigger=payloads,
        actions=_tuples(_actions, 1, 16),
        start_time=_time,
        end_time=_time,
        **_ids,
    ),
    m.RicSubscriptionResponse: st.builds(
        m.RicSubscriptionResponse,
        admitted=_tuples(_small, 1, 16),
        not_admitted=_tuples(st.builds(m.ActionNotAdmitted, _small, causes), 0, 16),
        **_ids,
    ),
    m.RicSubscriptionFailure: st.builds(m.RicSubscriptionFailure, **_ids, **_failure),
    m.RicSubscriptionDeleteRequest: st.builds(m.RicSubscriptionDeleteRequest, **_ids),
    m.RicSubscriptionDeleteResponse: st.builds(m.RicSubscriptionDeleteResponse, **_ids),
    m.RicSubscriptionDeleteFailure: st.builds(m.RicSubscriptionDeleteFailure, **_ids, **_failure),
    m.RicIndication: st.builds(
        m.RicIndication,
        action_id=_small,
        sequence=st.none() | _id_16,
        type=st.sampled_from((m.ActionType.REPORT, m.ActionType.INSERT)),
        header=payloads,
        message=payloads,
        call_process_id=_octets,
        **_ids,
    ),
    m.RicControlRequest: st.builds(
        m.RicControlRequest,
        call_process_id=_octets,
        header=payloads,
        message=payloads,
        ack=st.none() | st.sampled_from(m.AckRequest),
        **_ids,
    ),
    m.RicControlAcknowledge: st.builds(m.RicControlAcknowledge, call_process_id=_octets, outcome=_octets, **_ids),
    m.RicControlFailure: st.builds(m.RicControlFailure, call_process_id=_octets, outcome=_octets, **_ids, **_failure),
}
