"""Calls of the native module, right ones and wrong ones, each from a seed: what the sanitizers watch.

Right calls are judged by the Python twin; of wrong ones, only Python's own errors may come out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from types import BuiltinFunctionType, NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect, Family
from ricloop.core.ids import UeId
from ricloop.core.native import FAST
from ricloop.e2ap import encode, fast_indication
from ricloop.e2ap.messages import RicIndication
from ricloop.e2sm.kpm import fast as twin
from ricloop.e2sm.kpm import fastue
from ricloop.e2sm.kpm.listing import Memory
from ricloop.e2sm.rc import codec, template
from ricloop.e2sm.ueid import du_ue
from tests.codec.test_fuzz import spoil
from tests.e2sm import some
from tests.e2sm.test_native import KINDS, Emptying, Message, Odd, agree, by_native, by_twin, learnt
from tests.makers import Maker, booleans, few, floats, integers, just, one_of, sampled
from tests.vectors.messages import MESSAGES

MESSAGES_OF_A_KIND = 60
ODD_VALUES: Maker[float] = one_of(
    some.values, floats, sampled([math.inf, -math.inf, -0.0, 5e-324, 4294967296.0, 1e308, 2.0**-128])
)
FAIR = (TypeError, ValueError, OverflowError, BufferError, LookupError)
"""What a wrong call may raise; LookupError is what its own objects do."""
_SHARED = (NoneType, bool, int, float, str, bytes, tuple, BuiltinFunctionType)


class Calls:
    """One block of calls. `make(rng)` makes one and says of what kind it was; AssertionError for a wrong answer."""

    def __init__(self, rng: Random) -> None:
        self._messages: list[tuple[Message, Memory]] = []
        for make in KINDS.values():
            for _ in range(MESSAGES_OF_A_KIND):
                octets, asked, dialect = make(rng)
                self._messages.append(((octets, asked, dialect), learnt(octets, asked, dialect)))
        self._indications = [encode(message) for message in MESSAGES if isinstance(message, RicIndication)]
        self._ues = [ue for ue in (some.ues(rng) for _ in range(200)) if fastue.ue_parts(ue) is not None]
        self._junk = junk()
        self._kinds: tuple[Callable[[Random], str], ...] = (
            self._decode, self._decode, self._decode, self._walk, self._walk, self._encode_cell, self._encode_ues,
            self._template, self._patched, self._wrong_size, self._wrong, self._wrong,
        )  # fmt: skip

    def make(self, rng: Random) -> str:
        return rng.choice(self._kinds)(rng)

    def kept(self) -> list[object]:
        """Objects that are passed again and again."""
        learnt_octets = [memory.octets for _, memory in self._messages if memory.octets is not None]
        # Not what the interpreter has once for everybody, and counts in everybody's name.
        junk = [one for one in self._junk if type(one) not in _SHARED]
        return [du_ue, fastue.gnb_ue, *junk, *learnt_octets, *self._indications]

    # ------------------------------------------------------------------------------------------------ right calls

    def _decode(self, rng: Random) -> str:
        (octets, asked, dialect), memory = rng.choice(self._messages)
        if rng.randrange(16) == 0:
            memory = rng.choice([other for (_, one, _), other in self._messages if one.style == asked.style])
        octets = _spoilt(octets, rng)
        found = by_native(exact(octets), asked, dialect, memory)
        judge = by_twin(octets, asked, dialect, memory)
        if found is not None and judge is not None:
            assert agree(found, judge), f"{octets.hex()} is {found}, to the twin {judge}"
        return f"decode format {asked.message_format}"

    def _walk(self, rng: Random) -> str:
        octets = _spoilt(rng.choice(self._indications), rng)
        found = FAST.walk(exact(octets))
        assert found is None or fast_indication.decode_indication(octets) == fast_indication.walk(octets), octets.hex()
        return "walk"

    def _encode_cell(self, rng: Random) -> str:
        values, dialect, info = _values(rng, _count(rng)), _dialect(rng), _info(rng)
        period = one_of(just(0), integers(1, 2**32 - 1))(rng)
        found = FAST.encode_cell(values, period, dialect.family is Family.FLEXRIC, *info)
        judge = twin.encode_cell(values.tolist(), period or None, dialect.family, info)
        assert found is None or judge is None or found == judge, f"{values} {period} {dialect} {info}"
        return "encode a cell"

    def _encode_ues(self, rng: Random) -> str:
        ues = rng.choices(self._ues, k=_count(rng))
        values, dialect, info = _values(rng, len(ues) * rng.randint(1, 5)), _dialect(rng), _info(rng)
        found = FAST.encode_ues([fastue.ue_parts(ue) for ue in ues], values, dialect.family is Family.FLEXRIC, *info)
        judge = twin.encode_ues(ues, values.reshape(len(ues), -1).tolist(), dialect.family, info)
        assert found is None or judge is None or found == judge, f"{ues} {values} {dialect} {info}"
        return "encode UEs"

    def _template(self, rng: Random) -> str:
        ue: UeId = rng.choice(self._ues)
        header = codec.ControlHeader(ue, rng.randint(1, 3), rng.randint(1, 3), rng.choice([None, True, False]))
        dialect = _dialect(rng)
        judge = codec.encode_control_header(header, dialect)
        assert template.encode_header(header, dialect) == judge, f"{header}"
        return "control template"

    def _patched(self, rng: Random) -> str:
        octets = rng.randbytes(rng.randint(0, 40))
        places = [(rng.randint(-2, 42), rng.randint(-1, 10), rng.getrandbits(rng.randint(0, 70))) for _ in range(2)]
        judge = bytearray(octets)
        good = True
        for at, width, value in places:
            good = good and at >= 0 and 1 <= width <= 8 and at + width <= len(octets) and value < 1 << 8 * width
            if good:
                judge[at : at + width] = value.to_bytes(width, "big")
        try:
            found = FAST.patched(octets, *(number for place in places for number in place))
        except (ValueError, OverflowError):
            found = None
        assert found == (bytes(judge) if good else None), f"{octets.hex()} {places}"
        return "patched"

    # ------------------------------------------------------------------------------------------------ wrong calls

    def _wrong_size(self, rng: Random) -> str:
        """Right in kind, wrong in size: outputs, counts of measurements, info lists and prefixes of others."""
        (octets, _, dialect), memory = rng.choice(self._messages)
        data, flexric, info = exact(_spoilt(octets, rng)), dialect.family is Family.FLEXRIC, _info(rng)
        out = memoryview(bytearray(rng.randrange(40)))[rng.randrange(4) :]
        each = rng.choice([1, 2, 3, 127, 128, 16383, 65535, 65536, 1 << 40, 0, -1])
        prefixes = tuple(rng.choices([*memory.prefixes, _info(rng), (b"\0" * 3, 17)], k=rng.randint(0, 5)))
        _fair(FAST.decode_cell, data, flexric, *info, out)
        _fair(FAST.decode_ues, data, flexric, *info, each, du_ue, fastue.gnb_ue)
        _fair(FAST.decode_matched, data, flexric, prefixes, du_ue, fastue.gnb_ue)
        return "wrong size"

    def _wrong(self, rng: Random) -> str:
        """Anything in place of anything."""
        names = [rng.choice([(4, 9, b"\x01"), (4, 9), (1 << 20, 9, b""), (-1, 2, b""), (0, 17, b""), None])] * 9
        (octets, _, _), memory = rng.choice(self._messages)
        data = bytearray(_spoilt(octets, rng))
        fitting: dict[str, tuple[Any, ...]] = {
            "decode_cell": (data, False, memory.octets, memory.bits, bytearray(4 * memory.count)),
            "decode_ues": (data, False, memory.octets, memory.bits, memory.count, du_ue, fastue.gnb_ue),
            "decode_matched": (data, False, memory.prefixes, du_ue, fastue.gnb_ue),
            "encode_cell": (np.zeros(3), 100, False, b"\xff\xff", 9),
            "encode_ues": (names, np.zeros(9), Emptying(names) if booleans(rng) else False, None, 0),
            "walk": (data,),
            "patched": (bytes(data), 0, 1, 2),
        }
        name = rng.choice(list(fitting))
        arguments = list(fitting[name])
        for _ in range(rng.randint(0, 2)):
            arguments[rng.randrange(len(arguments))] = rng.choice(self._junk)
        if rng.randrange(20) == 0:
            del arguments[rng.randrange(len(arguments)) :]
        _fair(getattr(FAST, name), *arguments)
        # A view that was not given back would not let it grow.
        data.append(0)
        return f"wrong {name}"


def _fair(call: Callable[..., object], *arguments: object) -> None:
    try:
        call(*arguments)
    except FAIR:
        return


class Unhashable:
    __hash__ = None  # type: ignore[assignment]


class Same:
    """Equal to nothing, with the hash of all others."""

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise LookupError("not comparable")


def junk() -> list[object]:
    """What no argument should be, or not as a rule."""
    released = memoryview(bytearray(8))
    released.release()

    def broken(*_: object) -> None:
        raise LookupError("no such UE")

    numbers = [True, 0, -1, 1 << 31, (1 << 63) - 1, 1 << 64, 1 << 200, 1.5, math.nan]
    octets = [b"", b"\x40", bytes(64), bytearray(0), bytearray(7), memoryview(bytes(8)), released]
    views = [memoryview(bytearray(16))[::2], memoryview(bytearray(17))[1:].cast("d")]
    arrays = [
        np.zeros(0), np.zeros(5), np.zeros(5, np.float32), np.zeros((4, 4))[:, 1], np.zeros(4, ">f8"),
        np.zeros(3, np.int64), np.zeros(2, object), np.full(4, np.inf), np.arange(3.0)[::-1],
    ]  # fmt: skip
    lists = [
        (), [], [()], ((b"", 0),), ((b"\0", 9),), ((b"\0", -1),), ((None, 0),), ((b"\0\0", 9), (b"\0\0", 9)), {}
    ]  # fmt: skip
    makers = [broken, len, lambda *_: None, lambda *_: Unhashable(), lambda *_: Same(), lambda *_: []]
    return [None, "text", object(), Odd(), Unhashable(), *numbers, *octets, *views, *arrays, *lists, *makers]


def exact(octets: bytes) -> NDArray[np.uint8]:
    """The octets in memory of exactly their length: behind a bytes object stands another octet."""
    memory = np.empty(len(octets), np.uint8)
    memory[:] = np.frombuffer(octets, np.uint8) if octets else 0
    return memory


def _spoilt(octets: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        octets = spoil(octets, rng.randrange(4), rng.randrange(256), rng.randrange(1 << 16))
    return octets


def _count(rng: Random) -> int:
    return rng.choice([127, 128, 300]) if rng.randrange(50) == 0 else rng.randint(1, 12)


def _values(rng: Random, count: int) -> NDArray[np.float64]:
    return np.array(few(ODD_VALUES, count, count)(rng), np.float64)


def _dialect(rng: Random) -> Dialect:
    return rng.choice([STANDARD, FLEXRIC])


def _info(rng: Random) -> tuple[bytes | None, int]:
    if booleans(rng):
        return None, 0
    octets = rng.randbytes(rng.randint(0, 12))
    bits = rng.randint(max(0, 8 * len(octets) - 7), 8 * len(octets))
    if bits % 8:
        octets = octets[:-1] + bytes((octets[-1] & 0xFF << 8 - bits % 8 & 0xFF,))
    return octets, bits
