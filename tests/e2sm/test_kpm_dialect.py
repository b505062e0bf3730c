"""KPM's two dialects: what differs on the wire, and how the first indication tells which one a node speaks."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect, Family
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import UeId
from ricloop.e2sm import kpm
from ricloop.e2sm.kpm import codec
from ricloop.e2sm.kpm.infer import infer
from ricloop.e2sm.kpm.matching import Matching
from ricloop.e2sm.kpm.metric import Measurement

UES = (UeId(f1ap=(7,)), UeId(f1ap=(8,)))
TIME = 1_700_000_000_000_000_000
SECONDS = Dialect(kpm_time_octets=4)


def action(style: int, *names: str) -> codec.ActionDefinition:
    measurements = tuple(Measurement(name) for name in names or ("RRU.PrbTotDl",))
    return codec.ActionDefinition(
        style=style,
        measurements=measurements,
        granularity_ms=100,
        ues=UES[: {2: 1, 5: 2}.get(style, 0)],
        matching=tuple(Matching((kpm.where("RSRP", ">", -100),)) for _ in measurements) if style == 3 else (),
    )


def message(style: int, dialect: Dialect, *, granularity: bool = False, listed: bool = False) -> bytes:
    asked = action(style)
    period, info = 100 if granularity else None, asked.measurements if listed else None
    if style == 3:
        return codec.encode_condition_message(asked, [[{UES[0]: 42.0}]], period, dialect)
    if style > 3:
        return codec.encode_ue_message(UES[:1], [[42.0]], dialect, info)
    return codec.encode_cell_message([42.0], period, dialect, info)


@pytest.mark.parametrize(
    ("style", "granularity", "listed", "standard", "flexric"),
    [
        (1, False, False, 0x00, 0x00),
        (1, True, False, 0x04, 0x02),
        (1, False, True, 0x08, 0x04),
        (1, True, True, 0x0C, 0x06),
        (3, False, False, 0x20, 0x10),
        (3, True, False, 0x28, 0x14),
        (4, False, False, 0x40, 0x20),
    ],
)
def test_a_message_starts_as_its_dialect_does(
    style: int, granularity: bool, listed: bool, standard: int, flexric: int
) -> None:
    octets = [message(style, of, granularity=granularity, listed=listed) for of in (STANDARD, FLEXRIC)]
    assert [one[0] for one in octets] == [standard, flexric]
    assert (octets[0] == octets[1]) == (standard == flexric)


@pytest.mark.parametrize(
    ("style", "standard", "flexric"), [(2, 0x21, 0x10), (3, 0x40, 0x20), (4, 0x80, 0x30), (5, 0x81, 0x40)]
)
def test_an_action_definition_differs_from_format_2_on(style: int, standard: int, flexric: int) -> None:
    octets = [codec.encode_action_definition(action(style), dialect) for dialect in (STANDARD, FLEXRIC)]
    assert octets[0] != octets[1]
    masks = {2: (0xE0, 0xF0), 3: (0xE0, 0xF0), 4: (0xFF, 0xF0), 5: (0xFF, 0xF0)}[style]
    assert [one[3] & mask for one, mask in zip(octets, masks, strict=True)] == [standard & masks[0], flexric & masks[1]]


def test_an_action_definition_of_format_1_is_the_same() -> None:
    assert codec.encode_action_definition(action(1), STANDARD) == codec.encode_action_definition(action(1), FLEXRIC)


def test_the_published_octets_of_format_3_are_read_in_their_own_dialect_alone() -> None:
    standard = bytes.fromhex("40 00 0d 00 00 00 08 00 07 00 00 00 00 01 00 2a")
    flexric = bytes.fromhex("20 00 00 08 00 07 00 00 00 00 01 00 2a")
    for octets, own, other in ((standard, STANDARD, FLEXRIC), (flexric, FLEXRIC, STANDARD)):
        assert codec.encode_ue_message(UES[:1], [[42.0]], own) == octets
        assert codec.decode_message(octets, action(4), own).values.tolist() == [[42.0]]
        with pytest.raises(DecodeError):
            codec.decode_message(octets, action(4), other)


@pytest.mark.parametrize("style", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("granularity", [False, True])
@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("spoken", [STANDARD, FLEXRIC, SECONDS])
@pytest.mark.parametrize("assumed", [STANDARD, FLEXRIC])
def test_the_first_indication_tells_the_dialect(
    style: int, granularity: bool, listed: bool, spoken: Dialect, assumed: Dialect
) -> None:
    header = codec.encode_indication_header(TIME, spoken)
    octets = message(style, spoken, granularity=granularity, listed=listed)
    found = infer(header, octets, action(style), assumed)
    assert found.dialect.kpm_time_octets == spoken.kpm_time_octets
    if octets[0]:
        assert found.certain
        assert found.dialect.family is spoken.family
    else:
        # Format 1 without anything optional is the same in both.
        assert not found.certain
        assert found.dialect.family is assumed.family


def test_the_reason_is_told_in_words() -> None:
    found = infer(codec.encode_indication_header(TIME, SECONDS), message(4, FLEXRIC), action(4), STANDARD)
    assert found.dialect == Dialect(Family.FLEXRIC, kpm_time_octets=4, ppid=0)
    assert found.reason == (
        "the header of 5 octets has 4 octets of time; a message of style 4 that starts with 20 is flexric"
    )


@pytest.mark.parametrize("header", ["", "00", "ff ff"])
@pytest.mark.parametrize("octets", ["", "ff", "04", "00 00", "04 00 00 00 05 00"])
def test_nothing_is_concluded_from_what_nobody_can_read(header: str, octets: str) -> None:
    found = infer(bytes.fromhex(header), bytes.fromhex(octets), action(1), STANDARD)
    assert found.dialect == STANDARD
    assert not found.certain


def test_a_dialect_says_what_it_cannot_be() -> None:
    for wrong, word in (
        ({"kpm_time_octets": 5}, "4 or 8"),
        ({"e2ap_version": 4}, "1, 2 and 3"),
        ({"ppid": -1}, "32 bits"),
    ):
        with pytest.raises(ValueError, match=word):
            Dialect(**wrong)


def test_a_hundred_ues_with_their_own_info_lists_go_both_ways() -> None:
    names = tuple(f"Metric.Number{n}" for n in range(10))
    asked = action(4, *names)
    ues = tuple(UeId(f1ap=(n,)) for n in range(100))
    # 0.1 and the like have a mantissa whose top bit is set.
    rows = [[n * 0.1 + m for m in range(10)] for n in range(100)]
    for dialect in (STANDARD, FLEXRIC):
        octets = codec.encode_ue_message(ues, rows, dialect, asked.measurements)
        assert len(octets) > 16384
        read = codec.decode_message(octets, asked, dialect)
        assert isinstance(read, codec.UeRecords)
        assert read.ues == ues
        np.testing.assert_array_equal(read.values, np.array(rows, np.float32))


def test_a_foreign_name_with_an_underscore_is_read_but_not_written() -> None:
    good = codec.encode_function_definition(codec.definition_of(["Name-for-action"]))
    bad = good.replace(b"Name-for-action", b"Name_for_action")
    (style,) = codec.decode_function_definition(bad).report_styles
    assert style.measurements == ("Name_for_action",)
    with pytest.raises(EncodeError):
        codec.encode_function_definition(codec.decode_function_definition(bad))
