"""Which ASN.1 module a dialect's RC is read and written by."""

from __future__ import annotations

from ricloop.asn1 import RC, RC_FLEXRIC, Syntax
from ricloop.core.dialect import Dialect, Family
from ricloop.core.errors import DecodeError


def syntax(dialect: Dialect) -> Syntax:
    """Of the messages in which the families differ: action definition, indication and control."""
    return RC_FLEXRIC if dialect.family is Family.FLEXRIC else RC


class Void:
    """A format that v5.00 made void: it is null, and says nothing."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Void)

    def __hash__(self) -> int:
        return hash(Void)

    def __repr__(self) -> str:
        return "Void()"


def unknown(path: str, kind: str) -> DecodeError:
    """A later version's alternative."""
    return DecodeError(f"format '{kind}' is not known", path=path)
