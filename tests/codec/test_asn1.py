"""The faults of asn1tools that our codec works round, each at its edge."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.asn1 import KPM, RC
from ricloop.asn1.codec import rooted
from ricloop.asn1.real import decode_real, encode_real
from ricloop.core.errors import DecodeError, EncodeError


def report(octets: int) -> dict[str, object]:
    """A message of Format 3, an extension alternative: its open type is about so long."""
    record = [("integer", 1)] * (octets // 2)
    ue = ("gNB-DU-UEID", {"gNB-CU-UE-F1AP-ID": 7})
    item = {"ueID": ue, "measReport": {"measData": [{"measRecord": record}]}}
    return {"indicationMessage-formats": ("indicationMessage-Format3", {"ueMeasReportList": [item]})}


def opened(octets: bytes) -> bytes:
    """The open type of a Format 3 message, its fragments joined by hand (X.691 11.9.3.8)."""
    at, parts = 2, []
    while octets[at] >= 0xC0:
        length = (octets[at] & 0x3F) * 16384
        parts.append(octets[at + 1 : at + 1 + length])
        at += 1 + length
    length, at = (
        (octets[at], at + 1) if octets[at] < 128 else (struct.unpack_from(">H", octets, at)[0] & 0x3FFF, at + 2)
    )
    parts.append(octets[at : at + length])
    assert at + length == len(octets)
    return b"".join(parts)


@pytest.mark.parametrize("length", [100, 127, 128, 16383, 16384, 32768, 49152, 65536, 70000])
def test_an_open_type_of_any_length_is_fragmented_as_it_should(length: int) -> None:
    value = report(length)
    octets = KPM.encode("E2SM-KPM-IndicationMessage", value)
    assert KPM.decode("E2SM-KPM-IndicationMessage", octets) == value
    content = opened(octets)
    inner = KPM.decode("E2SM-KPM-IndicationMessage-Format3", content)
    assert ("indicationMessage-Format3", inner) == value["indicationMessage-formats"]


def definition_of(octets: int) -> dict[str, object]:
    """A parameter's definition that takes exactly so many octets: names of 150 characters, each shortened a little."""
    count = octets // 140
    surplus = len(RC.encode("RANParameter-Definition", definition_with([150] * count))) - octets
    return definition_with([150 - surplus // count - (n < surplus % count) for n in range(count)])


def definition_with(lengths: list[int]) -> dict[str, object]:
    names = [{"ranParameter-ID": 1, "ranParameter-name": "x" * length} for length in lengths]
    return {"ranParameter-Definition-Choice": ("ranParameter-Definition-Choice-LIST", {"ranParameter-List": names})}


@pytest.mark.parametrize("length", [16383, 16384, 32768, 65536])
def test_an_extension_addition_of_exactly_a_fragment_survives(length: int) -> None:
    definition = definition_of(length)
    assert len(RC.encode("RANParameter-Definition", definition)) == length
    item = {"ranParameter-ID": 1, "ranParameter-name": "x", "ranParameter-Definition": definition}
    octets = RC.encode("RANParameter-Named-Item", item)
    assert RC.decode("RANParameter-Named-Item", octets) == item
    with pytest.raises(DecodeError):
        RC.decode("RANParameter-Named-Item", octets[:-1])


@given(st.floats(allow_nan=False))
@settings(max_examples=500, deadline=None)
def test_a_real_survives_in_its_one_canonical_form(value: float) -> None:
    content = encode_real(value)
    assert decode_real(content) == value
    assert math.copysign(1, decode_real(content)) == math.copysign(1, value)
    if value and math.isfinite(value):
        width = (content[0] & 3) + 1
        mantissa = content[1 + width :]
        assert mantissa[0] != 0, "no leading zero octet"
        assert mantissa[-1] & 1, "an odd mantissa"


def test_not_a_number_survives() -> None:
    assert math.isnan(decode_real(encode_real(math.nan)))


@pytest.mark.parametrize("content", ["80", "b000", "8301", "8000", "44", "0161", "80ff" + "11" * 70, "820000ff01"])
def test_what_is_no_real_is_refused(content: str) -> None:
    octets = bytes.fromhex(content)
    with pytest.raises(DecodeError):
        KPM.decode("MeasurementRecordItem", bytes([0x20, len(octets)]) + octets)


@pytest.mark.parametrize(("content", "value"), [("033135452d31", 1.5), ("8000", 0), ("900201", 64.0), ("84ff0f", 15.0)])
def test_other_forms_of_a_real_are_read(content: str, value: float) -> None:
    if value:
        assert decode_real(bytes.fromhex(content)) == value


def test_a_printable_string_is_read_leniently_and_written_strictly() -> None:
    good = KPM.encode("MeasurementType", ("measName", "Name-for-action"))
    bad = good.replace(b"-", b"_")
    assert KPM.decode("MeasurementType", bad) == ("measName", "Name_for_action")
    with pytest.raises(EncodeError, match="MeasurementType"):
        KPM.encode("MeasurementType", ("measName", "Name_for_action"))
    with pytest.raises(EncodeError):
        KPM.encode("MeasurementType", ("measName", "x" * 151))
    with pytest.raises(EncodeError):
        KPM.encode("MeasurementType", ("measName", ""))


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("E2SM-KPM-IndicationHeader-Format1", {"colletStartTime": bytes(4)}),
        ("E2SM-KPM-EventTriggerDefinition-Format1", {"reportingPeriod": 0}),
        ("E2SM-KPM-EventTriggerDefinition-Format1", {"reportingPeriod": 2**32}),
        ("MeasurementRecordItem", ("integer", -1)),
        ("MeasurementRecordItem", ("float", 1.0)),
        ("E2SM-KPM-IndicationMessage-Format1", {"measData": []}),
        ("E2SM-KPM-IndicationMessage-Format1", {}),
        ("E2SM-KPM-IndicationMessage-Format1", None),
    ],
)
def test_a_value_outside_its_type_is_refused(type_name: str, value: object) -> None:
    with pytest.raises(EncodeError):
        KPM.encode(type_name, value)


