"""The native module and its Python twin say what the reference codec says, or leave the message to it."""

from __future__ import annotations

import struct
import tracemalloc
from random import Random
from typing import Any, TypeAlias

import numpy as np
import pytest

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect, Family
from ricloop.core.errors import DecodeError
from ricloop.core.ids import Guami, Plmn, UeId
from ricloop.core.native import FAST
from ricloop.e2sm.kpm import codec, fast, fastue, reference
from ricloop.e2sm.kpm.listing import Memory, listing
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.ueid import du_ue
from tests.e2sm import kpm_values as any_kpm
from tests.e2sm import some
from tests.makers import Maker, booleans, few, integers, just, maybe, one_of, sampled
from tests.values import Dice

native = pytest.mark.skipif(FAST is None, reason="no native module here: installed without a C compiler")
families = sampled([STANDARD, FLEXRIC])
granularities = maybe(integers(1, 2**32 - 1))
SPOILT = 10
"""Spoilt copies of each message."""
names = tuple(Measurement(f"Some.Metric{n}") for n in range(6))


def action(style: int, count: int) -> codec.ActionDefinition:
    return codec.ActionDefinition(style=style, measurements=names[:count], granularity_ms=100)


Message: TypeAlias = tuple[bytes, codec.ActionDefinition, Dialect]


def cells(rng: Random) -> Message:
    count, dialect = rng.randint(1, 6), families(rng)
    order = rng.sample(names[:count], count) if booleans(rng) else None
    octets = reference.encode_cell(few(some.values, count, count)(rng), granularities(rng), dialect, order)
    return octets, action(1, count), dialect


def many_ues(rng: Random) -> Message:
    count, dialect = rng.randint(1, 4), families(rng)
    ues = few(any_kpm.all_ues if booleans(rng) else some.ues, 1, 4)(rng)
    rows = [few(some.values, count, count)(rng) for _ in ues]
    order = names[:count] if booleans(rng) else None
    return reference.encode_ues(ues, rows, dialect, order), action(4, count), dialect


def matched(rng: Random) -> Message:
    asked, periods = any_kpm.matched(rng, some.ues, 1)
    dialect = families(rng)
    return codec.encode_condition_message(asked, periods, rng.choice([None, 100]), dialect), asked, dialect


KINDS: dict[str, Maker[Message]] = {"format 1": cells, "format 2": matched, "format 3": many_ues}


def by_twin(data: bytes, asked: codec.ActionDefinition, dialect: Dialect, memory: Memory) -> Any:
    """UEs (None for a cell) and values, or None."""
    info = (memory.octets, memory.bits)
    if asked.message_format == 1:
        cell = fast.decode_cell(data, dialect.family, info)
        return None if cell is None or len(cell) != memory.count else (None, memory.placed(np.array(cell, np.float32)))
    if asked.message_format == 2:
        matched = fast.decode_matched(data, memory.prefixes, dialect.family) if memory.prefixes else None
        return None if matched is None else (matched[0], np.array(matched[1], np.float32))
    rows = fast.decode_ues(data, dialect.family, info)
    if rows is None or rows[2] != memory.count:
        return None
    return rows[0], memory.placed(np.array(rows[1], np.float32).reshape(-1, memory.count))


def by_native(data: bytes, asked: codec.ActionDefinition, dialect: Dialect, memory: Memory) -> Any:
    flexric, info, count = dialect.family is Family.FLEXRIC, (memory.octets, memory.bits), memory.count
    if asked.message_format == 1:
        out = np.full(count, -1, np.float32)
        return (None, memory.placed(out)) if FAST.decode_cell(data, flexric, *info, out) else None
    if asked.message_format == 3:
        found = FAST.decode_ues(data, flexric, *info, count, du_ue, fastue.gnb_ue)
    else:
        found = FAST.decode_matched(data, flexric, memory.prefixes, du_ue, fastue.gnb_ue) if memory.prefixes else None
        count = len(asked.measurements)
    if found is None:
        return None
    return found[0], memory.placed(np.frombuffer(found[1], np.float32).reshape(-1, count))


def judged(data: bytes, asked: codec.ActionDefinition, dialect: Dialect) -> Any:
    record = reference.decode_message(data, asked, dialect)
    assert record.unsatisfied is None
    return getattr(record, "ues", None), record.values


def agree(found: Any, right: Any) -> bool:
    return bool(found[0] == right[0]) and found[1].tobytes() == np.ascontiguousarray(right[1]).tobytes()


