"""The reference codec's results without it, for the messages that travel every period (aligned PER, X.691).

Straight-line Python over the octets of Format 1 and Format 3 messages without an info list, and of headers with only a
time. Anything else, and anything wrong, gives None: ask the reference codec, which also knows how to complain. That the
two agree is a property test.

How a value lies on the wire: three bits say integer (0), real (1) or noValue (2). An integer has two more bits for its
length, then both start at the next octet. A noValue takes its three bits and nothing else, so the value after it starts
in the middle of an octet: `at` is the octet, `bit` 0..7 the bit in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from ricloop.core.dialect import Family
from ricloop.core.ids import Guami, Plmn, UeId
from ricloop.e2sm.ntp import from_ntp, to_ntp
from ricloop.e2sm.ueid import du_ue

_NAN = math.nan
_LARGEST = 3.4028234663852886e38
"""Of a float32, which the values become."""
_GRANULARITY = {Family.STANDARD: 0x04, Family.FLEXRIC: 0x02}
"""In a Format 1 message's first octet: FlexRIC's choice of formats takes one bit more."""
_LISTED = {Family.STANDARD: 0x08, Family.FLEXRIC: 0x04}
"""The same of an info list."""
_FRAGMENT = 16384
"""Octets of one fragment of a long open type (X.691 11.9.3.8)."""
_MOST_VALUES = 127
"""More need a longer length determinant."""
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
        if data[0] & ~(period | listed) or data[1] or data[2] or data[3]:
            return None
        # Where a list is expected, a message without one has another order.
        if (data[0] & listed == 0) != (info[0] is None):
            return None
        values: list[float] = []
        end = _record(data, 4, values)
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
            position = _ue(data, position, ues)
            if position < 0:
                return None
            at = position >> 3
            head = data[at]
            # 0x40 is the presence of an info list, 0x20 of the granularity period; then one record, complete.
            if head & 0x9F or data[at + 1] or data[at + 2] or data[at + 3]:
                return None
            if (head & 0x40 == 0) != (info[0] is None):
                return None
            position = _record(data, at + 4, values)
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
        position = _record(data, 4, values, long=True)
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
                position = _ue(data, position, ues)
                if position < 0:
                    return None
                rows.setdefault(ues[0], [_NAN] * len(prefixes))[column] = values[taken]
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


def _record(data: bytes, at: int, values: list[float], *, long: bool = False) -> int:
    """Append the values of a measRecord that starts at octet `at`. The bit position after it, or -1. `long`: there may
    be more than 127."""
    count = data[at]
    at += 1
    if long and 0x80 <= count < 0xC0:
        count = (count & 0x3F) << 8 | data[at]
        at += 1
    elif count > _MOST_VALUES:
        return -1
    if not count:
        return -1
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
            values.append(_NAN)
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


def _ue(data: bytes, position: int, ues: list[UeId]) -> int:
    """Append the UE whose list item starts at bit `position`. The position after it, at an octet, or -1."""
    at, bit = position >> 3, position & 7
    window = (data[at] << 16 | data[at + 1] << 8 | data[at + 2]) << bit >> 8 & 0xFFFF
    if window >> 9 == 0b0000100:  # item; gNB-DU-UEID; without RAN UE id; two bits of length
        at += bit + 16 >> 3
        end = at + (window >> 7 & 3) + 1
        if end > len(data):
            return -1
        ues.append(du_ue(int.from_bytes(data[at:end], "big")))
        return end * 8
    if window >> 5 == 0b00000010000:  # item; gNB-UEID; of its options only the F1AP list; three bits of length
        at += bit + 21 >> 3
        length = (window >> 2 & 7) + 1
        # GUAMI: an octet of padding, PLMN, region, set and pointer; then the F1AP list, of one.
        listed = at + length + 7
        if length > 5 or data[at + length] or data[listed] & 0xE7:
            return -1
        end = listed + 2 + (data[listed] >> 3)
        if end > len(data):
            return -1
        ue = gnb_ue(data[at:end], length)
        if ue is None:
            return -1
        ues.append(ue)
        return end * 8
    return -1


@lru_cache(maxsize=1 << 16)
def gnb_ue(data: bytes, length: int) -> UeId | None:
    """AMF UE NGAP id of `length` octets, GUAMI, one F1AP id. None where the PLMN is not made of digits."""
    guami = data[length + 1 :]
    tail = guami[4] << 8 | guami[5]
    try:
        plmn = Plmn.from_octets(guami[:3])
    except ValueError:
        return None
    return UeId(
        amf_ue_ngap_id=int.from_bytes(data[:length], "big"),
        guami=Guami(plmn, guami[3], tail >> 6, tail & 63),
        f1ap=(int.from_bytes(guami[7:], "big"),),
    )


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
    bit = _put_record(out, values)
    if bit >= 0:
        bit = _put_info(out, bit, info)
    if bit < 0 or (granularity_ms is not None and not 1 <= granularity_ms < 1 << 32):
        return None
    if granularity_ms is not None:
        octets = _octets(granularity_ms - 1)
        _put(out, bit, len(octets) - 1, 2)
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
        _put(out, bit, head, width)
        out += tail
        out += b"\0\0\0\0" if info[0] is None else b"\x40\0\0\0"
        bit = _put_record(out, row)
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


def _put_record(out: bytearray, values: Sequence[float]) -> int:
    """Append the count and the values. How many bits of the last octet are used (0: all), or -1."""
    if not 0 < len(values) <= _MOST_VALUES:
        return -1
    out.append(len(values))
    bit = 0
    for value in values:
        if value != value:
            bit = _put(out, bit, 2, 3)
            continue
        if 0 <= value < 4294967296 and value == int(value):
            octets = _octets(int(value))
            if bit:
                _put(out, bit, len(octets) - 1, 5)
            else:
                out.append(len(octets) - 1 << 3)
        else:
            real = _real_octets(value)
            if real is None:
                return -1
            if bit:
                _put(out, bit, 1, 3)
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
    return bytes((0x80 if value > 0 else 0xC0, exponent & 0xFF)) + _octets(mantissa)


@lru_cache(maxsize=1 << 16)
def ue_parts(ue: UeId) -> tuple[int, int, bytes] | None:
    """A list item's UE id: its first bits, how many they are, and what follows from the next octet on. None for a kind
    that the reference codec must write."""
    ids = ue.f1ap + ue.e1ap
    if len(ids) != 1 or ue.ran_ue_id is not None or ue.detail is not None or not 0 <= ids[0] < 1 << 32:
        return None
    own = _octets(ids[0])
    if ue.amf_ue_ngap_id is None:
        return (0b0001000 if ue.e1ap else 0b0000100) << 2 | len(own) - 1, 9, own
    if ue.e1ap:
        return None
    guami = ue.guami
    if guami is None or not 0 <= ue.amf_ue_ngap_id < 1 << 40:
        return None
    if not (0 <= guami.region < 1 << 8 and 0 <= guami.set < 1 << 10 and 0 <= guami.pointer < 1 << 6):
        return None
    amf = _octets(ue.amf_ue_ngap_id)
    tail = guami.set << 6 | guami.pointer
    named = bytes((guami.region, tail >> 8, tail & 0xFF, len(own) - 1 << 3))
    return 0b00000010000 << 3 | len(amf) - 1, 14, amf + b"\0" + guami.plmn.octets + named + own


def _octets(value: int) -> bytes:
    return value.to_bytes(value.bit_length() + 7 >> 3 or 1, "big")


def _put(out: bytearray, bit: int, value: int, width: int) -> int:
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
