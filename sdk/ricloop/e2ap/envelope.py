"""A PDU as a row of the procedure table and the values of its IEs: what all messages have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import Syntax
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.e2ap.ies import IES, ITEMS
from ricloop.e2ap.procedures import Row
from ricloop.e2ap.version import V2, Version


@dataclass(frozen=True, slots=True)
class Fault:
    """An IE of a message that its receiver does not understand, or misses (E2AP 10.3)."""

    criticality: str
    """The unknown IE's as sent, the missing one's as the standard has it."""
    ie_id: int
    type: str
    """`not-understood` or `missing`, as in CriticalityDiagnostics."""


class AbstractSyntaxError(DecodeError):
    """A message that can be read, with IEs that make it unusable: its sender marked them `reject`, or they are missing.

    `values` has what was understood, by IE id: enough to say to whom the message is refused.
    """

    def __init__(self, error: DecodeError, row: Row, faults: tuple[Fault, ...], values: Mapping[int, Any]) -> None:
        super().__init__(error.reason, path=error.path, bit=error.bit)
        self.row, self.faults, self.values = row, faults, values


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One PDU. `values` has each IE's value by id: asn1tools' value, for a list that of every item in order."""

    row: Row
    criticality: str
    """As sent: some senders write another one than the procedure's."""
    values: dict[int, Any]
    starts: dict[int, int]
    """Octet of the PDU at which each IE's value begins."""
    noted: tuple[Fault, ...] = ()
    """What the sender wants to be told of although the message is used without it."""


def pack(row: Row, values: Mapping[int, Any], criticality: str | None = None, version: Version = V2) -> bytes:
    """The PDU of `row`, which is one of `version`, with `values` by IE id; None and absent are the same.

    Raises `EncodeError`. `criticality` is the procedure's where none is given.
    """
    syntax, container = version.syntax, []
    for field in row.fields:
        value = values.get(field.id)
        if value is not None:
            octets = _encode_ie(field.id, value, syntax)
            container.append({"id": field.id, "criticality": field.criticality, "value": octets})
        elif field.mandatory:
            raise EncodeError(f"{IES[field.id].name} is mandatory")
    message = syntax.encode("E2AP-Message", {"protocolIEs": container})
    procedure = {"procedureCode": row.code, "criticality": criticality or row.criticality, "value": message}
    return syntax.encode("E2AP-PDU", (row.kind, procedure))


def unpack(data: bytes, version: Version = V2) -> Unpacked:
    """Inverse of `pack`, for every procedure of the table. Raises `DecodeError`, for what E2AP 10.3 rejects an
    `AbstractSyntaxError`."""
    syntax = version.syntax
    kind, procedure = syntax.decode("E2AP-PDU", data)
    code = procedure["procedureCode"]
    row = version.by_code.get((kind, code))
    if row is None:
        raise DecodeError(f"no {kind} has procedureCode {code}", path="E2AP-PDU.procedureCode", bit=8)
    content = procedure["value"]
    # Kind and code are an octet each, criticality another, then the length.
    start = 3 + _length_octets(len(content))
    with _Inside(row.name, "E2AP-Message", start):
        fields = syntax.decode("E2AP-Message", content)["protocolIEs"]
    return _unpack_fields(row, procedure["criticality"], fields, start + 3, syntax)


def pack_list(items: list[dict[str, Any]], item: int, syntax: Syntax) -> list[dict[str, Any]]:
    """Values of a list as single containers."""
    kind = ITEMS[item]
    return [{"id": item, "criticality": kind.criticality, "value": syntax.encode(kind.type, value)} for value in items]


def unpack_list(elements: list[dict[str, Any]], item: int, syntax: Syntax, start: int | None = None) -> list[Any]:
    """Inverse of `pack_list`; the elements begin at octet `start`. Raises `DecodeError`."""
    values = []
    for index, element in enumerate(elements):
        name, octets = f"[{index}]", element["value"]
        if start is not None:
            start += 3 + _length_octets(len(octets))
        if element["id"] == item:
            with _Inside(name, ITEMS[item].type, start):
                values.append(syntax.decode(ITEMS[item].type, octets))
        elif element["criticality"] == "reject":
            raise DecodeError(f"IE {element['id']} where IE {item} belongs", path=name, bit=_bit(start))
        if start is not None:
            start += len(octets)
    return values


def _encode_ie(ie_id: int, value: Any, syntax: Syntax) -> bytes:
    ie = IES[ie_id]
    return syntax.encode(ie.type, value if ie.item is None else pack_list(value, ie.item, syntax))


def _unpack_fields(row: Row, criticality: str, fields: list[dict[str, Any]], start: int, syntax: Syntax) -> Unpacked:
    known = {field.id for field in row.fields}
    values: dict[int, Any] = {}
    starts: dict[int, int] = {}
    faults: list[Fault] = []
    errors: list[DecodeError] = []
    for field in fields:
        ie_id, octets = field["id"], field["value"]
        start += 3 + _length_octets(len(octets))
        if ie_id in values:
            raise DecodeError(f"IE {ie_id} comes twice", path=f"{row.name}.{IES[ie_id].name}", bit=_bit(start))
        if ie_id in known:
            ie = IES[ie_id]
            with _Inside(f"{row.name}.{ie.name}", ie.type, start):
                value = syntax.decode(ie.type, octets)
            if ie.item is not None:
                # The count takes an octet, or two above 255, or none that is whole: 0..16 and 1..32 share one.
                with _Inside(f"{row.name}.{ie.name}", "", None):
                    value = unpack_list(value, ie.item, syntax, start + (2 if ie.type == "List-1-1024" else 1))
            values[ie_id], starts[ie_id] = value, start
        elif field["criticality"] != "ignore":
            faults.append(Fault(field["criticality"], ie_id, "not-understood"))
            if field["criticality"] == "reject":
                errors.append(DecodeError(f"IE {ie_id} is not one of this message's", path=row.name, bit=_bit(start)))
        start += len(octets)
    for wanted in row.fields:
        if wanted.mandatory and wanted.criticality == "reject" and wanted.id not in values:
            faults.append(Fault(wanted.criticality, wanted.id, "missing"))
            path = f"{row.name}.{IES[wanted.id].name}"
            errors.append(DecodeError(f"IE {wanted.id} is mandatory and missing", path=path))
    if errors:
        raise AbstractSyntaxError(errors[0], row, tuple(faults), values)
    return Unpacked(row, criticality, values, starts, tuple(faults))


class _Inside:
    """Puts an error of a nested decode in its place: `path` for the nested type's name, and its bit after `start`."""

    def __init__(self, path: str, type_name: str, start: int | None) -> None:
        self.path, self.type_name, self.start = path, type_name, start

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DecodeError):
            inner = error.path.removeprefix(self.type_name)
            joint = "." if inner and inner[0] not in ".[" else ""
            bit = error.bit
            if bit is not None and self.start is not None:
                bit += 8 * self.start
            raise DecodeError(error.reason, path=f"{self.path}{joint}{inner}", bit=bit) from None


def _length_octets(length: int) -> int:
    """Octets of the length determinants of an open type; those of fragments lie between its octets."""
    if length < 128:
        return 1
    return 2 if length < 16384 else 1 + _length_octets(length % 16384)


def _bit(octet: int | None) -> int | None:
    return None if octet is None else 8 * octet
