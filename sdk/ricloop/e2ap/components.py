"""The components of a node (E2AP 9.2.26, 9.2.27): its interfaces, and what v1 has instead, its parts."""

from __future__ import annotations

from typing import Any

from ricloop.asn1.convert import Converter
from ricloop.e2ap import messages as m
from ricloop.e2ap.cause import CAUSE
from ricloop.e2ap.node_id import ran_node_from_asn, ran_node_to_asn

_INTERFACE, _ID = "e2nodeComponentInterfaceType", "e2nodeComponentID"
_ALTERNATIVES = {
    "nG": ("NG", "amf-name"),
    "xn": ("Xn", "global-NG-RAN-Node-ID"),
    "e1": ("E1", "gNB-CU-UP-ID"),
    "f1": ("F1", "gNB-DU-ID"),
    "w1": ("W1", "ng-eNB-DU-ID"),
    "s1": ("S1", "mme-name"),
    "x2": ("X2", ""),
}
"""`ComponentConfig.component`'s names: the end of the alternative's name, and its member; X2's has several."""
_NAMES = {f"{_INTERFACE}{ending}": name for name, (ending, _) in _ALTERNATIVES.items()}


def _id_to_asn(value: m.ComponentConfig | m.ComponentConfigAck | m.ComponentRemoval) -> dict[str, Any]:
    name: str = value.component[0]
    content: Any = value.component[1]
    if name not in _ALTERNATIVES:
        raise ValueError(f"no component '{name}'; there are {', '.join(sorted(_ALTERNATIVES))}")
    ending, member = _ALTERNATIVES[name]
    if name == "xn":
        content = ran_node_to_asn(content)
    chosen = (f"{_INTERFACE}{ending}", {member: content} if member else content)
    return {_INTERFACE: value.interface, _ID: chosen}


def _id_from_asn(found: dict[str, Any]) -> dict[str, Any]:
    """Arguments that all three classes have."""
    alternative, content = found[_ID]
    name = _NAMES[alternative]
    member = _ALTERNATIVES[name][1]
    if member:
        content = content[member]
    if name == "xn":
        content = ran_node_from_asn(content)
    return {"interface": found[_INTERFACE], "component": (name, content)}


def _config_to_asn(value: m.ComponentConfig) -> dict[str, Any]:
    parts = {"e2nodeComponentRequestPart": value.request, "e2nodeComponentResponsePart": value.response}
    return _id_to_asn(value) | {"e2nodeComponentConfiguration": parts}


def _config_from_asn(found: dict[str, Any]) -> m.ComponentConfig:
    parts = found["e2nodeComponentConfiguration"]
    return m.ComponentConfig(
        **_id_from_asn(found),
        request=parts["e2nodeComponentRequestPart"],
        response=parts["e2nodeComponentResponsePart"],
    )


def _ack_to_asn(value: m.ComponentConfigAck) -> dict[str, Any]:
    return _id_to_asn(value) | {"e2nodeComponentConfigurationAck": _outcome_to_asn(value.failure)}


def _ack_from_asn(found: dict[str, Any]) -> m.ComponentConfigAck:
    failure = _outcome_from_asn(found["e2nodeComponentConfigurationAck"])
    return m.ComponentConfigAck(**_id_from_asn(found), failure=failure)


def _outcome_to_asn(failure: m.Cause | None) -> dict[str, Any]:
    if failure is None:
        return {"updateOutcome": "success"}
    return {"updateOutcome": "failure", "failureCause": CAUSE.to_asn(failure)}


def _outcome_from_asn(found: dict[str, Any]) -> m.Cause | None:
    if found["updateOutcome"] != "failure":
        return None
    cause: m.Cause = CAUSE.from_asn(found.get("failureCause", ("misc", "unspecified")))
    return cause


CONFIG = Converter(_config_to_asn, _config_from_asn)
CONFIG_ACK = Converter(_ack_to_asn, _ack_from_asn)
REMOVAL = Converter(_id_to_asn, lambda found: m.ComponentRemoval(**_id_from_asn(found)))


# ------------------------------------------------------------------------------------------------------------- v1


def _part_to_asn(value: m.ComponentUpdate | m.ComponentUpdateAck) -> dict[str, Any]:
    part: dict[str, Any] = {"e2nodeComponentType": value.type}
    if value.unit is not None:
        name = value.type.removeprefix("gNB-")
        part[_ID] = (f"e2nodeComponentTypeGNB-{name}", {f"gNB-{name}-ID": value.unit})
    return part


def _part_from_asn(found: dict[str, Any]) -> dict[str, Any]:
    """Arguments that both classes have."""
    unit = found.get(_ID)
    return {"type": found["e2nodeComponentType"], "unit": None if unit is None else next(iter(unit[1].values()))}


def _update_to_asn(value: m.ComponentUpdate) -> dict[str, Any]:
    parts = {f"{name}configUpdate": octets for name, octets in value.parts}
    return _part_to_asn(value) | {"e2nodeComponentConfigUpdate": (f"{value.kind}configUpdate", parts)}


def _update_from_asn(found: dict[str, Any]) -> m.ComponentUpdate:
    kind, parts = found["e2nodeComponentConfigUpdate"]
    named = tuple((name.removesuffix("configUpdate"), octets) for name, octets in parts.items())
    return m.ComponentUpdate(**_part_from_asn(found), kind=kind.removesuffix("configUpdate"), parts=named)


def _update_ack_to_asn(value: m.ComponentUpdateAck) -> dict[str, Any]:
    return _part_to_asn(value) | {"e2nodeComponentConfigUpdateAck": _outcome_to_asn(value.failure)}


def _update_ack_from_asn(found: dict[str, Any]) -> m.ComponentUpdateAck:
    failure = _outcome_from_asn(found["e2nodeComponentConfigUpdateAck"])
    return m.ComponentUpdateAck(**_part_from_asn(found), failure=failure)


UPDATE = Converter(_update_to_asn, _update_from_asn)
UPDATE_ACK = Converter(_update_ack_to_asn, _update_ack_from_asn)
