"""The reference codec's results without it, for the messages that travel every period (aligned PER, X.691).

Straight-line Python over the octets of Format 1 and Format 3 messages without an info list, and of headers with only a
time. Anything else, and anything wrong, gives None: ask the reference codec, which also knows how to complain. That the
two agree is a property test.

The values of a record are read and written in `fastrecord.py`, UE ids in `fastue.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ricloop.core.dialect import Family
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm.bits import octets_of, put
from ricloop.e2sm.kpm.fastrecord import MOST_VALUES, put_record, read_values
from ricloop.e2sm.kpm.fastue import read_ue, ue_parts
from ricloop.e2sm.ntp import from_ntp, to_ntp

_GRANULARITY = {Family.STANDARD: 0x04, Family.FLEXRIC: 0x02}
"""In a Format 1 message's first octet: FlexRIC's choice of formats takes one bit more."""
_LISTED = {Family.STANDARD: 0x08, Family.FLEXRIC: 0x04}
"""The same of an info list."""
_FRAGMENT = 16384
"""Octets of one fragment of a long open type (X.691 11.9.3.8)."""
Info = tuple[bytes | None, int]
"""The info list to expect, as octets and bits; None: none."""


def decode_header(data: bytes, time_octets: int) -> int | None:
    """Collection start as nanoseconds since the Unix epoch."""
    if len(data) != 1 + time_octets or data[0]:
        return None
    stamp = int.from_bytes(data[1:], "big")
    return from_ntp(stamp if time_octets == 8 else stamp << 32)


# ---------------------------------------------------------------------------------------------------------- decode


def decode_cell(data: bytes, family: Family = Family.STANDARD, info: Info = (None, 0)) -> list[float] | None:
    """The values of a Format 1 message with one complete record; NaN for noValue."""
    period, listed = _GRANULARITY[family], _LISTED[family]
    try:
        # What may be set are the presence bits of the info list and of the granularity period.
        if data[0] & ~(period | listed) or data[1] or data[2] or data[3] or not 0 < data[4] <= MOST_VALUES:
            return None
        # Where a list is expected, a message without one has another order.
        if (data[0] & listed == 0) != (info[0] is None):
            return None
        values: list[float] = []
        end = read_values(data, 5, data[4], values)
        if end >= 0 and info[0] is not None:
            end = _after_info(data, end, info)
        if end >= 0 and data[0] & period:
            end = _after_granularity(data, end)
    except IndexError:
        return None
    return values if end >= 0 and end + 7 >> 3 == len(data) else None


def decode_ues(
    data: bytes, family: Family = Family.STANDARD, info: Info = (None, 0)
) -> tuple[tuple[UeId, ...], list[float], int] | None:
    """UEs, their values one UE after the other, and the number of values per UE, of a Format 3 message."""
    try:
        opened = _opened(data) if family is Family.STANDARD else (data, 0)
        if opened is None or opened[0][opened[1]] != (0 if family is Family.STANDARD else 0x20):
            return None
        data, at = opened
        count = (data[at + 1] << 8 | data[at + 2]) + 1
        ues: list[UeId] = []
        values: list[float] = []
        position, each = (at + 3) * 8, 0
        for number in range(1, count + 1):
            position = read_ue(data, position, ues)
            if position < 0:
                return None
            at = position >> 3
            head = data[at]
            # 0x40 is the presence of an info list, 0x20 of the granularity period; then one record, complete.
            if head & 0x9F or data[at + 1] or data[at + 2] or data[at + 3] or not 0 < data[at + 4] <= MOST_VALUES:
                return None
            if (head & 0x40 == 0) != (info[0] is None):
                return None
            position = read_values(data, at + 5, data[at + 4], values)
            if position >= 0 and info[0] is not None:
                position = _after_info(data, position, info)
            each = each or len(values)
            if position < 0 or len(values) != number * each:
                return None
            if head & 0x20:
                position = _after_granularity(data, position)
    except IndexError:
        return None
    return (tuple(ues), values, each) if position + 7 >> 3 == len(data) else None


def decode_matched(
    data: bytes, prefixes: Sequence[tuple[bytes, int]], family: Family = Family.STANDARD
) -> tuple[tuple[UeId, ...], list[list[float]]] | None:
    """The UEs of a Format 2 message, in the order in which they are first named, and a row of values for each; NaN
    where a measurement does not match the UE. `prefixes`: what stands before each measurement's UEs."""
    first, period = (0x10, 0x04) if family is Family.FLEXRIC else (0x20, 0x08)
    try:
        if data[0] & ~period != first or data[1] or data[2] or data[3]:
            return None
        values: list[float] = []
        count, at = data[4], 5
        if count > MOST_VALUES:
            # Two octets of length; fragments are the reference's.
            count, at = ((count & 0x3F) << 8 | data[5], 6) if count < 0xC0 else (0, 5)
        position = read_values(data, at, count, values) if count else -1
        at = position + 7 >> 3
        if position < 0 or (data[at] << 8 | data[at + 1]) + 1 != len(prefixes):
            return None
        position, taken = (at + 2) * 8, 0
        rows: dict[UeId, list[float]] = {}
        for column, prefix in enumerate(prefixes):
            position = -1 if position & 7 else _after_info(data, position, prefix)
            if position < 0:
                return None
            at = position + 7 >> 3
            count = (data[at] << 8 | data[at + 1]) + 1
            position = (at + 2) * 8
            if count > len(values) - taken:
                return None
            for _ in range(count):
                ues: list[UeId] = []
                position = read_ue(data, position, ues)
                if position < 0:
                    return None
                rows.setdefault(ues[0], [math.nan] * len(prefixes))[column] = values[taken]
                taken += 1
        if data[0] & period:
            position = _after_granularity(data, position)
    except IndexError:
        return None
    whole = taken == len(values) and position >= 0 and position + 7 >> 3 == len(data)
    return (tuple(rows), list(rows.values())) if whole else None


