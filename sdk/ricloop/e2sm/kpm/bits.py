"""Numbers into octets that are filled bit by bit."""

from __future__ import annotations


def octets_of(value: int) -> bytes:
    """A number of 0 or more in as few octets as it takes, at least one."""
    return value.to_bytes(value.bit_length() + 7 >> 3 or 1, "big")


def put(out: bytearray, bit: int, value: int, width: int) -> int:
    """Append `width` (up to 14) bits after the `bit` used bits of the last octet (0: all). How many it uses then."""
    if bit == 0:
        out.append(0)
    shifted = value << 24 - bit - width
    used = bit + width
    out[-1] |= shifted >> 16
    if used > 8:
        out.append(shifted >> 8 & 0xFF)
    if used > 16:
        out.append(shifted & 0xFF)
    return used & 7
