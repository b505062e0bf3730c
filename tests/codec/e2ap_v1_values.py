"""Any E2AP message of v1.01, by its class, as it comes back from its octets."""

from __future__ import annotations

from random import Random
from typing import Any

from ricloop.asn1 import E2AP_V1
from ricloop.e2ap import messages as m
from tests.codec import e2ap_parts as any_
from tests.codec.e2ap_values import MAKERS as LATER
from tests.makers import Maker, built, maybe, octets, one_of, sampled, tuples

_NO_TRANSACTION: dict[str, Maker[Any]] = {"transaction_id": sampled((0,))}
_NOTHING_SAID = m.Cause("misc", "unspecified")
"""Stands for the cause of a list of causes that is empty."""
_ids: dict[str, Maker[Any]] = {"request_id": any_.requests, "function_id": any_.int12}
_causes = any_.causes_v1
_waits: dict[str, Maker[Any]] = {
    "cause": _causes, "time_to_wait_s": any_.seconds, "diagnostics": any_.diagnostics, **_NO_TRANSACTION
}  # fmt: skip
_functions, _function_ids = tuples(any_.functions_v1, 0, 256), tuples(any_.function_ids, 0, 256)
_function_causes = tuples(built(m.FunctionCause, any_.int12, _causes), 0, 256)
_refused = tuples(built(m.ActionNotAdmitted, any_.int8, _causes), 0, 16)
_action_types = sampled((m.ActionType.REPORT, m.ActionType.INSERT, m.ActionType.POLICY))
_actions = built(m.ActionToBeSetup, type=_action_types, **any_.actions(E2AP_V1, maybe(octets), sampled((None,))))

# By the kind of node: the interfaces whose configuration it may tell, in the order in which they come back.
_INTERFACES = {
    "gNB": ("ngAP", "xnAP", "e1AP", "f1AP"),
    "en-gNB": ("x2AP",),
    "ng-eNB": ("ngAP", "xnAP"),
    "eNB": ("s1AP", "x2AP"),
}
_UNITS = ("gNB-CU-UP", "gNB-DU")
_TYPES = any_.enumerated(E2AP_V1, "E2nodeComponentType")


def _part(rng: Random) -> dict[str, Any]:
    """The part of a node that a component is: by its type, and for a unit its id."""
    kind = rng.choice(_TYPES)
    return {"type": kind, "unit": any_.unit(rng) if kind in _UNITS and rng.getrandbits(1) else None}


def _update(rng: Random) -> m.ComponentUpdate:
    kind = rng.choice(tuple(_INTERFACES))
    parts = tuple((name, octets(rng)) for name in _INTERFACES[kind] if rng.getrandbits(1))
    return m.ComponentUpdate(kind=kind, parts=parts, **_part(rng))


def _update_ack(rng: Random) -> m.ComponentUpdateAck:
    return m.ComponentUpdateAck(failure=maybe(_causes)(rng), **_part(rng))


_updates, _update_acks = tuples(_update, 0, 1024), tuples(_update_ack, 0, 1024)


def _subscription_failure(rng: Random) -> m.RicSubscriptionFailure:
    refused = _refused(rng)
    return m.RicSubscriptionFailure(
        request_id=any_.requests(rng),
        function_id=any_.int12(rng),
        cause=refused[0].cause if refused else _NOTHING_SAID,
        not_admitted=refused,
        diagnostics=any_.diagnostics(rng),
    )


def _service_update_failure(rng: Random) -> m.RicServiceUpdateFailure:
    rejected = _function_causes(rng)
    return m.RicServiceUpdateFailure(
        transaction_id=0,
        cause=rejected[0].cause if rejected else _NOTHING_SAID,
        rejected=rejected,
        time_to_wait_s=any_.seconds(rng),
        diagnostics=any_.diagnostics(rng),
    )


