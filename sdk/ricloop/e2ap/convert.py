"""Each IE's value between asn1tools' form and the one that `messages.py` shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import E2AP, E2AP_V1, Syntax
from ricloop.core.ids import Plmn
from ricloop.e2ap import messages as m
from ricloop.e2ap.envelope import pack_list, unpack_list
from ricloop.e2ap.node_id import (
    from_bits,
    node_from_wire,
    node_to_wire,
    ran_node_from_wire,
    ran_node_to_wire,
    to_bits,
)

_COMPONENT = "e2nodeComponentInterfaceType"
_COMPONENT_MEMBER = {
    "ng": ("NG", "amf-name"),
    "xn": ("Xn", "global-NG-RAN-Node-ID"),
    "e1": ("E1", "gNB-CU-UP-ID"),
    "f1": ("F1", "gNB-DU-ID"),
    "w1": ("W1", "ng-eNB-DU-ID"),
    "s1": ("S1", "mme-name"),
}
_ALTERNATIVES = {"ng": "nG"}
"""Where the name of an interface and of the component's alternative in `ComponentConfig` differ."""


@dataclass(frozen=True, slots=True)
class Converter:
    """`to_wire` and `from_wire` are inverse; both may raise ValueError or KeyError for what has no equivalent."""

    to_wire: Callable[[Any], Any]
    from_wire: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _request_to_wire(value: m.RequestId) -> dict[str, int]:
    return {"ricRequestorID": value.requestor, "ricInstanceID": value.instance}


def _request_from_wire(value: dict[str, int]) -> m.RequestId:
    return m.RequestId(value["ricRequestorID"], value["ricInstanceID"])


def _cause_to_wire(value: m.Cause) -> tuple[str, str]:
    return value.group, value.value


def _cause_from_wire(value: tuple[str, str]) -> m.Cause:
    return m.Cause(*value)


def _ric_to_wire(value: m.GlobalRicId) -> dict[str, Any]:
    return {"pLMN-Identity": value.plmn.octets, "ric-ID": to_bits(value.value, 20)}


def _ric_from_wire(value: dict[str, Any]) -> m.GlobalRicId:
    return m.GlobalRicId(Plmn.from_octets(value["pLMN-Identity"]), from_bits(value["ric-ID"]))


def _diagnostics_to_wire(value: m.CriticalityDiagnostics) -> dict[str, Any]:
    ies = [{"iECriticality": c, "iE-ID": ie, "typeOfError": error} for c, ie, error in value.ies]
    return _present(
        procedureCode=value.procedure_code,
        triggeringMessage=value.triggering_message,
        procedureCriticality=value.procedure_criticality,
        ricRequestorID=None if value.request_id is None else _request_to_wire(value.request_id),
        iEsCriticalityDiagnostics=ies or None,
    )


def _diagnostics_from_wire(value: dict[str, Any]) -> m.CriticalityDiagnostics:
    request = value.get("ricRequestorID")
    return m.CriticalityDiagnostics(
        procedure_code=value.get("procedureCode"),
        triggering_message=value.get("triggeringMessage"),
        procedure_criticality=value.get("procedureCriticality"),
        request_id=None if request is None else _request_from_wire(request),
        ies=tuple(
            (ie["iECriticality"], ie["iE-ID"], ie["typeOfError"]) for ie in value.get("iEsCriticalityDiagnostics", ())
        ),
    )


def _time_to_wire(seconds: int) -> str:
    return f"v{seconds}s"


def _time_from_wire(value: str) -> int:
    return int(value[1:-1])


def _function_to_wire(value: m.RanFunction) -> dict[str, Any]:
    return {
        "ranFunctionID": value.id,
        "ranFunctionDefinition": value.definition,
        "ranFunctionRevision": value.revision,
        "ranFunctionOID": value.oid,
    }


def _function_from_wire(value: dict[str, Any]) -> m.RanFunction:
    return m.RanFunction(
        id=value["ranFunctionID"],
        revision=value["ranFunctionRevision"],
        oid=value["ranFunctionOID"],
        definition=value["ranFunctionDefinition"],
    )


