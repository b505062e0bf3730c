"""E2AP messages to octets and back: the reference for every message. `fast_indication.py` and
`fast_control.py` do the frequent ones faster.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from ricloop.asn1.convert import AS_IT_IS
from ricloop.core.errors import CodecError, DecodeError, EncodeError
from ricloop.e2ap import messages as m
from ricloop.e2ap.cause import as_v1
from ricloop.e2ap.convert import CONVERTERS, CONVERTERS_V1
from ricloop.e2ap.envelope import Fault, pack, unpack
from ricloop.e2ap.ies import IES
from ricloop.e2ap.version import V1, V2, Version

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
        raise EncodeError(f"{version} has no {V2.by_class[type(message)].name}")
    if version is V1:
        message = as_v1(message)
    converters = _CONVERTERS[version.number]
    values = {}
    for field in row.fields:
        given = tuple(getattr(message, attribute) for attribute in field.attributes)
        value = given if len(given) > 1 else given[0]
        if value is None:
            continue
        try:
            values[field.id] = converters.get(field.id, AS_IT_IS).to_asn(value)
        except CodecError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise EncodeError(f"{row.name}.{IES[field.id].name}: {error} in {value!r}") from None
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
    needed = {one.name for one in fields(row.cls) if one.default is MISSING}
    arguments: dict[str, Any] = {name: value for name, value in _ABSENT.items() if name in needed}
    for field in row.fields:
        if field.id not in unpacked.values:
            continue
        path, bit = f"{row.name}.{IES[field.id].name}", 8 * unpacked.starts[field.id]
        try:
            value = converters.get(field.id, AS_IT_IS).from_asn(unpacked.values[field.id])
        except DecodeError as error:
            raise DecodeError(error.reason, path=f"{path}{error.path}", bit=bit) from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise DecodeError(str(error), path=path, bit=bit) from None
        arguments.update(zip(field.attributes, value if len(field.attributes) > 1 else (value,), strict=True))
    if row.cls is m.RicSubscriptionRequest and unpacked.criticality != row.criticality:
        arguments["criticality"] = unpacked.criticality
    listed = arguments.get("not_admitted" if row.cls is m.RicSubscriptionFailure else "rejected")
    if version is V1 and "cause" in needed and listed:
        arguments["cause"] = listed[0].cause
    message: m.Message = row.cls(**arguments)
    return message, unpacked.noted


_CONVERTERS = {1: CONVERTERS_V1, 2: CONVERTERS}
