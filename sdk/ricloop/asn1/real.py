"""REAL in its one canonical form (X.690 8.5 and 11.3): base 2, odd mantissa, as few octets as possible."""

from __future__ import annotations

import math

_SPECIAL = {0x40: math.inf, 0x41: -math.inf, 0x42: math.nan, 0x43: -0.0}
MAX_OCTETS = 64
"""Longest content that is read; a double needs 10."""


def encode_real(value: float) -> bytes:
    """Contents octets of `value`; +0.0 has none."""
    if value == 0:
        return b"\x43" if math.copysign(1, value) < 0 else b""
    if math.isinf(value):
        return b"\x40" if value > 0 else b"\x41"
    if math.isnan(value):
        return b"\x42"
    mantissa, divisor = abs(value).as_integer_ratio()
    exponent = 1 - divisor.bit_length()
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa, exponent = mantissa >> zeros, exponent + zeros
    width = 1 if -128 <= exponent < 128 else 2
    first = 0x80 | (0x40 if value < 0 else 0) | width - 1
    octets = (mantissa.bit_length() + 7) // 8
    return bytes([first]) + exponent.to_bytes(width, "big", signed=True) + mantissa.to_bytes(octets, "big")


def decode_real(content: bytes) -> float:
    """Value of contents octets, canonical or not, binary or decimal. Raises ValueError or OverflowError."""
    if not content:
        return 0.0
    if len(content) > MAX_OCTETS:
        raise ValueError(f"a REAL of {len(content)} octets; at most {MAX_OCTETS} are read")
    first = content[0]
    if first & 0x80:
        return _binary(first, content)
    if first & 0x40:
        if len(content) != 1 or first not in _SPECIAL:
            raise ValueError(f"unknown special REAL 0x{content.hex()}")
        return _SPECIAL[first]
    text = content[1:].decode("ascii").strip(" ").replace(",", ".")
    if first not in (1, 2, 3) or not set(text) <= set("0123456789+-.Ee"):
        raise ValueError(f"not a decimal REAL: 0x{content.hex()}")
    return float(text)


def _binary(first: int, content: bytes) -> float:
    base_bits = {0: 1, 1: 3, 2: 4}.get(first >> 4 & 3)
    if base_bits is None:
        raise ValueError(f"reserved base in REAL 0x{content.hex()}")
    start, width = 1, (first & 3) + 1
    if width == 4:
        if len(content) < 2:
            raise ValueError("REAL ends before its exponent")
        start, width = 2, content[1]
    mantissa = int.from_bytes(content[start + width :], "big")
    if not 1 <= width <= 2 or not mantissa:
        raise ValueError(f"not a REAL: 0x{content.hex()}")
    exponent = int.from_bytes(content[start : start + width], "big", signed=True) * base_bits + (first >> 2 & 3)
    value = math.ldexp(mantissa, exponent) if mantissa.bit_length() <= 64 else float(mantissa) * math.ldexp(1, exponent)
    return -value if first & 0x40 else value