def test_a_misspelt_type_is_named_with_the_right_spelling() -> None:
    with pytest.raises(KeyError, match="Did you mean 'E2SM-KPM-IndicationMessage'"):
        KPM.decode("E2SM-KPM-IndicationMesage", b"")


def test_an_addition_that_a_later_version_defines_is_passed_over() -> None:
    # A Format 1 message whose extension holds one unknown addition of two octets.
    octets = bytes.fromhex("10 00 00 00 01 00 2a 01 02 ab cd")
    value = KPM.decode("E2SM-KPM-IndicationMessage", octets)
    assert value["indicationMessage-formats"][1]["measData"] == [{"measRecord": [("integer", 42)]}]


def test_an_error_names_its_place_and_bit() -> None:
    octets = bytes.fromhex("40 00 0d 00 00 00 08 00 07 00 00 00 00 03 00 2a")
    with pytest.raises(DecodeError) as caught:
        KPM.decode("E2SM-KPM-IndicationMessage", octets)
    assert caught.value.path.endswith("ueMeasReportList[0].measReport.measData[0].measRecord[1]")
    assert caught.value.bit == 8 * len(octets)


def test_values_nested_too_deep_are_refused_both_ways() -> None:
    value: tuple[str, object] = ("ranP-Choice-ElementFalse", {})
    for _ in range(40):
        inner = {"ranParameter-ID": 1, "ranParameter-valueType": value}
        structure = {"sequence-of-ranParameters": [inner]}
        value = ("ranP-Choice-Structure", {"ranParameter-Structure": structure})
    with pytest.raises(EncodeError, match="nested deeper than 16"):
        RC.encode("RANParameter-ValueType", value)


def test_extension_additions_move_into_the_root_of_the_named_types_alone() -> None:
    text = (
        "A ::= CHOICE {\n    a NULL,\n    ...,\n    b NULL\n}\nB ::= CHOICE {\n    a NULL,\n    ...,\n    b NULL\n}\n"
    )
    moved, kept = rooted(text, ("A",)).split("B ::=")
    assert moved == "A ::= CHOICE {\n    a NULL,\n    b NULL,\n    ...\n}\n"
    assert "B ::=" + kept == text[text.index("B ::=") :]
    with pytest.raises(ValueError, match="'C' has no extension additions"):
        rooted(text, ("C",))
