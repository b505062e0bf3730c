"""The values of a measRecord, both ways (E2SM-KPM 8.2.1.4.1, aligned PER).

How a value lies on the wire: three bits say integer (0), real (1) or noValue (2). An integer has two more bits for its
length, then both start at the next octet. A noValue takes its three bits and nothing else, so the value after it starts
in the middle of an octet: `at` is the octet, `bit` 0..7 the bit in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ricloop.e2sm.kpm.bits import octets_of, put

_LARGEST = 3.4028234663852886e38
"""Of a float32, which the values become."""
MOST_VALUES = 127
"""More need a longer length determinant."""


def read_values(data: bytes, at: int, count: int, values: list[float]) -> int:
    """Append the `count` values from octet `at` on. The bit position after them, or -1.

    One loop and no call for the usual values: a call of Python costs as much as reading one.
    """
    bit = 0
    for _ in range(count):
        if bit == 0:
            head = data[at]
            if head == 0x00:
                values.append(data[at + 1])
                at += 2
                continue
            if head == 0x20:
                length = data[at + 1]
                at += 2
                exponent = data[at + 1] if length == 5 and data[at] == 0x80 else 104
                if exponent < 104 or exponent > 127:
                    # The usual real: one octet of exponent, three of mantissa (a float32).
                    mantissa = data[at + 2] << 16 | data[at + 3] << 8 | data[at + 4]
                    if not mantissa:
                        return -1
                    values.append(math.ldexp(mantissa, exponent - 256 if exponent > 127 else exponent))
                else:
                    value = _real(data, at, length)
                    if value is None:
                        return -1
                    values.append(value)
                at += length
                continue
            if head == 0x08:
                values.append(data[at + 1] << 8 | data[at + 2])
                at += 3
                continue
        following = data[at + 1] if at + 1 < len(data) else 0
        window = (data[at] << 8 | following) << bit
        kind = window >> 13 & 7
        if kind == 2:
            values.append(math.nan)
            bit += 3
            if bit >= 8:
                at, bit = at + 1, bit - 8
        elif kind == 0:
            length = (window >> 11 & 3) + 1
            at += bit + 12 >> 3
            if at + length > len(data):
                return -1
            values.append(int.from_bytes(data[at : at + length], "big"))
            at, bit = at + length, 0
        elif kind == 1:
            at += bit + 10 >> 3
            length = data[at]
            value = _real(data, at + 1, length)
            if value is None:
                return -1
            values.append(value)
            at, bit = at + 1 + length, 0
        else:
            return -1
    return at * 8 + bit


def _real(data: bytes, at: int, length: int) -> float | None:
    """X.690 8.5, base 2 with one octet of exponent and a mantissa that a double holds exactly."""
    if length == 0:
        return 0.0
    head = data[at]
    if not 3 <= length <= 9 or head & 0xBF != 0x80 or at + length > len(data):
        return None
    exponent, mantissa = data[at + 1], int.from_bytes(data[at + 2 : at + length], "big")
    value = math.ldexp(mantissa, exponent - 256 if exponent > 127 else exponent)
    # Zero has no octets.
    if not mantissa or value > _LARGEST:
        return None
    return -value if head == 0xC0 else value


def put_record(out: bytearray, values: Sequence[float]) -> int:
    """Append the count and the values. How many bits of the last octet are used (0: all), or -1."""
    if not 0 < len(values) <= MOST_VALUES:
        return -1
    out.append(len(values))
    bit = 0
    for value in values:
        if value != value:
            bit = put(out, bit, 2, 3)
            continue
        if 0 <= value < 4294967296 and value == int(value):
            octets = octets_of(int(value))
            if bit:
                put(out, bit, len(octets) - 1, 5)
            else:
                out.append(len(octets) - 1 << 3)
        else:
            real = _real_octets(value)
            if real is None:
                return -1
            if bit:
                put(out, bit, 1, 3)
            else:
                out.append(0x20)
            octets = bytes((len(real),)) + real
        out += octets
        bit = 0
    return bit


def _real_octets(value: float) -> bytes | None:
    """X.690 11.3.1: base 2, the mantissa odd, both numbers as short as can be. None for more than an exponent octet."""
    if value - value != 0.0:  # infinite
        return None
    fraction, exponent = math.frexp(abs(value))
    mantissa = int(fraction * 9007199254740992.0)  # 2^53: exact
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa >>= zeros
    exponent += zeros - 53
    if not -128 <= exponent <= 127:
        return None
    return bytes((0x80 if value > 0 else 0xC0, exponent & 0xFF)) + octets_of(mantissa)