def _function_id_to_wire(value: m.FunctionId) -> dict[str, int]:
    return {"ranFunctionID": value.id, "ranFunctionRevision": value.revision}


def _function_id_from_wire(value: dict[str, int]) -> m.FunctionId:
    return m.FunctionId(value["ranFunctionID"], value["ranFunctionRevision"])


def _function_cause_to_wire(value: m.FunctionCause) -> dict[str, Any]:
    return {"ranFunctionID": value.id, "cause": _cause_to_wire(value.cause)}


def _function_cause_from_wire(value: dict[str, Any]) -> m.FunctionCause:
    return m.FunctionCause(value["ranFunctionID"], _cause_from_wire(value["cause"]))


def _component_to_wire(interface: str, component: tuple[str, Any]) -> dict[str, Any]:
    alternative, value = component
    interface_of = {_ALTERNATIVES.get(name, name): name for name in (*_COMPONENT_MEMBER, "x2")}
    if alternative not in interface_of:
        raise ValueError(f"no component '{alternative}'; there are {', '.join(sorted(interface_of))}")
    name = interface_of[alternative]
    if name == "x2":
        identity: tuple[str, Any] = (f"{_COMPONENT}X2", value)
    else:
        suffix, member = _COMPONENT_MEMBER[name]
        content = ran_node_to_wire(value) if name == "xn" else value
        identity = (f"{_COMPONENT}{suffix}", {member: content})
    return {_COMPONENT: interface, "e2nodeComponentID": identity}


def _component_from_wire(value: dict[str, Any]) -> tuple[str, tuple[str, object]]:
    alternative, content = value["e2nodeComponentID"]
    name = alternative.removeprefix(_COMPONENT).lower()
    if name != "x2":
        content = content[_COMPONENT_MEMBER[name][1]]
    if name == "xn":
        content = ran_node_from_wire(content)
    return value[_COMPONENT], (_ALTERNATIVES.get(name, name), content)


def _config_to_wire(value: m.ComponentConfig) -> dict[str, Any]:
    parts = {"e2nodeComponentRequestPart": value.request, "e2nodeComponentResponsePart": value.response}
    return _component_to_wire(value.interface, value.component) | {"e2nodeComponentConfiguration": parts}


def _config_from_wire(value: dict[str, Any]) -> m.ComponentConfig:
    interface, component = _component_from_wire(value)
    parts = value["e2nodeComponentConfiguration"]
    return m.ComponentConfig(
        interface=interface,
        component=component,
        request=parts["e2nodeComponentRequestPart"],
        response=parts["e2nodeComponentResponsePart"],
    )


def _config_ack_to_wire(value: m.ComponentConfigAck) -> dict[str, Any]:
    ack = _outcome_to_wire(value.failure)
    return _component_to_wire(value.interface, value.component) | {"e2nodeComponentConfigurationAck": ack}


def _config_ack_from_wire(value: dict[str, Any]) -> m.ComponentConfigAck:
    interface, component = _component_from_wire(value)
    failure = _outcome_from_wire(value["e2nodeComponentConfigurationAck"])
    return m.ComponentConfigAck(interface=interface, component=component, failure=failure)


def _outcome_to_wire(failure: m.Cause | None) -> dict[str, Any]:
    cause = None if failure is None else _cause_to_wire(failure)
    return _present(updateOutcome="success" if cause is None else "failure", failureCause=cause)


def _outcome_from_wire(value: dict[str, Any]) -> m.Cause | None:
    if value["updateOutcome"] != "failure":
        return None
    cause = value.get("failureCause")
    return m.Cause("misc", "unspecified") if cause is None else _cause_from_wire(cause)


def _removal_to_wire(value: m.ComponentRemoval) -> dict[str, Any]:
    return _component_to_wire(value.interface, value.component)


def _removal_from_wire(value: dict[str, Any]) -> m.ComponentRemoval:
    return m.ComponentRemoval(*_component_from_wire(value))