_SAME = (m.RicSubscriptionDeleteRequest, m.RicSubscriptionDeleteResponse, m.RicIndication)
MAKERS: dict[type, Maker[Any]] = {
    **{kind: LATER[kind] for kind in _SAME},
    m.E2SetupRequest: built(
        m.E2SetupRequest, node=any_.nodes_v1, functions=_functions, components=_updates, **_NO_TRANSACTION
    ),
    m.E2SetupResponse: built(
        m.E2SetupResponse,
        ric=any_.rics,
        accepted=_function_ids,
        rejected=_function_causes,
        components=_update_acks,
        **_NO_TRANSACTION,
    ),
    m.E2SetupFailure: built(m.E2SetupFailure, tnl=maybe(any_.tnl_addresses), **_waits),
    m.ErrorIndication: built(
        m.ErrorIndication,
        request_id=maybe(any_.requests),
        function_id=maybe(any_.int12),
        cause=maybe(_causes),
        diagnostics=any_.diagnostics,
    ),
    m.ResetRequest: built(m.ResetRequest, cause=_causes, **_NO_TRANSACTION),
    m.ResetResponse: built(m.ResetResponse, diagnostics=any_.diagnostics, **_NO_TRANSACTION),
    m.RicSubscriptionRequest: built(
        m.RicSubscriptionRequest,
        event_trigger=octets,
        actions=tuples(_actions, 1, 16),
        criticality=sampled((None, None, "ignore", "notify")),
        **_ids,
    ),
    m.RicSubscriptionResponse: built(
        m.RicSubscriptionResponse, admitted=tuples(any_.int8, 1, 16), not_admitted=_refused, **_ids
    ),
    m.RicSubscriptionFailure: _subscription_failure,
    m.RicSubscriptionDeleteFailure: built(
        m.RicSubscriptionDeleteFailure, cause=_causes, diagnostics=any_.diagnostics, **_ids
    ),
    m.RicControlRequest: built(
        m.RicControlRequest,
        call_process_id=maybe(octets),
        header=octets,
        message=octets,
        ack=one_of(sampled((None,)), sampled(tuple(m.AckRequest))),
        **_ids,
    ),
    m.RicControlAcknowledge: built(
        m.RicControlAcknowledge,
        call_process_id=maybe(octets),
        status=sampled(any_.enumerated(E2AP_V1, "RICcontrolStatus")),
        outcome=maybe(octets),
        **_ids,
    ),
    m.RicControlFailure: built(
        m.RicControlFailure, call_process_id=maybe(octets), cause=_causes, outcome=maybe(octets), **_ids
    ),
    m.RicServiceQuery: built(m.RicServiceQuery, accepted=_function_ids, **_NO_TRANSACTION),
    m.RicServiceUpdate: built(
        m.RicServiceUpdate, added=_functions, modified=_functions, deleted=_function_ids, **_NO_TRANSACTION
    ),
    m.RicServiceUpdateAcknowledge: built(
        m.RicServiceUpdateAcknowledge, accepted=_function_ids, rejected=_function_causes, **_NO_TRANSACTION
    ),
    m.RicServiceUpdateFailure: _service_update_failure,
    m.E2NodeConfigurationUpdate: built(m.E2NodeConfigurationUpdate, updated=_updates, **_NO_TRANSACTION),
    m.E2NodeConfigurationUpdateAcknowledge: built(
        m.E2NodeConfigurationUpdateAcknowledge, updated=_update_acks, **_NO_TRANSACTION
    ),
    m.E2NodeConfigurationUpdateFailure: built(m.E2NodeConfigurationUpdateFailure, **_waits),
    m.E2ConnectionUpdate: built(
        m.E2ConnectionUpdate,
        added=tuples(any_.tnl_uses, 0, 32),
        removed=tuples(any_.tnl_addresses, 0, 32),
        modified=tuples(any_.tnl_uses, 0, 32),
        **_NO_TRANSACTION,
    ),
    m.E2ConnectionUpdateAcknowledge: built(
        m.E2ConnectionUpdateAcknowledge,
        setup=tuples(any_.tnl_uses, 0, 32),
        failed=tuples(built(m.TnlCause, any_.tnl_addresses, _causes), 0, 32),
        **_NO_TRANSACTION,
    ),
    m.E2ConnectionUpdateFailure: built(m.E2ConnectionUpdateFailure, **_waits | {"cause": maybe(_causes)}),
}