def _opened(data: bytes) -> tuple[bytes, int] | None:
    """Format 3 is an extension alternative: an open type with a length of its own, in fragments where it is long. The
    octets that hold it, and where it starts in them."""
    if data[0] != 0x40 or data[1]:
        return None
    length, at = data[2], 3
    if length < 0xC0:
        if length >= 0x80:
            length, at = (length & 0x3F) << 8 | data[3], 4
        return (data, at) if at + length == len(data) else None
    pieces = []
    while length >= 0xC0:
        blocks = length & 0x3F
        if not 1 <= blocks <= 4:
            return None
        pieces.append(data[at : at + blocks * _FRAGMENT])
        at += blocks * _FRAGMENT
        length, at = data[at], at + 1
    if length >= 0x80:
        length, at = (length & 0x3F) << 8 | data[at], at + 1
    pieces.append(data[at:])
    return (b"".join(pieces), 0) if at + length == len(data) else None


def _after_info(data: bytes, position: int, info: Info) -> int:
    """Skip an info list that is the expected one, from the next octet on. The bit position after it, or -1."""
    octets, bits = info
    assert octets is not None, "called where one is expected"
    at, whole = position + 7 >> 3, bits >> 3
    if data[at : at + whole] != octets[:whole]:
        return -1
    if bits & 7 and (data[at + whole] ^ octets[whole]) >> 8 - (bits & 7):
        return -1
    return at * 8 + bits


def _after_granularity(data: bytes, position: int) -> int:
    """Skip a granularity period: two bits of length, then that many octets from the next octet on."""
    at, bit = position >> 3, position & 7
    window = (data[at] << 8 | data[at + 1]) << bit
    start = at + (bit + 9 >> 3)
    at = start + (window >> 14 & 3) + 1
    # It counts from 1 to 2^32 - 1: the largest of four octets is one too many.
    return at * 8 if at <= len(data) and data[start:at] != b"\xff\xff\xff\xff" else -1


# ---------------------------------------------------------------------------------------------------------- encode


def encode_header(time_unix_ns: int, time_octets: int) -> bytes:
    """A header with the collection start alone. Raises EncodeError for a time that NTP cannot say."""
    return b"\0" + to_ntp(time_unix_ns).to_bytes(8, "big")[:time_octets]


def encode_cell(
    values: Sequence[float],
    granularity_ms: int | None = None,
    family: Family = Family.STANDARD,
    info: Info = (None, 0),
) -> bytes | None:
    """A Format 1 message. NaN is sent as noValue, a whole number of 32 bits as integer, any other number as real."""
    head = (0 if granularity_ms is None else _GRANULARITY[family]) | (0 if info[0] is None else _LISTED[family])
    out = bytearray((head, 0, 0, 0))
    bit = put_record(out, values)
    if bit >= 0:
        bit = _put_info(out, bit, info)
    if bit < 0 or (granularity_ms is not None and not 1 <= granularity_ms < 1 << 32):
        return None
    if granularity_ms is not None:
        octets = octets_of(granularity_ms - 1)
        put(out, bit, len(octets) - 1, 2)
        out += octets
    return bytes(out)


def encode_ues(
    ues: Sequence[UeId],
    values: Sequence[Sequence[float]],
    family: Family = Family.STANDARD,
    info: Info = (None, 0),
) -> bytes | None:
    """A Format 3 message without granularity periods. `values` has a row per UE."""
    if not 0 < len(ues) <= 1 << 16 or len(ues) != len(values):
        return None
    out = bytearray(b"\x20" if family is Family.FLEXRIC else b"\0")
    out += (len(ues) - 1).to_bytes(2, "big")
    bit = 0
    for ue, row in zip(ues, values, strict=True):
        parts = ue_parts(ue)
        if parts is None:
            return None
        head, width, tail = parts
        put(out, bit, head, width)
        out += tail
        out += b"\0\0\0\0" if info[0] is None else b"\x40\0\0\0"
        bit = put_record(out, row)
        if bit < 0:
            return None
        bit = _put_info(out, bit, info)
    if family is Family.FLEXRIC:
        return bytes(out)
    pieces: list[bytes | bytearray] = [b"\x40\0"]
    at = 0
    while len(out) - at >= _FRAGMENT:
        blocks = min(4, (len(out) - at) // _FRAGMENT)
        pieces += (bytes((0xC0 | blocks,)), out[at : at + blocks * _FRAGMENT])
        at += blocks * _FRAGMENT
    left = len(out) - at
    pieces += (bytes((left,)) if left < 0x80 else (0x8000 | left).to_bytes(2, "big"), out[at:])
    return b"".join(pieces)


def _put_info(out: bytearray, bit: int, info: Info) -> int:
    """Append an info list, from the next octet on. How many bits of the last octet are used then (0: all)."""
    octets, bits = info
    if octets is None:
        return bit
    out += octets[: bits + 7 >> 3]
    return bits & 7