def _subsequent_to_wire(value: m.SubsequentAction | None) -> dict[str, str] | None:
    return None if value is None else {"ricSubsequentActionType": value.type, "ricTimeToWait": value.time_to_wait}


def _subsequent_from_wire(value: dict[str, str] | None) -> m.SubsequentAction | None:
    if value is None:
        return None
    return m.SubsequentAction(type=value["ricSubsequentActionType"], time_to_wait=value["ricTimeToWait"])


def _action_to_wire(value: m.ActionToBeSetup) -> dict[str, Any]:
    return {"ricActionID": value.id, "ricActionType": value.type.value} | _present(
        ricActionDefinition=value.definition,
        ricSubsequentAction=_subsequent_to_wire(value.subsequent),
        ricActionExecutionOrder=value.execution_order,
    )


def _action_from_wire(value: dict[str, Any]) -> m.ActionToBeSetup:
    return m.ActionToBeSetup(
        id=value["ricActionID"],
        type=m.ActionType(value["ricActionType"]),
        definition=value.get("ricActionDefinition"),
        subsequent=_subsequent_from_wire(value.get("ricSubsequentAction")),
        execution_order=value.get("ricActionExecutionOrder"),
    )


def _modified_to_wire(value: m.ActionToBeModified) -> dict[str, Any]:
    return {"ricActionID": value.id} | _present(
        ricActionDefinition=value.definition,
        ricActionExecutionOrder=value.execution_order,
        ricSubsequentAction=_subsequent_to_wire(value.subsequent),
    )


def _modified_from_wire(value: dict[str, Any]) -> m.ActionToBeModified:
    return m.ActionToBeModified(
        id=value["ricActionID"],
        definition=value.get("ricActionDefinition"),
        execution_order=value.get("ricActionExecutionOrder"),
        subsequent=_subsequent_from_wire(value.get("ricSubsequentAction")),
    )


def _wait_to_wire(value: m.ActionTimeToWait) -> dict[str, Any]:
    return {"ricActionID": value.id, "ricTimeToWait": value.time_to_wait}


def _wait_from_wire(value: dict[str, Any]) -> m.ActionTimeToWait:
    return m.ActionTimeToWait(value["ricActionID"], value["ricTimeToWait"])


def _given_up_to_wire(value: m.SubscriptionCause) -> dict[str, Any]:
    return {
        "ricRequestID": _request_to_wire(value.request_id),
        "ranFunctionID": value.function_id,
        "cause": _cause_to_wire(value.cause),
    }


def _given_up_from_wire(value: dict[str, Any]) -> m.SubscriptionCause:
    return m.SubscriptionCause(
        _request_from_wire(value["ricRequestID"]), value["ranFunctionID"], _cause_from_wire(value["cause"])
    )


def _tnl_to_wire(value: m.TnlInformation) -> dict[str, Any]:
    bits = 8 * len(value.address) if value.bits is None else value.bits
    port = None if value.port is None else to_bits(value.port, 16)
    return {"tnlAddress": (value.address, bits)} | _present(tnlPort=port)


def _tnl_from_wire(value: dict[str, Any]) -> m.TnlInformation:
    address, bits = value["tnlAddress"]
    port = value.get("tnlPort")
    whole = bits == 8 * len(address)
    return m.TnlInformation(address, None if port is None else from_bits(port), None if whole else bits)


def _tnl_use_to_wire(value: m.TnlUse) -> dict[str, Any]:
    return {"tnlInformation": _tnl_to_wire(value.tnl), "tnlUsage": value.usage}


def _tnl_use_from_wire(value: dict[str, Any]) -> m.TnlUse:
    return m.TnlUse(_tnl_from_wire(value["tnlInformation"]), value["tnlUsage"])


def _tnl_cause_to_wire(value: m.TnlCause) -> dict[str, Any]:
    return {"tnlInformation": _tnl_to_wire(value.tnl), "cause": _cause_to_wire(value.cause)}


def _tnl_cause_from_wire(value: dict[str, Any]) -> m.TnlCause:
    return m.TnlCause(_tnl_from_wire(value["tnlInformation"]), _cause_from_wire(value["cause"]))


