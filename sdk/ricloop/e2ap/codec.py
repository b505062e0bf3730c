"""E2AP messages to octets and back: the reference for every message. `fast.py` does the frequent ones faster."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from ricloop.core.errors import CodecError, DecodeError, EncodeError
from ricloop.e2ap import messages as m
from ricloop.e2ap.convert import AS_IT_IS, CONVERTERS, CONVERTERS_V1
from ricloop.e2ap.envelope import Fault, pack, unpack
from ricloop.e2ap.ies import IES
from ricloop.e2ap.older import as_v1
from ricloop.e2ap.procedures import BY_CLASS, Row
from ricloop.e2ap.version import V1, V2, Version

_FUNCTIONAL: dict[str | tuple[str, ...], int] = {"request_id": 29, "function_id": 5}

# Which IE each attribute is; two attributes of RicSubscriptionRequest share one IE.
ATTRIBUTES: dict[type, dict[str | tuple[str, ...], int]] = {
    m.E2SetupRequest: {"transaction_id": 49, "node": 3, "functions": 10, "components": 50},
    m.E2SetupResponse: {"transaction_id": 49, "ric": 4, "accepted": 9, "rejected": 13, "components": 52},
    m.E2SetupFailure: {"transaction_id": 49, "cause": 1, "time_to_wait_s": 31, "diagnostics": 2, "tnl": 48},
    m.ErrorIndication: {"transaction_id": 49, **_FUNCTIONAL, "cause": 1, "diagnostics": 2},
    m.ResetRequest: {"transaction_id": 49, "cause": 1},
    m.ResetResponse: {"transaction_id": 49, "diagnostics": 2},
    m.RicSubscriptionRequest: {
        **_FUNCTIONAL, ("event_trigger", "actions"): 30, "start_time": 62, "end_time": 63
    },
    m.RicSubscriptionResponse: {**_FUNCTIONAL, "admitted": 17, "not_admitted": 18},
    m.RicSubscriptionFailure: {**_FUNCTIONAL, "cause": 1, "diagnostics": 2},
    m.RicSubscriptionDeleteRequest: _FUNCTIONAL,
    m.RicSubscriptionDeleteResponse: _FUNCTIONAL,
    m.RicSubscriptionDeleteFailure: {**_FUNCTIONAL, "cause": 1, "diagnostics": 2},
    m.RicIndication: {
        **_FUNCTIONAL, "action_id": 15, "sequence": 27, "type": 28, "header": 25, "message": 26, "call_process_id": 20
    },
    m.RicControlRequest: {**_FUNCTIONAL, "call_process_id": 20, "header": 22, "message": 23, "ack": 21},
    m.RicControlAcknowledge: {**_FUNCTIONAL, "call_process_id": 20, "outcome": 32},
    m.RicControlFailure: {**_FUNCTIONAL, "call_process_id": 20, "cause": 1, "outcome": 32, "diagnostics": 2},
    m.RicServiceQuery: {"transaction_id": 49, "accepted": 9},
    m.RicServiceUpdate: {"transaction_id": 49, "added": 10, "modified": 12, "deleted": 11},
    m.RicServiceUpdateAcknowledge: {"transaction_id": 49, "accepted": 9, "rejected": 13},
    m.RicServiceUpdateFailure: {"transaction_id": 49, "cause": 1, "time_to_wait_s": 31, "diagnostics": 2},
    m.E2NodeConfigurationUpdate: {
        "transaction_id": 49, "node": 3, "added": 50, "updated": 33, "removed": 54, "tnl_removed": 58
    },
    m.E2NodeConfigurationUpdateAcknowledge: {"transaction_id": 49, "added": 52, "updated": 35, "removed": 56},
    m.E2NodeConfigurationUpdateFailure: {"transaction_id": 49, "cause": 1, "time_to_wait_s": 31, "diagnostics": 2},
    m.E2ConnectionUpdate: {"transaction_id": 49, "added": 44, "removed": 46, "modified": 45},
    m.E2ConnectionUpdateAcknowledge: {"transaction_id": 49, "setup": 39, "failed": 40},
    m.E2ConnectionUpdateFailure: {"transaction_id": 49, "cause": 1, "time_to_wait_s": 31, "diagnostics": 2},
    m.E2RemovalRequest: {"transaction_id": 49},
    m.E2RemovalResponse: {"transaction_id": 49, "diagnostics": 2},
    m.E2RemovalFailure: {"transaction_id": 49, "cause": 1, "diagnostics": 2},
    m.RicSubscriptionDeleteRequired: {"subscriptions": 60},
    m.RicSubscriptionModificationRequest: {
        **_FUNCTIONAL, "event_trigger": 64, "remove": 65, "modify": 67, "add": 69
    },
    m.RicSubscriptionModificationResponse: {
        **_FUNCTIONAL, "removed": 71, "not_removed": 73, "modified": 75, "not_modified": 77, "added": 79,
        "not_added": 81,
    },
    m.RicSubscriptionModificationFailure: {**_FUNCTIONAL, "cause": 1, "diagnostics": 2},
    m.RicSubscriptionModificationRequired: {**_FUNCTIONAL, "modify": 83, "remove": 85},
    m.RicSubscriptionModificationConfirm: {
        **_FUNCTIONAL, "modified": 87, "not_modified": 89, "removed": 91, "not_removed": 93
    },
    m.RicSubscriptionModificationRefuse: {**_FUNCTIONAL, "cause": 1, "diagnostics": 2},
    m.RicQueryRequest: {**_FUNCTIONAL, "header": 95, "definition": 96},
    m.RicQueryResponse: {**_FUNCTIONAL, "outcome": 97},
    m.RicQueryFailure: {**_FUNCTIONAL, "cause": 1, "diagnostics": 2},
}  # fmt: skip


_V1_OTHERWISE: dict[type, dict[str | tuple[str, ...], int]] = {
    m.E2SetupRequest: {"node": 3, "functions": 10, "components": 33},
    m.E2SetupResponse: {"ric": 4, "accepted": 9, "rejected": 13, "components": 35},
    m.RicSubscriptionFailure: {**_FUNCTIONAL, "not_admitted": 18, "diagnostics": 2},
    m.RicControlAcknowledge: {**_FUNCTIONAL, "call_process_id": 20, "status": 24, "outcome": 32},
    m.RicServiceUpdateFailure: {"rejected": 13, "time_to_wait_s": 31, "diagnostics": 2},
}
_ABSENT: dict[str, object] = {
    "transaction_id": 0,
    "functions": (),
    "components": (),
    "cause": m.Cause("misc", "unspecified"),
    "subscriptions": (),
}
"""What stands for what did not come: v1 has no TransactionID, may name neither functions nor components, and puts
causes in lists; and a mandatory IE of criticality `ignore` does not cost the message (E2AP 10.3.5)."""


def encode(message: m.Message, version: Version = V2) -> bytes:
    """The PDU of `message`. Raises `EncodeError` naming the value that cannot be sent."""
    row = version.by_class.get(type(message))
    if row is None:
        raise EncodeError(f"{version} has no {BY_CLASS[type(message)].name}")
    if version is V1:
        message = as_v1(message)
    converters = _CONVERTERS[version.number]
    values = {}
    for attribute, ie_id in _attributes(row, version).items():
        value: Any = (
            getattr(message, attribute)
            if isinstance(attribute, str)
            else tuple(getattr(message, part) for part in attribute)
        )
        if value is None:
            continue
        try:
            values[ie_id] = converters.get(ie_id, AS_IT_IS).to_wire(value)
        except CodecError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise EncodeError(f"{row.name}.{IES[ie_id].name}: {error} in {value!r}") from None
    try:
        return pack(row, values, getattr(message, "criticality", None), version)
    except EncodeError as error:
        raise EncodeError(f"{row.name}: {error}") from None


def decode(data: bytes, version: Version = V2) -> m.Message:
    """The message in `data`. Raises `DecodeError`, for what E2AP 10.3 rejects an `AbstractSyntaxError`."""
    return read(data, version)[0]


def read(data: bytes, version: Version = V2) -> tuple[m.Message, tuple[Fault, ...]]:
    """`decode`, and what the sender wants to be told of although the message is used without it (`notify`)."""
    unpacked = unpack(data, version)
    row = unpacked.row
    converters = _CONVERTERS[version.number]
    needed = {field.name for field in fields(row.cls) if field.default is MISSING}
    arguments: dict[str, Any] = {name: value for name, value in _ABSENT.items() if name in needed}
    for attribute, ie_id in _attributes(row, version).items():
        if ie_id not in unpacked.values:
            continue
        path, bit = f"{row.name}.{IES[ie_id].name}", 8 * unpacked.starts[ie_id]
        try:
            value = converters.get(ie_id, AS_IT_IS).from_wire(unpacked.values[ie_id])
        except DecodeError as error:
            raise DecodeError(error.reason, path=f"{path}{error.path}", bit=bit) from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise DecodeError(str(error), path=path, bit=bit) from None
        if isinstance(attribute, str):
            arguments[attribute] = value
        else:
            arguments.update(zip(attribute, value, strict=True))
    if row.cls is m.RicSubscriptionRequest and unpacked.criticality != row.criticality:
        arguments["criticality"] = unpacked.criticality
    listed = arguments.get("not_admitted" if row.cls is m.RicSubscriptionFailure else "rejected")
    if version is V1 and "cause" in needed and listed:
        arguments["cause"] = listed[0].cause
    message: m.Message = row.cls(**arguments)
    return message, unpacked.noted


def _attributes(row: Row, version: Version) -> dict[str | tuple[str, ...], int]:
    """Which IE each attribute is in this version."""
    found = ATTRIBUTES[row.cls]
    if version is V1:
        known = {field.id for field in row.fields}
        found = _V1_OTHERWISE.get(row.cls) or {name: ie for name, ie in found.items() if ie in known}
    return found


_CONVERTERS = {1: CONVERTERS_V1, 2: CONVERTERS}
