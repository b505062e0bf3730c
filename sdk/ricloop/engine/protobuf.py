"""The wire format of Protocol Buffers, as far as ONNX files use it (protobuf.dev, "Encoding")."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ricloop.core.errors import DecodeError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_MOST_OCTETS = 10
"""Of a varint of 64 bits."""


def fields(octets: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(field number, value) in their order: varints and fixed as unsigned int, the rest as views.

    Raises DecodeError for what is no message.
    """
    at, end = 0, len(octets)
    while at < end:
        key, at = varint(octets, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = varint(octets, at)
            yield number, value
            continue
        if kind == BYTES:
            length, at = varint(octets, at)
        elif kind in (FIXED32, FIXED64):
            length = 4 if kind == FIXED32 else 8
        else:
            raise DecodeError(f"wire type {kind} of field {number} is none of 0, 1, 2, 5")
        if length > end - at:
            raise DecodeError(f"field {number} has {length} octets, and {end - at} are left")
        piece = octets[at : at + length]
        at += length
        yield number, piece if kind == BYTES else int.from_bytes(piece, "little")


def varint(octets: memoryview, at: int) -> tuple[int, int]:
    """The number at `at`, and where the next thing starts. Raises DecodeError."""
    value = 0
    for shift, octet in enumerate(octets[at : at + _MOST_OCTETS]):
        value |= (octet & 0x7F) << (7 * shift)
        if octet < 0x80:
            return value & (1 << 64) - 1, at + shift + 1
    raise DecodeError(f"the number at octet {at} does not end")


def varints(octets: memoryview) -> list[int]:
    """A packed list."""
    found, at = [], 0
    while at < len(octets):
        value, at = varint(octets, at)
        found.append(value)
    return found


def signed(value: int) -> int:
    """An int64, which travels as its two's complement."""
    return value - (1 << 64) if value >> 63 else value


def put(number: int, value: int | float | str | bytes) -> bytes:
    """One field: a whole number as varint, a float as four octets, the rest by length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value & (1 << 64) - 1)
    if isinstance(value, float):
        return _varint(number << 3 | FIXED32) + struct.pack("<f", value)
    octets = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | BYTES) + _varint(len(octets)) + octets


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