def _association_to_wire(value: m.TnlAssociation) -> dict[str, Any]:
    return {"tnlInformation": _tnl_to_wire(value.node), "tnlInformationRIC": _tnl_to_wire(value.ric)}


def _association_from_wire(value: dict[str, Any]) -> m.TnlAssociation:
    return m.TnlAssociation(_tnl_from_wire(value["tnlInformation"]), _tnl_from_wire(value["tnlInformationRIC"]))


def _details(syntax: Syntax) -> Converter:
    """RICsubscriptionDetails, which holds a list of its own."""

    def to_wire(value: tuple[bytes, tuple[m.ActionToBeSetup, ...]]) -> dict[str, Any]:
        trigger, actions = value
        return {
            "ricEventTriggerDefinition": trigger,
            "ricAction-ToBeSetup-List": pack_list([_action_to_wire(action) for action in actions], 19, syntax),
        }

    def from_wire(value: dict[str, Any]) -> tuple[bytes, tuple[m.ActionToBeSetup, ...]]:
        actions = unpack_list(value["ricAction-ToBeSetup-List"], 19, syntax)
        return value["ricEventTriggerDefinition"], tuple(_action_from_wire(action) for action in actions)

    return Converter(to_wire, from_wire)


def _refused_to_wire(value: m.ActionNotAdmitted) -> dict[str, Any]:
    return {"ricActionID": value.id, "cause": _cause_to_wire(value.cause)}


def _refused_from_wire(value: dict[str, Any]) -> m.ActionNotAdmitted:
    return m.ActionNotAdmitted(value["ricActionID"], _cause_from_wire(value["cause"]))


def _function_v1_to_wire(value: m.RanFunction) -> dict[str, Any]:
    # v1 may leave the OID out: none is the empty one.
    return {name: part for name, part in _function_to_wire(value).items() if name != "ranFunctionOID" or part}


def _function_v1_from_wire(value: dict[str, Any]) -> m.RanFunction:
    return _function_from_wire({"ranFunctionOID": ""} | value)


def _v1_component_to_wire(value: m.ComponentUpdate | m.ComponentUpdateAck) -> dict[str, Any]:
    unit = None
    if value.unit is not None:
        name = value.type.removeprefix("gNB-")
        unit = (f"e2nodeComponentTypeGNB-{name}", {f"gNB-{name}-ID": value.unit})
    return {"e2nodeComponentType": value.type} | _present(e2nodeComponentID=unit)


def _v1_component_from_wire(value: dict[str, Any]) -> tuple[str, int | None]:
    unit = value.get("e2nodeComponentID")
    return value["e2nodeComponentType"], None if unit is None else next(iter(unit[1].values()))


def _update_to_wire(value: m.ComponentUpdate) -> dict[str, Any]:
    parts = {f"{name}configUpdate": octets for name, octets in value.parts}
    update = (f"{value.kind}configUpdate", parts)
    return _v1_component_to_wire(value) | {"e2nodeComponentConfigUpdate": update}


def _update_from_wire(value: dict[str, Any]) -> m.ComponentUpdate:
    type_name, unit = _v1_component_from_wire(value)
    kind, parts = value["e2nodeComponentConfigUpdate"]
    named = tuple((name.removesuffix("configUpdate"), octets) for name, octets in parts.items())
    return m.ComponentUpdate(type=type_name, unit=unit, kind=kind.removesuffix("configUpdate"), parts=named)


def _update_ack_to_wire(value: m.ComponentUpdateAck) -> dict[str, Any]:
    return _v1_component_to_wire(value) | {"e2nodeComponentConfigUpdateAck": _outcome_to_wire(value.failure)}


def _update_ack_from_wire(value: dict[str, Any]) -> m.ComponentUpdateAck:
    type_name, unit = _v1_component_from_wire(value)
    failure = _outcome_from_wire(value["e2nodeComponentConfigUpdateAck"])
    return m.ComponentUpdateAck(type=type_name, unit=unit, failure=failure)


