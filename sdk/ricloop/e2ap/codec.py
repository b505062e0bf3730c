"""E2AP messages to octets and back: the reference for every message. `fast.py` does the frequent ones faster."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import CodecError, DecodeError, EncodeError
from ricloop.e2ap import messages as m
from ricloop.e2ap.convert import AS_IT_IS, CONVERTERS
from ricloop.e2ap.envelope import pack, unpack
from ricloop.e2ap.ies import IES
from ricloop.e2ap.procedures import BY_CLASS

_FUNCTIONAL: dict[str | tuple[str, ...], int] = {"request_id": 29, "function_id": 5}

# Which IE each attribute is; two attributes of RicSubscriptionRequest share one IE.
ATTRIBUTES: dict[type, dict[str | tuple[str, ...], int]] = {
    m.E2SetupRequest: {"transaction_id": 49, "node": 3, "functions": 10, "components": 50},
    m.E2SetupResponse: {"transaction_id": 49, "ric": 4, "accepted": 9, "rejected": 13, "components": 52},
    m.E2SetupFailure: {"transaction_id": 49, "cause": 1, "time_to_wait_s": 31, "diagnostics": 2},
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
}  # fmt: skip


def encode(message: m.Message) -> bytes:
    """The PDU of `message`. Raises `EncodeError` naming the value that cannot be sent."""
    row = BY_CLASS[type(message)]
    values = {}
    for attribute, ie_id in ATTRIBUTES[type(message)].items():
        value: Any = (
            getattr(message, attribute)
            if isinstance(attribute, str)
            else tuple(getattr(message, part) for part in attribute)
        )
        if value is None:
            continue
        try:
            values[ie_id] = CONVERTERS.get(ie_id, AS_IT_IS).to_wire(value)
        except CodecError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise EncodeError(f"{row.name}.{IES[ie_id].name}: {error} in {value!r}") from None
    try:
        return pack(row, values, getattr(message, "criticality", None))
    except EncodeError as error:
        raise EncodeError(f"{row.name}: {error}") from None


def decode(data: bytes) -> m.Message:
    """The message in `data`. Raises `DecodeError`, also for the procedures that have no message class."""
    unpacked = unpack(data)
    row = unpacked.row
    if row.cls is None:
        raise DecodeError(f"{row.name} is not supported", path="E2AP-PDU.procedureCode", bit=8)
    arguments: dict[str, Any] = {}
    for attribute, ie_id in ATTRIBUTES[row.cls].items():
        if ie_id not in unpacked.values:
            continue
        path, bit = f"{row.name}.{IES[ie_id].name}", 8 * unpacked.starts[ie_id]
        try:
            value = CONVERTERS.get(ie_id, AS_IT_IS).from_wire(unpacked.values[ie_id])
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
    message: m.Message = row.cls(**arguments)
    return message
