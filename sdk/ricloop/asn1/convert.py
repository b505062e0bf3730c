"""A value of ours and asn1tools' value of the same thing: both directions from one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class Converter:
    """`to_asn` and `from_asn` are inverse; both may raise ValueError or LookupError for what has no equivalent."""

    to_asn: Callable[[Any], Any]
    from_asn: Callable[[Any], Any]
    absent: Any = None
    """Our value where an OPTIONAL member is left out."""


def _same(value: Any) -> Any:
    return value


AS_IT_IS = Converter(_same, _same)


def record(cls: Callable[..., Any], **members: str | tuple[str, Converter]) -> Converter:
    """A SEQUENCE as `cls`: for each attribute the member's name, and the converter where the two have other values.

    A name that ends in `?` is OPTIONAL.
    """
    rows = []
    for attribute, member in members.items():
        name, converter = (member, AS_IT_IS) if isinstance(member, str) else member
        rows.append((attribute, name.removesuffix("?"), name.endswith("?"), converter))

    def to_asn(value: Any) -> dict[str, Any]:
        found = {}
        for attribute, name, optional, converter in rows:
            part = getattr(value, attribute)
            if not optional or part != converter.absent:
                found[name] = converter.to_asn(part)
        return found

    def from_asn(found: dict[str, Any]) -> Any:
        parts = {}
        for attribute, name, optional, converter in rows:
            left_out = optional and name not in found
            parts[attribute] = converter.absent if left_out else converter.from_asn(found[name])
        return cls(**parts)

    return Converter(to_asn, from_asn)


def listed(item: Converter) -> Converter:
    """A SEQUENCE OF as a tuple; left out where it is empty, if it may be."""
    return Converter(
        lambda values: [item.to_asn(value) for value in values], lambda found: tuple(map(item.from_asn, found)), ()
    )


def enumerated(cls: type[Enum]) -> Converter:
    """An ENUMERATED as an Enum whose values are its names."""
    return Converter(lambda value: str(value.value), cls)


def to_bits(value: int, bits: int) -> tuple[bytes, int]:
    """A number as BIT STRING: the bits left-aligned in octets. Raises OverflowError where it does not fit."""
    if value >> bits:
        raise OverflowError(f"{value} does not fit in {bits} bits")
    octets = (bits + 7) // 8
    return (value << (8 * octets - bits)).to_bytes(octets, "big"), bits


def from_bits(value: tuple[bytes, int]) -> int:
    """Inverse of `to_bits`."""
    octets, bits = value
    return int.from_bytes(octets, "big") >> (8 * len(octets) - bits)
