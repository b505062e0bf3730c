"""The versions of E2AP that are not the same on the wire: v1.01, and v2.03 with v3.01, which only adds to it (2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ricloop.asn1 import E2AP, E2AP_V1, Syntax
from ricloop.core.errors import DecodeError
from ricloop.e2ap.procedures import ROWS, ROWS_V1, Row


@dataclass(frozen=True, eq=False)
class Version:
    """One version: its types and its procedures."""

    number: int
    """1, or 2 for both v2 and v3."""
    syntax: Syntax
    by_code: Mapping[tuple[str, int], Row]
    """By kind and procedure code."""
    by_class: Mapping[type, Row]
    codes: frozenset[int]
    """Of all its procedures."""

    def __str__(self) -> str:
        return f"E2AP v{self.number}"


def _version(number: int, syntax: Syntax, rows: tuple[Row, ...]) -> Version:
    return Version(
        number,
        syntax,
        MappingProxyType({(row.kind, row.code): row for row in rows}),
        MappingProxyType({row.cls: row for row in rows}),
        frozenset(row.code for row in rows),
    )


V1 = _version(1, E2AP_V1, ROWS_V1)
V2 = _version(2, E2AP, ROWS)
_TRANSACTION_ID = 49


def detect(data: bytes) -> Version:
    """The version of an E2 Setup Request: no IE says it, but v1 has no TransactionID. Anything else counts as v2."""
    if data[:2] != b"\x00\x01":
        return V2
    try:
        content = E2AP.decode("E2AP-PDU", data)[1]["value"]
        ies = E2AP.decode("E2AP-Message", content)["protocolIEs"]
    except DecodeError:
        return V2
    return V2 if any(ie["id"] == _TRANSACTION_ID for ie in ies) else V1
