"""Any E2AP message of v2 and v3, by its class: every IE of it, present or not, at every length that it may have."""

from __future__ import annotations

from typing import Any

from ricloop.asn1 import E2AP
from ricloop.e2ap import messages as m
from tests.codec import e2ap_parts as any_
from tests.makers import Maker, built, maybe, octets, sampled, tuples

_ACTION_TYPES = sampled((m.ActionType.REPORT, m.ActionType.INSERT, m.ActionType.POLICY))
_CRITICALITIES = sampled((None, None, "ignore", "notify"))
_ids: dict[str, Maker[Any]] = {"request_id": any_.requests, "function_id": any_.int12}
_transaction: dict[str, Maker[Any]] = {"transaction_id": any_.int8}
_failure: dict[str, Maker[Any]] = {"cause": any_.causes, "diagnostics": any_.diagnostics}
_action_ids = tuples(any_.int8, 0, 16)
_refused = tuples(built(m.ActionNotAdmitted, any_.int8, any_.causes), 0, 16)
_function_causes = tuples(built(m.FunctionCause, any_.int12, any_.causes), 0, 256)
_function_ids = tuples(any_.function_ids, 0, 256)
_functions = tuples(any_.functions, 0, 256)
_configs, _config_acks = tuples(any_.configs, 0, 1024), tuples(any_.config_acks, 0, 1024)
_tnl_uses = tuples(any_.tnl_uses, 0, 32)
_actions = built(m.ActionToBeSetup, type=_ACTION_TYPES, **any_.actions(E2AP, maybe(octets), maybe(any_.int8)))
_added_actions = built(m.ActionToBeSetup, type=_ACTION_TYPES, **any_.actions(E2AP, octets, any_.int8))
_modified_actions = built(m.ActionToBeModified, **any_.actions(E2AP, maybe(octets), maybe(any_.int8)))
_waits = built(m.ActionTimeToWait, any_.int8, sampled(any_.enumerated(E2AP, "RICtimeToWait")))
_refusal = {**_ids, **_failure}
_wait_and_refusal: dict[str, Maker[Any]] = {**_transaction, **_failure, "time_to_wait_s": any_.seconds}

