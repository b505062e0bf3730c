"""Each IE's value between asn1tools' form and the one that `messages.py` shows, by IE id."""

from __future__ import annotations

from typing import Any

from ricloop.asn1 import E2AP, E2AP_V1, Syntax
from ricloop.asn1.convert import Converter, enumerated, from_bits, listed, record, to_bits
from ricloop.core.ids import Plmn
from ricloop.e2ap import messages as m
from ricloop.e2ap.cause import CAUSE
from ricloop.e2ap.components import CONFIG, CONFIG_ACK, REMOVAL, UPDATE, UPDATE_ACK
from ricloop.e2ap.envelope import pack_list, unpack_list
from ricloop.e2ap.node_id import node_from_asn, node_to_asn


def _some(item: Converter) -> Converter:
    """An empty list is an absent IE."""
    whole = listed(item)
    return Converter(lambda values: whole.to_asn(values) or None, whole.from_asn)


def _details(syntax: Syntax) -> Converter:
    """RICsubscriptionDetails, which holds a list of its own: the event trigger and the actions."""

    def to_asn(value: tuple[bytes, tuple[m.ActionToBeSetup, ...]]) -> dict[str, Any]:
        trigger, actions = value
        return {
            "ricEventTriggerDefinition": trigger,
            "ricAction-ToBeSetup-List": pack_list([_ACTION.to_asn(action) for action in actions], 19, syntax),
        }

    def from_asn(value: dict[str, Any]) -> tuple[bytes, tuple[m.ActionToBeSetup, ...]]:
        actions = unpack_list(value["ricAction-ToBeSetup-List"], 19, syntax)
        return value["ricEventTriggerDefinition"], tuple(map(_ACTION.from_asn, actions))

    return Converter(to_asn, from_asn)


def _tnl_to_asn(value: m.TnlInformation) -> dict[str, Any]:
    bits = 8 * len(value.address) if value.bits is None else value.bits
    address = {"tnlAddress": (value.address, bits)}
    return address if value.port is None else address | {"tnlPort": to_bits(value.port, 16)}


def _tnl_from_asn(value: dict[str, Any]) -> m.TnlInformation:
    address, bits = value["tnlAddress"]
    port = value.get("tnlPort")
    whole = bits == 8 * len(address)
    return m.TnlInformation(address, None if port is None else from_bits(port), None if whole else bits)


_REQUEST = record(m.RequestId, requestor="ricRequestorID", instance="ricInstanceID")
_RIC = record(
    m.GlobalRicId,
    plmn=("pLMN-Identity", Converter(lambda plmn: plmn.octets, Plmn.from_octets)),
    value=("ric-ID", Converter(lambda value: to_bits(value, 20), from_bits)),
)
_FAULT = Converter(
    lambda fault: dict(zip(("iECriticality", "iE-ID", "typeOfError"), fault, strict=True)),
    lambda found: (found["iECriticality"], found["iE-ID"], found["typeOfError"]),
)
_DIAGNOSTICS = record(
    m.CriticalityDiagnostics,
    procedure_code="procedureCode?",
    triggering_message="triggeringMessage?",
    procedure_criticality="procedureCriticality?",
    request_id=("ricRequestorID?", _REQUEST),
    ies=("iEsCriticalityDiagnostics?", listed(_FAULT)),
)
_TIME_TO_WAIT = Converter(lambda seconds: f"v{seconds}s", lambda name: int(name[1:-1]))

_FUNCTION = record(
    m.RanFunction,
    id="ranFunctionID",
    definition="ranFunctionDefinition",
    revision="ranFunctionRevision",
    oid="ranFunctionOID",
)
_FUNCTION_ID = record(m.FunctionId, id="ranFunctionID", revision="ranFunctionRevision")
_FUNCTION_CAUSE = record(m.FunctionCause, id="ranFunctionID", cause=("cause", CAUSE))

