"""Each IE's value between asn1tools' form and the one that `messages.py` shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
    cause = None if value.failure is None else _cause_to_wire(value.failure)
    ack = _present(updateOutcome="success" if cause is None else "failure", failureCause=cause)
    return _component_to_wire(value.interface, value.component) | {"e2nodeComponentConfigurationAck": ack}


def _config_ack_from_wire(value: dict[str, Any]) -> m.ComponentConfigAck:
    interface, component = _component_from_wire(value)
    ack = value["e2nodeComponentConfigurationAck"]
    failure = None
    if ack["updateOutcome"] == "failure":
        cause = ack.get("failureCause")
        failure = m.Cause("misc", "unspecified") if cause is None else _cause_from_wire(cause)
    return m.ComponentConfigAck(interface=interface, component=component, failure=failure)


def _action_to_wire(value: m.ActionToBeSetup) -> dict[str, Any]:
    after = value.subsequent
    return {"ricActionID": value.id, "ricActionType": value.type.value} | _present(
        ricActionDefinition=value.definition,
        ricSubsequentAction=None
        if after is None
        else {"ricSubsequentActionType": after.type, "ricTimeToWait": after.time_to_wait},
        ricActionExecutionOrder=value.execution_order,
    )


def _action_from_wire(value: dict[str, Any]) -> m.ActionToBeSetup:
    after = value.get("ricSubsequentAction")
    return m.ActionToBeSetup(
        id=value["ricActionID"],
        type=m.ActionType(value["ricActionType"]),
        definition=value.get("ricActionDefinition"),
        subsequent=None
        if after is None
        else m.SubsequentAction(type=after["ricSubsequentActionType"], time_to_wait=after["ricTimeToWait"]),
        execution_order=value.get("ricActionExecutionOrder"),
    )


def _details_to_wire(value: tuple[bytes, tuple[m.ActionToBeSetup, ...]]) -> dict[str, Any]:
    trigger, actions = value
    return {
        "ricEventTriggerDefinition": trigger,
        "ricAction-ToBeSetup-List": pack_list([_action_to_wire(action) for action in actions], 19),
    }


def _details_from_wire(value: dict[str, Any]) -> tuple[bytes, tuple[m.ActionToBeSetup, ...]]:
    actions = unpack_list(value["ricAction-ToBeSetup-List"], 19)
    return value["ricEventTriggerDefinition"], tuple(_action_from_wire(action) for action in actions)


def _refused_to_wire(value: m.ActionNotAdmitted) -> dict[str, Any]:
    return {"ricActionID": value.id, "cause": _cause_to_wire(value.cause)}


def _refused_from_wire(value: dict[str, Any]) -> m.ActionNotAdmitted:
    return m.ActionNotAdmitted(value["ricActionID"], _cause_from_wire(value["cause"]))


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

CONVERTERS: dict[int, Converter] = {
    1: Converter(_cause_to_wire, _cause_from_wire),
    2: Converter(_diagnostics_to_wire, _diagnostics_from_wire),
    3: Converter(node_to_wire, node_from_wire),
    4: Converter(_ric_to_wire, _ric_from_wire),
    9: _list(_function_id_to_wire, _function_id_from_wire),
    10: _list(_function_to_wire, _function_from_wire),
    13: _list(_function_cause_to_wire, _function_cause_from_wire),
    17: _list(lambda action: {"ricActionID": action}, lambda value: value["ricActionID"]),
    18: _list(_refused_to_wire, _refused_from_wire),
    21: Converter(_enum_to_wire, m.AckRequest),
    28: Converter(_enum_to_wire, m.ActionType),
    29: Converter(_request_to_wire, _request_from_wire),
    30: Converter(_details_to_wire, _details_from_wire),
    31: Converter(_time_to_wire, _time_from_wire),
    50: _list(_config_to_wire, _config_from_wire),
    52: _list(_config_ack_to_wire, _config_ack_from_wire),
}
"""By IE id; an IE that is not here is the same in both forms."""
