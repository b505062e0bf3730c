"""asn1tools' values as what JSON has: dict, list, str, number, bool, None."""

from __future__ import annotations

from typing import Any


def plain(value: Any) -> Any:
    """Octets become hex; a bit string its hex and length; a choice a dict of its one alternative."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, tuple):
        first, second = value
        return f"{first.hex()}/{second} bits" if isinstance(first, bytes) else {first: plain(second)}
    return value