_SUBSEQUENT = record(m.SubsequentAction, type="ricSubsequentActionType", time_to_wait="ricTimeToWait")
_ACTION = record(
    m.ActionToBeSetup,
    id="ricActionID",
    type=("ricActionType", enumerated(m.ActionType)),
    definition="ricActionDefinition?",
    subsequent=("ricSubsequentAction?", _SUBSEQUENT),
    execution_order="ricActionExecutionOrder?",
)
_ACTION_TO_BE_MODIFIED = record(
    m.ActionToBeModified,
    id="ricActionID",
    definition="ricActionDefinition?",
    execution_order="ricActionExecutionOrder?",
    subsequent=("ricSubsequentAction?", _SUBSEQUENT),
)
_ACTION_WAIT = record(m.ActionTimeToWait, id="ricActionID", time_to_wait="ricTimeToWait")
_ACTION_CAUSE = record(m.ActionNotAdmitted, id="ricActionID", cause=("cause", CAUSE))
_SUBSCRIPTION_CAUSE = record(
    m.SubscriptionCause, request_id=("ricRequestID", _REQUEST), function_id="ranFunctionID", cause=("cause", CAUSE)
)

_TNL = Converter(_tnl_to_asn, _tnl_from_asn)
_TNL_USE = record(m.TnlUse, tnl=("tnlInformation", _TNL), usage="tnlUsage")
_TNL_CAUSE = record(m.TnlCause, tnl=("tnlInformation", _TNL), cause=("cause", CAUSE))
_TNL_REMOVED = Converter(
    lambda tnl: {"tnlInformation": _tnl_to_asn(tnl)}, lambda found: _tnl_from_asn(found["tnlInformation"])
)
_TNL_ASSOCIATION = record(m.TnlAssociation, node=("tnlInformation", _TNL), ric=("tnlInformationRIC", _TNL))

_ACTION_IDS = _some(Converter(lambda action: {"ricActionID": action}, lambda found: found["ricActionID"]))
_ACTION_CAUSES = _some(_ACTION_CAUSE)
_FUNCTION_IDS = _some(_FUNCTION_ID)
_FUNCTIONS = _some(_FUNCTION)
_CONFIGS = _some(CONFIG)
_CONFIG_ACKS = _some(CONFIG_ACK)
_TNL_USES = _some(_TNL_USE)

CONVERTERS: dict[int, Converter] = {
    1: CAUSE,
    2: _DIAGNOSTICS,
    3: Converter(node_to_asn, node_from_asn),
    4: _RIC,
    9: _FUNCTION_IDS,
    10: _FUNCTIONS,
    11: _FUNCTION_IDS,
    12: _FUNCTIONS,
    13: _some(_FUNCTION_CAUSE),
    17: _ACTION_IDS,
    18: _ACTION_CAUSES,
    21: enumerated(m.AckRequest),
    28: enumerated(m.ActionType),
    29: _REQUEST,
    30: _details(E2AP),
    31: _TIME_TO_WAIT,
    33: _CONFIGS,
    35: _CONFIG_ACKS,
    39: _TNL_USES,
    40: _some(_TNL_CAUSE),
    44: _TNL_USES,
    45: _TNL_USES,
    46: _some(_TNL_REMOVED),
    48: _TNL,
    50: _CONFIGS,
    52: _CONFIG_ACKS,
    54: _some(REMOVAL),
    56: _CONFIG_ACKS,
    58: _some(_TNL_ASSOCIATION),
    60: _some(_SUBSCRIPTION_CAUSE),
    65: _ACTION_IDS,
    67: _some(_ACTION_TO_BE_MODIFIED),
    69: _some(_ACTION),
    71: _ACTION_IDS,
    73: _ACTION_CAUSES,
    75: _ACTION_IDS,
    77: _ACTION_CAUSES,
    79: _ACTION_IDS,
    81: _ACTION_CAUSES,
    83: _some(_ACTION_WAIT),
    85: _ACTION_CAUSES,
    87: _ACTION_IDS,
    89: _ACTION_CAUSES,
    91: _ACTION_IDS,
    93: _ACTION_CAUSES,
}
"""By IE id; an IE that is not here is the same in both forms."""

_FUNCTIONS_V1 = _some(
    Converter(  # v1 may leave the OID out: none is the empty one.
        lambda value: {name: part for name, part in _FUNCTION.to_asn(value).items() if part != ""},
        lambda found: _FUNCTION.from_asn({"ranFunctionOID": ""} | found),
    )
)
CONVERTERS_V1: dict[int, Converter] = CONVERTERS | {
    10: _FUNCTIONS_V1,
    12: _FUNCTIONS_V1,
    18: listed(_ACTION_CAUSE),  # may be empty
    30: _details(E2AP_V1),
    33: _some(UPDATE),
    35: _some(UPDATE_ACK),
}
"""The same for v1.01."""