def learnt(data: bytes, asked: codec.ActionDefinition, dialect: Dialect) -> Memory:
    memory = Memory(asked)
    memory.learn(reference.read(data, dialect)[1], asked, dialect)
    return memory


WAYS = [pytest.param(by_twin, id="twin"), pytest.param(by_native, id="native", marks=native)]


@pytest.mark.values
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_message_is_read_as_the_reference_reads_it(kind: str, way: Any, dice: Dice) -> None:
    for octets, asked, dialect in map(KINDS[kind], dice):
        right = judged(octets, asked, dialect)
        for memory in (Memory(asked), learnt(octets, asked, dialect)):
            found = way(octets, asked, dialect, memory)
            assert found is None or agree(found, right)


@native
@pytest.mark.parametrize("last", [0, 255, 256, 65_536, (1 << 32) - 1])
def test_whatever_part_of_a_gnb_names_users_by_one_id_of_a_kind_is_read_by_the_native_module(last: int) -> None:
    guami = Guami(Plmn("001", "01"), 128, 1, 1)
    ues = tuple(
        ue
        for own in (7, last)
        for ue in (
            UeId(f1ap=(own,)),
            UeId(e1ap=(own,)),
            UeId(amf_ue_ngap_id=own, guami=guami, f1ap=(own,)),
            UeId(amf_ue_ngap_id=9, guami=guami, f1ap=(own,), e1ap=(last - own if last > own else own,)),
        )
    )
    octets = reference.encode_ues(ues, [[float(n), 0.5] for n in range(len(ues))])
    found = FAST.decode_ues(octets, False, None, 0, 2, du_ue, fastue.gnb_ue)
    assert found is not None
    assert found[0] == ues
    twin = fast.decode_ues(octets)
    assert twin is not None
    assert twin[0] == ues
    for end in range(len(octets)):
        assert FAST.decode_ues(octets[:end], False, None, 0, 2, du_ue, fastue.gnb_ue) is None


@native
def test_a_plain_message_is_read_by_the_native_module(dice: Dice) -> None:
    for rng in dice:
        values, dialect = few(one_of(some.counts, just(0.5)), 1, 6)(rng), families(rng)
        octets = reference.encode_cell(values, 100, dialect, names[: len(values)] if booleans(rng) else None)
        asked = action(1, len(values))
        assert by_native(octets, asked, dialect, learnt(octets, asked, dialect)) is not None


@pytest.mark.values
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_spoilt_message_is_read_alike_or_left_to_the_reference(kind: str, way: Any, dice: Dice) -> None:
    for rng in dice:
        octets, asked, dialect = KINDS[kind](rng)
        memory = learnt(octets, asked, dialect)
        for _ in range(SPOILT):
            spoilt = bytearray(octets)
            for _ in range(rng.randint(1, 3)):
                spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
            cut = bytes(spoilt[: rng.randint(0, len(spoilt))] if rng.randrange(4) == 0 else spoilt)
            found = way(cut, asked, dialect, memory)
            if found is None:
                continue
            try:
                right = judged(cut, asked, dialect)
            except DecodeError as error:
                raise AssertionError(f"{cut.hex()} is read, and is {error}") from error
            assert agree(found, right), cut.hex()


@pytest.mark.parametrize("way", WAYS)
def test_a_granularity_period_beyond_its_range_is_left_to_the_reference(way: Any) -> None:
    octets, asked = reference.encode_cell([1.0], 2**32 - 1, STANDARD, None), action(1, 1)
    assert octets.endswith(b"\xff\xff\xff\xfe")
    assert way(octets, asked, STANDARD, Memory(asked)) is not None
    assert way(octets[:-1] + b"\xff", asked, STANDARD, Memory(asked)) is None