def _enum_to_wire(value: Any) -> str:
    return str(value.value)


def _list(to_wire: Callable[[Any], Any], from_wire: Callable[[Any], Any]) -> Converter:
    # An empty list is an absent IE.
    return Converter(
        lambda values: [to_wire(value) for value in values] or None,
        lambda values: tuple(from_wire(value) for value in values),
    )


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


AS_IT_IS = Converter(_same, _same)
_ACTION_IDS = _list(lambda action: {"ricActionID": action}, lambda value: value["ricActionID"])
_ACTION_CAUSES = _list(_refused_to_wire, _refused_from_wire)
_ACTIONS = _list(_action_to_wire, _action_from_wire)
_FUNCTION_IDS = _list(_function_id_to_wire, _function_id_from_wire)
_FUNCTIONS = _list(_function_to_wire, _function_from_wire)
_CONFIGS = _list(_config_to_wire, _config_from_wire)
_CONFIG_ACKS = _list(_config_ack_to_wire, _config_ack_from_wire)
_TNL_USES = _list(_tnl_use_to_wire, _tnl_use_from_wire)

CONVERTERS: dict[int, Converter] = {
    1: Converter(_cause_to_wire, _cause_from_wire),
    2: Converter(_diagnostics_to_wire, _diagnostics_from_wire),
    3: Converter(node_to_wire, node_from_wire),
    4: Converter(_ric_to_wire, _ric_from_wire),
    9: _FUNCTION_IDS,
    10: _FUNCTIONS,
    11: _FUNCTION_IDS,
    12: _FUNCTIONS,
    13: _list(_function_cause_to_wire, _function_cause_from_wire),
    17: _ACTION_IDS,
    18: _ACTION_CAUSES,
    21: Converter(_enum_to_wire, m.AckRequest),
    28: Converter(_enum_to_wire, m.ActionType),
    29: Converter(_request_to_wire, _request_from_wire),
    30: _details(E2AP),
    31: Converter(_time_to_wire, _time_from_wire),
    33: _CONFIGS,
    35: _CONFIG_ACKS,
    39: _TNL_USES,
    40: _list(_tnl_cause_to_wire, _tnl_cause_from_wire),
    44: _TNL_USES,
    45: _TNL_USES,
    46: _list(
        lambda value: {"tnlInformation": _tnl_to_wire(value)}, lambda value: _tnl_from_wire(value["tnlInformation"])
    ),
    48: Converter(_tnl_to_wire, _tnl_from_wire),
    50: _CONFIGS,
    52: _CONFIG_ACKS,
    54: _list(_removal_to_wire, _removal_from_wire),
    56: _CONFIG_ACKS,
    58: _list(_association_to_wire, _association_from_wire),
    60: _list(_given_up_to_wire, _given_up_from_wire),
    65: _ACTION_IDS,
    67: _list(_modified_to_wire, _modified_from_wire),
    69: _ACTIONS,
    71: _ACTION_IDS,
    73: _ACTION_CAUSES,
    75: _ACTION_IDS,
    77: _ACTION_CAUSES,
    79: _ACTION_IDS,
    81: _ACTION_CAUSES,
    83: _list(_wait_to_wire, _wait_from_wire),
    85: _ACTION_CAUSES,
    87: _ACTION_IDS,
    89: _ACTION_CAUSES,
    91: _ACTION_IDS,
    93: _ACTION_CAUSES,
}
"""By IE id; an IE that is not here is the same in both forms."""

CONVERTERS_V1: dict[int, Converter] = CONVERTERS | {
    10: _list(_function_v1_to_wire, _function_v1_from_wire),
    12: _list(_function_v1_to_wire, _function_v1_from_wire),
    18: Converter(
        lambda values: [_refused_to_wire(value) for value in values],
        lambda values: tuple(_refused_from_wire(value) for value in values),
    ),
    30: _details(E2AP_V1),
    33: _list(_update_to_wire, _update_from_wire),
    35: _list(_update_ack_to_wire, _update_ack_from_wire),
}
"""The same for v1.01."""