MAKERS: dict[type, Maker[Any]] = {
    m.E2SetupRequest: built(
        m.E2SetupRequest,
        node=any_.nodes,
        functions=tuples(any_.functions, 1, 256),
        components=tuples(any_.configs, 1, 1024),
        **_transaction,
    ),
    m.E2SetupResponse: built(
        m.E2SetupResponse,
        ric=any_.rics,
        accepted=_function_ids,
        rejected=_function_causes,
        components=tuples(any_.config_acks, 1, 1024),
        **_transaction,
    ),
    m.E2SetupFailure: built(m.E2SetupFailure, tnl=maybe(any_.tnl_addresses), **_wait_and_refusal),
    m.ErrorIndication: built(
        m.ErrorIndication,
        transaction_id=maybe(any_.int8),
        request_id=maybe(any_.requests),
        function_id=maybe(any_.int12),
        cause=maybe(any_.causes),
        diagnostics=any_.diagnostics,
    ),
    m.ResetRequest: built(m.ResetRequest, cause=any_.causes, **_transaction),
    m.ResetResponse: built(m.ResetResponse, diagnostics=any_.diagnostics, **_transaction),
    m.RicSubscriptionRequest: built(
        m.RicSubscriptionRequest,
        event_trigger=octets,
        actions=tuples(_actions, 1, 16),
        start_time=any_.time_stamps,
        end_time=any_.time_stamps,
        criticality=_CRITICALITIES,
        **_ids,
    ),
    m.RicSubscriptionResponse: built(
        m.RicSubscriptionResponse, admitted=tuples(any_.int8, 1, 16), not_admitted=_refused, **_ids
    ),
    m.RicSubscriptionFailure: built(m.RicSubscriptionFailure, **_refusal),
    m.RicSubscriptionDeleteRequest: built(m.RicSubscriptionDeleteRequest, **_ids),
    m.RicSubscriptionDeleteResponse: built(m.RicSubscriptionDeleteResponse, **_ids),
    m.RicSubscriptionDeleteFailure: built(m.RicSubscriptionDeleteFailure, **_refusal),
    m.RicIndication: built(
        m.RicIndication,
        action_id=any_.int8,
        sequence=maybe(any_.int16),
        type=sampled((m.ActionType.REPORT, m.ActionType.INSERT)),
        header=octets,
        message=octets,
        call_process_id=maybe(octets),
        **_ids,
    ),
    m.RicControlRequest: built(
        m.RicControlRequest,
        call_process_id=maybe(octets),
        header=octets,
        message=octets,
        ack=sampled((None, m.AckRequest.NO_ACK, m.AckRequest.ACK)),
        **_ids,
    ),
    m.RicControlAcknowledge: built(
        m.RicControlAcknowledge, call_process_id=maybe(octets), outcome=maybe(octets), **_ids
    ),
    m.RicControlFailure: built(m.RicControlFailure, call_process_id=maybe(octets), outcome=maybe(octets), **_refusal),
    m.RicServiceQuery: built(m.RicServiceQuery, accepted=_function_ids, **_transaction),
    m.RicServiceUpdate: built(
        m.RicServiceUpdate, added=_functions, modified=_functions, deleted=_function_ids, **_transaction
    ),
    m.RicServiceUpdateAcknowledge: built(
        m.RicServiceUpdateAcknowledge, accepted=_function_ids, rejected=_function_causes, **_transaction
    ),
    m.RicServiceUpdateFailure: built(m.RicServiceUpdateFailure, **_wait_and_refusal),
    m.E2NodeConfigurationUpdate: built(
        m.E2NodeConfigurationUpdate,
        node=maybe(any_.nodes),
        added=_configs,
        updated=_configs,
        removed=tuples(built(m.ComponentRemoval, any_.interfaces, any_.components), 0, 1024),
        tnl_removed=tuples(built(m.TnlAssociation, any_.tnl_addresses, any_.tnl_addresses), 0, 32),
        **_transaction,
    ),
    m.E2NodeConfigurationUpdateAcknowledge: built(
        m.E2NodeConfigurationUpdateAcknowledge,
        added=_config_acks,
        updated=_config_acks,
        removed=_config_acks,
        **_transaction,
    ),
    m.E2NodeConfigurationUpdateFailure: built(m.E2NodeConfigurationUpdateFailure, **_wait_and_refusal),
    m.E2ConnectionUpdate: built(
        m.E2ConnectionUpdate,
        added=_tnl_uses,
        removed=tuples(any_.tnl_addresses, 0, 32),
        modified=_tnl_uses,
        **_transaction,
    ),
    m.E2ConnectionUpdateAcknowledge: built(
        m.E2ConnectionUpdateAcknowledge,
        setup=_tnl_uses,
        failed=tuples(built(m.TnlCause, any_.tnl_addresses, any_.causes), 0, 32),
        **_transaction,
    ),
    m.E2ConnectionUpdateFailure: built(
        m.E2ConnectionUpdateFailure, **_wait_and_refusal | {"cause": maybe(any_.causes)}
    ),
    m.E2RemovalRequest: built(m.E2RemovalRequest, **_transaction),
    m.E2RemovalResponse: built(m.E2RemovalResponse, diagnostics=any_.diagnostics, **_transaction),
    m.E2RemovalFailure: built(m.E2RemovalFailure, **_transaction, **_failure),
    m.RicSubscriptionDeleteRequired: built(
        m.RicSubscriptionDeleteRequired,
        subscriptions=tuples(built(m.SubscriptionCause, any_.requests, any_.int12, any_.causes), 1, 1024),
    ),
    m.RicSubscriptionModificationRequest: built(
        m.RicSubscriptionModificationRequest,
        event_trigger=maybe(octets),
        remove=_action_ids,
        modify=tuples(_modified_actions, 0, 16),
        add=tuples(_added_actions, 0, 16),
        **_ids,
    ),
    m.RicSubscriptionModificationResponse: built(
        m.RicSubscriptionModificationResponse,
        removed=_action_ids,
        not_removed=_refused,
        modified=_action_ids,
        not_modified=_refused,
        added=_action_ids,
        not_added=_refused,
        **_ids,
    ),
    m.RicSubscriptionModificationFailure: built(m.RicSubscriptionModificationFailure, **_refusal),
    m.RicSubscriptionModificationRequired: built(
        m.RicSubscriptionModificationRequired, modify=tuples(_waits, 0, 16), remove=_refused, **_ids
    ),
    m.RicSubscriptionModificationConfirm: built(
        m.RicSubscriptionModificationConfirm,
        modified=_action_ids,
        not_modified=_refused,
        removed=_action_ids,
        not_removed=_refused,
        **_ids,
    ),
    m.RicSubscriptionModificationRefuse: built(m.RicSubscriptionModificationRefuse, **_refusal),
    m.RicQueryRequest: built(m.RicQueryRequest, header=octets, definition=octets, **_ids),
    m.RicQueryResponse: built(m.RicQueryResponse, outcome=octets, **_ids),
    m.RicQueryFailure: built(m.RicQueryFailure, **_refusal),
}