@pytest.mark.parametrize("dialect", [STANDARD, FLEXRIC], ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_a_node_that_leaves_its_list_out_sends_in_the_order_that_was_asked(way: Any, dialect: Dialect) -> None:
    values, ues = [14.0, 0.0, 7610767.0], [UeId(f1ap=(1,))]
    order = (names[2], names[0], names[1])
    for asked, write in (
        (action(1, 3), lambda listed: reference.encode_cell(values, None, dialect, listed)),
        (action(4, 3), lambda listed: reference.encode_ues(ues, [values], dialect, listed)),
    ):
        memory = learnt(write(order), asked, dialect)
        assert agree(way(write(order), asked, dialect, memory), judged(write(order), asked, dialect))
        assert way(write(None), asked, dialect, memory) is None
        assert codec.decode_message(write(None), asked, dialect, memory).values.ravel().tolist() == values


@pytest.mark.values
def test_a_cell_message_is_written_as_the_reference_writes_it(dice: Dice) -> None:
    for rng in dice:
        dialect, count, period = families(rng), rng.randint(1, 6), granularities(rng)
        values = few(some.values, count, count)(rng)
        listed = listing(names[:count], dialect) if booleans(rng) else None
        right = reference.encode_cell(values, period, dialect, listed and listed.measurements)
        assert codec.encode_cell_message(values, period, dialect, listed) == right
        info = (None, 0) if listed is None else (listed.octets, listed.bits)
        twin = fast.encode_cell(values, period, dialect.family, info)
        assert twin is None or twin == right


@pytest.mark.values
def test_a_message_of_ues_is_written_as_the_reference_writes_it(dice: Dice) -> None:
    for rng in dice:
        dialect, count, ues = families(rng), rng.randint(1, 4), few(some.ues, 1, 4)(rng)
        rows = [few(some.values, count, count)(rng) for _ in ues]
        listed = listing(names[:count], dialect) if booleans(rng) else None
        right = reference.encode_ues(ues, rows, dialect, listed and listed.measurements)
        assert codec.encode_ue_message(ues, rows, dialect, listed) == right
        info = (None, 0) if listed is None else (listed.octets, listed.bits)
        twin = fast.encode_ues(ues, rows, dialect.family, info)
        assert twin is None or twin == right


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("real", ["03 80 00 00", "05 80 00 00 00 00", "05 80 f0 00 00 00"])
def test_a_real_whose_mantissa_is_zero_is_left_to_the_reference(way: Any, real: str) -> None:
    octets, asked = bytes.fromhex("00 00 00 00 01 20" + real), action(1, 1)
    assert way(octets, asked, STANDARD, Memory(asked)) is None
    with pytest.raises(DecodeError, match="not a REAL"):
        judged(octets, asked, STANDARD)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", [STANDARD, FLEXRIC])
def test_records_of_different_lengths_are_left_to_the_reference(way: Any, dialect: Dialect) -> None:
    # Three values of one UE and one of the other make two each, of nobody.
    octets = reference.encode_ues([UeId(f1ap=(1,)), UeId(f1ap=(2,))], [[1.0], [2.0, 3.0, 4.0]], dialect)
    asked = action(4, 2)
    assert way(octets, asked, dialect, Memory(asked)) is None
    with pytest.raises(DecodeError, match="1 values for 2 measurements"):
        judged(octets, asked, dialect)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", [STANDARD, FLEXRIC])
def test_a_message_without_a_list_has_the_order_of_the_action_whatever_a_list_said_before(
    way: Any, dialect: Dialect
) -> None:
    asked, named = action(1, 2), (names[1], names[0])
    memory = learnt(reference.encode_cell([7.0, 8.0], 100, dialect, named), asked, dialect)
    without = reference.encode_cell([7.0, 8.0], 100, dialect)
    assert way(without, asked, dialect, memory) is None
    assert codec.decode_message(without, asked, dialect, memory).values.tolist() == [7.0, 8.0]
    of_ues = action(4, 2)
    memory = learnt(reference.encode_ues([UeId(f1ap=(1,))], [[7.0, 8.0]], dialect, named), of_ues, dialect)
    assert way(reference.encode_ues([UeId(f1ap=(1,))], [[7.0, 8.0]], dialect), of_ues, dialect, memory) is None


@pytest.mark.parametrize("ues", [1, 100, 700, 3000])
@pytest.mark.parametrize("dialect", [STANDARD, FLEXRIC])
def test_messages_of_any_length_are_the_same_in_fragments(ues: int, dialect: Dialect) -> None:
    rows = np.random.default_rng(ues).normal(size=(ues, 3)) * 100
    named = [UeId(f1ap=(n,)) for n in range(ues)]
    listed = listing(names[:3], dialect)
    right = reference.encode_ues(named, rows.tolist(), dialect, listed.measurements)
    assert codec.encode_ue_message(named, rows, dialect, listed) == right
    assert fast.encode_ues(named, rows.tolist(), dialect.family, (listed.octets, listed.bits)) == right
    asked = action(4, 3)
    memory = learnt(right, asked, dialect)
    for way in (by_twin, by_native) if FAST is not None else (by_twin,):
        assert agree(way(right, asked, dialect, memory), judged(right, asked, dialect))


@native
@pytest.mark.parametrize(
    "call",
    [
        lambda: FAST.decode_cell(b"", False, None, 0, b"not writable"),
        lambda: FAST.decode_cell(b"", False, b"a", 9, bytearray(4)),
        lambda: FAST.decode_cell(b"", False, None, 0, np.zeros(2, object)),
        lambda: FAST.decode_cell(b"", False, None, 0, np.zeros(2)),
        lambda: FAST.decode_cell(5, False, None, 0, bytearray(4)),
        lambda: FAST.decode_ues(b"", False, None, 0, "many", du_ue, fastue.gnb_ue),
        lambda: FAST.decode_matched(b"\x20\0\0\0\x01\0\0\0\0", False, (5,), du_ue, fastue.gnb_ue),
        lambda: FAST.encode_cell(np.zeros(3, np.float32), 0, False, None, 0),
        lambda: FAST.encode_cell(np.zeros((3, 3))[:, 1], 0, False, None, 0),
        lambda: FAST.encode_ues([(1, 99, b"")], np.zeros(1), False, None, 0),
        lambda: FAST.encode_ues([(1, 2)], np.zeros(1), False, None, 0),
        lambda: FAST.walk("text"),
        lambda: FAST.patched(b"abcd", 3, 2, 1),
        lambda: FAST.patched(b"abcd", -1, 1, 1),
        lambda: FAST.patched(b"abcd", 0, 1, 256),
        lambda: FAST.patched(b"abcd", 0, 1),
    ],
)
def test_a_wrong_call_is_a_python_error(call: Any) -> None:
    with pytest.raises((TypeError, ValueError, BufferError, OverflowError)):
        call()


class Odd:
    """Neither true nor false."""

    def __bool__(self) -> bool:
        raise LookupError("neither")


class Emptying:
    """True, and empties a list that is being read."""

    def __init__(self, victim: list[Any]) -> None:
        self.victim = victim

    def __bool__(self) -> bool:
        self.victim.clear()
        return True


@native
@pytest.mark.parametrize(
    "call",
    [
        lambda odd: FAST.decode_cell(bytes(4), odd, None, 0, bytearray(4)),
        lambda odd: FAST.decode_ues(bytes(4), odd, None, 0, 1, du_ue, fastue.gnb_ue),
        lambda odd: FAST.decode_matched(bytes(4), odd, (), du_ue, fastue.gnb_ue),
        lambda odd: FAST.encode_cell(np.zeros(1), 0, odd, None, 0),
        lambda odd: FAST.encode_ues([(1, 2, b"")], np.zeros(1), odd, None, 0),
    ],
)
def test_an_argument_that_is_neither_true_nor_false_says_so(call: Any) -> None:
    with pytest.raises(LookupError, match="neither"):
        call(Odd())


@native
def test_a_list_that_shrinks_while_it_is_read_has_no_ues() -> None:
    names = [(1, 2, b"")] * 100
    assert FAST.encode_ues(names, np.zeros(100), Emptying(names), None, 0) is None


@native
def test_nothing_is_reserved_for_values_that_cannot_be_there() -> None:
    # So many octets hold 65536 UEs, but not the 65535 values of each: those would take 17 GB.
    octets = b"\x20\xff\xff" + bytes(65536 * 8)
    tracemalloc.start()
    try:
        assert FAST.decode_ues(octets, True, None, 0, 65535, du_ue, fastue.gnb_ue) is None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(octets)


@native
def test_no_object_of_the_interpreter_is_written_to() -> None:
    # CPython has each slice of one octet once, for everybody.
    octets = b"ric"
    assert FAST.patched(octets[:1], 0, 1, 65) == b"A"
    assert octets[:1] != b"A"


@native
def test_values_are_at_any_address() -> None:
    octets = reference.encode_cell([1.0, 2.5], 100, STANDARD, None)
    out = memoryview(bytearray(9))[1:]
    assert FAST.decode_cell(octets, False, None, 0, out)
    assert struct.unpack("=2f", out) == (1.0, 2.5)
    values = memoryview(b"\0" + struct.pack("=2d", 1.0, 2.5))[1:].cast("d")
    assert FAST.encode_cell(values, 100, False, None, 0) == octets


@native
def test_what_a_factory_raises_comes_through() -> None:
    def broken(_: int) -> UeId:
        raise LookupError("no such UE")

    octets = codec.encode_ue_message([UeId(f1ap=(1,))], [[1.0]])
    with pytest.raises(LookupError, match="no such UE"):
        FAST.decode_ues(octets, False, None, 0, 1, broken, fastue.gnb_ue)


@native
def test_values_are_patched_big_endian() -> None:
    assert (
        FAST.patched(b"\0" * 8, 1, 2, 0x1234, 4, 4, 0x01020304)
        == b"\0" + struct.pack(">H", 0x1234) + b"\0\x01\x02\x03\x04"
    )
