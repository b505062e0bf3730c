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
_seconds = st.none() | st.sampled_from((1, 2, 5, 10, 20, 60))
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
_subsequent = st.none() | st.builds(
    m.SubsequentAction,
    type=st.sampled_from(("continue", "wait")),
    time_to_wait=st.sampled_from(_enumerated("RICtimeToWait")),
)
_actions = st.builds(
    m.ActionToBeSetup,
    id=_small,
    type=_ran_action,
    definition=st.none() | payloads,
    subsequent=_subsequent,
    execution_order=st.none() | _small,
)
_added_actions = st.builds(
    m.ActionToBeSetup,
    id=_small,
    type=_ran_action,
    definition=payloads,
    subsequent=_subsequent,
    execution_order=_small,
)
_modified_actions = st.builds(
    m.ActionToBeModified,
    id=_small,
    definition=st.none() | payloads,
    execution_order=st.none() | _small,
    subsequent=_subsequent,
)
_not_done = st.builds(m.ActionNotAdmitted, _small, causes)
_tnls = st.one_of(
    st.builds(m.TnlInformation, st.sampled_from((4, 16, 20)).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
              st.none() | _id_16),
    st.builds(m.TnlInformation, st.sampled_from((b"\x80", b"\xe0")), st.none() | _id_16, st.integers(3, 7)),
)  # fmt: skip
_tnl_uses = st.builds(m.TnlUse, _tnls, st.sampled_from(_enumerated("TNLusage")))
_configs = st.builds(
    m.ComponentConfig, interface=_interfaces, component=_components, request=payloads, response=payloads
)
_config_acks = st.builds(m.ComponentConfigAck, interface=_interfaces, component=_components, failure=st.none() | causes)
_function_ids = st.builds(m.FunctionId, _id_12, _id_12)


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
        components=_tuples(_configs, 1),
    ),
    m.E2SetupResponse: st.builds(
        m.E2SetupResponse,
        transaction_id=_small,
        ric=st.builds(m.GlobalRicId, plmns, st.integers(0, (1 << 20) - 1)),
        accepted=_tuples(_function_ids),
        rejected=_tuples(st.builds(m.FunctionCause, _id_12, causes)),
        components=_tuples(_config_acks, 1),
    ),
    m.E2SetupFailure: st.builds(
        m.E2SetupFailure,
        transaction_id=_small,
        time_to_wait_s=_seconds,
        tnl=st.none() | _tnls,
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
        not_admitted=_tuples(_not_done, 0, 16),
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
        ack=st.none() | st.sampled_from((m.AckRequest.NO_ACK, m.AckRequest.ACK)),
        **_ids,
    ),
    m.RicControlAcknowledge: st.builds(m.RicControlAcknowledge, call_process_id=_octets, outcome=_octets, **_ids),
    m.RicControlFailure: st.builds(m.RicControlFailure, call_process_id=_octets, outcome=_octets, **_ids, **_failure),
    m.RicServiceQuery: st.builds(m.RicServiceQuery, transaction_id=_small, accepted=_tuples(_function_ids)),
    m.RicServiceUpdate: st.builds(
        m.RicServiceUpdate,
        transaction_id=_small,
        added=_tuples(functions),
        modified=_tuples(functions),
        deleted=_tuples(_function_ids),
    ),
    m.RicServiceUpdateAcknowledge: st.builds(
        m.RicServiceUpdateAcknowledge,
        transaction_id=_small,
        accepted=_tuples(_function_ids),
        rejected=_tuples(st.builds(m.FunctionCause, _id_12, causes)),
    ),
    m.RicServiceUpdateFailure: st.builds(
        m.RicServiceUpdateFailure, transaction_id=_small, time_to_wait_s=_seconds, **_failure
    ),
    m.E2NodeConfigurationUpdate: st.builds(
        m.E2NodeConfigurationUpdate,
        transaction_id=_small,
        node=st.none() | node_ids,
        added=_tuples(_configs),
        updated=_tuples(_configs),
        removed=_tuples(st.builds(m.ComponentRemoval, _interfaces, _components)),
        tnl_removed=_tuples(st.builds(m.TnlAssociation, _tnls, _tnls)),
    ),
    m.E2NodeConfigurationUpdateAcknowledge: st.builds(
        m.E2NodeConfigurationUpdateAcknowledge,
        transaction_id=_small,
        added=_tuples(_config_acks),
        updated=_tuples(_config_acks),
        removed=_tuples(_config_acks),
    ),
    m.E2NodeConfigurationUpdateFailure: st.builds(
        m.E2NodeConfigurationUpdateFailure, transaction_id=_small, time_to_wait_s=_seconds, **_failure
    ),
    m.E2ConnectionUpdate: st.builds(
        m.E2ConnectionUpdate,
        transaction_id=_small,
        added=_tuples(_tnl_uses),
        removed=_tuples(_tnls),
        modified=_tuples(_tnl_uses),
    ),
    m.E2ConnectionUpdateAcknowledge: st.builds(
        m.E2ConnectionUpdateAcknowledge,
        transaction_id=_small,
        setup=_tuples(_tnl_uses),
        failed=_tuples(st.builds(m.TnlCause, _tnls, causes)),
    ),
    m.E2ConnectionUpdateFailure: st.builds(
        m.E2ConnectionUpdateFailure,
        transaction_id=_small,
        cause=st.none() | causes,
        time_to_wait_s=_seconds,
        diagnostics=st.none() | diagnostics,
    ),
    m.E2RemovalRequest: st.builds(m.E2RemovalRequest, transaction_id=_small),
    m.E2RemovalResponse: st.builds(m.E2RemovalResponse, transaction_id=_small, diagnostics=st.none() | diagnostics),
    m.E2RemovalFailure: st.builds(m.E2RemovalFailure, transaction_id=_small, **_failure),
    m.RicSubscriptionDeleteRequired: st.builds(
        m.RicSubscriptionDeleteRequired,
        subscriptions=_tuples(st.builds(m.SubscriptionCause, requests, _id_12, causes), 1),
    ),
    m.RicSubscriptionModificationRequest: st.builds(
        m.RicSubscriptionModificationRequest,
        event_trigger=_octets,
        remove=_tuples(_small, 0, 16),
        modify=_tuples(_modified_actions),
        add=_tuples(_added_actions),
        **_ids,
    ),
    m.RicSubscriptionModificationResponse: st.builds(
        m.RicSubscriptionModificationResponse,
        removed=_tuples(_small),
        not_removed=_tuples(_not_done),
        modified=_tuples(_small),
        not_modified=_tuples(_not_done),
        added=_tuples(_small),
        not_added=_tuples(_not_done),
        **_ids,
    ),
    m.RicSubscriptionModificationFailure: st.builds(m.RicSubscriptionModificationFailure, **_ids, **_failure),
    m.RicSubscriptionModificationRequired: st.builds(
        m.RicSubscriptionModificationRequired,
        modify=_tuples(st.builds(m.ActionTimeToWait, _small, st.sampled_from(_enumerated("RICtimeToWait")))),
        remove=_tuples(_not_done),
        **_ids,
    ),
    m.RicSubscriptionModificationConfirm: st.builds(
        m.RicSubscriptionModificationConfirm,
        modified=_tuples(_small),
        not_modified=_tuples(_not_done),
        removed=_tuples(_small),
        not_removed=_tuples(_not_done),
        **_ids,
    ),
    m.RicSubscriptionModificationRefuse: st.builds(m.RicSubscriptionModificationRefuse, **_ids, **_failure),
    m.RicQueryRequest: st.builds(m.RicQueryRequest, header=payloads, definition=payloads, **_ids),
    m.RicQueryResponse: st.builds(m.RicQueryResponse, outcome=payloads, **_ids),
    m.RicQueryFailure: st.builds(m.RicQueryFailure, **_ids, **_failure),
}
