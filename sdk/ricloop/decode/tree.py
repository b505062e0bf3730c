"""One PDU as a tree of plain values, whatever procedure it belongs to."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.decode.payload import KINDS, Functions, read_payload
from ricloop.decode.plain import plain
from ricloop.e2ap.envelope import Unpacked, unpack_list
from ricloop.e2ap.ies import IES
from ricloop.e2ap.version import V1, Version

_DETAILS = 30
_ADDED_OR_MODIFIED = (10, 12)


def tree_of(data: bytes, functions: Functions, association: object = None) -> dict[str, Any]:
    """`message` and `ies`, with `version` 1 for E2AP v1; or `error`, `path`, `bit` and `octets` where the PDU cannot be
    read."""
    try:
        pdu, version = functions.unpacked(association, data)
        said = {"version": 1} if version is V1 else {}
        return {"message": pdu.row.name, **said, "ies": _ies(pdu, version, functions, association)}
    except DecodeError as error:
        return {"error": error.reason, "path": error.path, "bit": error.bit, "octets": data.hex()}


def _ies(pdu: Unpacked, version: Version, functions: Functions, association: object) -> dict[str, Any]:
    values = dict(pdu.values)
    if _DETAILS in values:
        details = values[_DETAILS]
        actions = unpack_list(details["ricAction-ToBeSetup-List"], 19, version.syntax)
        values[_DETAILS] = details | {"ricAction-ToBeSetup-List": actions}
    model = functions.of(association, pdu, _payloads(values))
    return {IES[ie_id].name: _value(ie_id, value, model, functions, association) for ie_id, value in values.items()}


def _payloads(values: dict[int, Any]) -> list[tuple[str, bytes]]:
    found = [(kind, values[ie_id]) for ie_id, kind in KINDS.items() if ie_id in values]
    if _DETAILS in values:
        details = values[_DETAILS]
        found.append(("event trigger", details["ricEventTriggerDefinition"]))
        for action in details["ricAction-ToBeSetup-List"]:
            if "ricActionDefinition" in action:
                found.append(("action definition", action["ricActionDefinition"]))
    return found


def _value(ie_id: int, value: Any, model: str | None, functions: Functions, association: object) -> Any:
    if ie_id in KINDS:
        return read_payload(model, KINDS[ie_id], value)
    if ie_id == _DETAILS:
        return {
            "ricEventTriggerDefinition": read_payload(model, "event trigger", value["ricEventTriggerDefinition"]),
            "ricAction-ToBeSetup-List": [_action(action, model) for action in value["ricAction-ToBeSetup-List"]],
        }
    if ie_id in _ADDED_OR_MODIFIED:
        return [_function(function, functions, association) for function in value]
    return plain(value)


def _action(action: dict[str, Any], model: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = plain(action)
    if "ricActionDefinition" in action:
        shown["ricActionDefinition"] = read_payload(model, "action definition", action["ricActionDefinition"])
    return shown


def _function(function: dict[str, Any], functions: Functions, association: object) -> dict[str, Any]:
    definition = function["ranFunctionDefinition"]
    model = functions.learn(association, function["ranFunctionID"], function["ranFunctionOID"], definition)
    shown: dict[str, Any] = plain(function)
    shown["ranFunctionDefinition"] = read_payload(model, "definition", definition)
    return shown
