"""KPM: octets of the standard's shapes, both ways, and the fast codec against the reference one."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.dialect import Dialect
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import Guami, Plmn, UeId
from ricloop.e2sm import kpm
from ricloop.e2sm.kpm import codec, fast, reference
from ricloop.e2sm.kpm.metric import Measurement
from tests.e2sm import strategies as some

THREE = tuple(Measurement(name) for name in ("RRU.PrbTotDl", "RRU.PrbTotUl", "CQI"))
SECONDS = Dialect(kpm_time_octets=4)


def action(count: int, style: int = 1) -> codec.ActionDefinition:
    return codec.ActionDefinition(
        style=style, measurements=tuple(Measurement(f"m{n}") for n in range(count)), granularity_ms=100
    )


def same(left: list[float], right: list[float]) -> bool:
    return len(left) == len(right) and all(a == b or (a != a and b != b) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize(("period", "octets"), [(1000, "08 03 e7"), (1, "00 00"), (2**32 - 1, "18 ff ff ff fe")])
def test_the_event_trigger_is_the_period(period: int, octets: str) -> None:
    assert codec.encode_event_trigger(period).hex(" ") == octets
    assert codec.decode_event_trigger(bytes.fromhex(octets)) == period


def test_an_action_definition_has_the_octets_of_other_codecs() -> None:
    octets = bytes.fromhex("00 01 01 00 00 00 00 a0 44 52 42 2e 55 45 54 68 70 44 6c 01 20 00 00 00 63")
    asked = codec.ActionDefinition(style=1, measurements=(Measurement("DRB.UEThpDl"),), granularity_ms=100)
    assert codec.encode_action_definition(asked) == octets
    assert codec.decode_action_definition(octets) == asked


def test_a_cell_message_has_the_octets_of_other_codecs() -> None:
    octets = bytes.fromhex("04 00 00 00 03 00 2a 20 03 80 ff 03 40 63")
    values = np.array([42, 1.5, math.nan])
    assert codec.encode_cell_message(values, 100) == octets
    assert reference.encode_cell(values.tolist(), 100) == octets
    record = codec.decode_message(octets, action(3))
    assert isinstance(record, codec.CellRecord)
    assert record.values.dtype == np.float32
    assert same(record.values.tolist(), values.tolist())


def test_a_ue_message_has_the_octets_of_other_codecs() -> None:
    octets = bytes.fromhex("40 00 0d 00 00 00 08 00 07 00 00 00 00 01 00 2a")
    assert codec.encode_ue_message([UeId(f1ap=(7,))], np.array([[42.0]])) == octets
    assert reference.encode_ues([UeId(f1ap=(7,))], [[42.0]]) == octets
    rows = codec.decode_message(octets, action(1, style=4))
    assert isinstance(rows, codec.UeRecords)
    assert rows.ues == (UeId(f1ap=(7,)),)
    assert rows.values.tolist() == [[42.0]]


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (0, "00 00"),
        (255, "00 ff"),
        (256, "08 01 00"),
        (65536, "10 01 00 00"),
        (2**32 - 1, "18 ff ff ff ff"),
        (1.5, "20 03 80 ff 03"),
        (-2.0, "20 03 c0 01 01"),
    ],
)
def test_a_value_has_the_octets_of_other_codecs(value: float, octets: str) -> None:
    assert codec.encode_cell_message([value]).hex(" ") == f"00 00 00 00 01 {octets}"


@pytest.mark.parametrize(("octets", "value"), [("20 00", 0.0), ("20 03 80 00 01", 1.0)])
def test_a_real_that_is_whole_is_read_too(octets: str, value: float) -> None:
    assert fast.decode_cell(bytes.fromhex("00 00 00 00 01" + octets)) == [value]


def test_the_header_has_the_octets_of_other_codecs() -> None:
    octets = bytes.fromhex("00 00 01 02 03 04 05 06 07")
    time = codec.decode_indication_header(octets)
    assert codec.encode_indication_header(time) == octets
    assert reference.encode_header(time, Dialect()) == octets


@given(some.times)
def test_a_header_keeps_its_time_to_the_nanosecond(time: int) -> None:
    assert codec.decode_indication_header(codec.encode_indication_header(time)) == time
    assert reference.decode_header(codec.encode_indication_header(time), Dialect()) == time


@given(some.times)
def test_a_header_of_four_octets_keeps_its_seconds(time: int) -> None:
    octets = codec.encode_indication_header(time, SECONDS)
    assert len(octets) == 5
    assert codec.decode_indication_header(octets, SECONDS) == time // 10**9 * 10**9
    assert octets == reference.encode_header(time, SECONDS)


def test_a_header_of_the_other_length_is_a_fault() -> None:
    for spoken, heard in ((Dialect(), SECONDS), (SECONDS, Dialect())):
        with pytest.raises(DecodeError):
            codec.decode_indication_header(codec.encode_indication_header(0, spoken), heard)


@given(st.lists(some.values, min_size=1, max_size=20), st.none() | st.integers(1, (1 << 32) - 1))
def test_the_fast_cell_message_is_the_reference_one(values: list[float], granularity: int | None) -> None:
    octets = reference.encode_cell(values, granularity)
    assert codec.encode_cell_message(values, granularity) == octets
    quick = fast.encode_cell(values, granularity)
    assert quick is None or quick == octets
    judged = reference.decode_message(octets, action(len(values))).values
    read = codec.decode_message(octets, action(len(values))).values
    np.testing.assert_array_equal(read, judged)
    found = fast.decode_cell(octets)
    if found is not None:
        np.testing.assert_array_equal(np.array(found, np.float32), judged)


@given(st.data(), st.integers(1, 6), st.integers(1, 6))
def test_the_fast_ue_message_is_the_reference_one(data: st.DataObject, count: int, each: int) -> None:
    ues = data.draw(st.lists(some.ues, min_size=count, max_size=count))
    rows = data.draw(st.lists(st.lists(some.values, min_size=each, max_size=each), min_size=count, max_size=count))
    octets = reference.encode_ues(ues, rows)
    assert codec.encode_ue_message(ues, rows) == octets
    judged = reference.decode_message(octets, action(each, style=4))
    read = codec.decode_message(octets, action(each, style=4))
    assert isinstance(judged, codec.UeRecords)
    assert isinstance(read, codec.UeRecords)
    assert read.ues == judged.ues == tuple(ues)
    np.testing.assert_array_equal(read.values, judged.values)


GUAMI = Guami(Plmn("001", "01"), 128, 1, 1)
CALLED: dict[str, Callable[[int], UeId]] = {
    "gnb": lambda n: UeId(amf_ue_ngap_id=n, guami=GUAMI, f1ap=(n,)),
    "cu-cp": lambda n: UeId(amf_ue_ngap_id=n * 99_991, guami=GUAMI, f1ap=(n,), e1ap=(n * 7_919,)),
    "cu-up": lambda n: UeId(e1ap=(n * 7_919,)),
    "du": lambda n: UeId(f1ap=(n,)),
}


@given(st.integers(1, 30), st.integers(1, 127), st.sampled_from(sorted(CALLED)))
def test_the_usual_message_takes_the_fast_way(count: int, each: int, node: str) -> None:
    ues = [CALLED[node](n) for n in range(count)]
    rows = [[math.nan if (n + m) % 3 == 0 else n * 1.25 - m for m in range(each)] for n in range(count)]
    octets = fast.encode_ues(ues, rows)
    if octets is None:
        assert len(reference.encode_ues(ues, rows)) > 0x4000
    else:
        found = fast.decode_ues(octets)
        assert found is not None
        assert found[0] == tuple(ues)
        assert found[2] == each
        assert octets == reference.encode_ues(ues, rows)
    assert fast.decode_cell(fast.encode_cell(rows[0]) or b"") is not None


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_message_means_the_same_to_both(data: st.DataObject) -> None:
    per_ue = data.draw(st.booleans())
    values = data.draw(st.lists(some.values, min_size=2, max_size=4))
    if per_ue:
        octets = bytearray(codec.encode_ue_message(data.draw(st.lists(some.ues, min_size=2, max_size=2)), [values] * 2))
    else:
        octets = bytearray(codec.encode_cell_message(values, data.draw(st.none() | st.integers(1, 1000))))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(octets[: data.draw(st.integers(0, len(octets)))] if data.draw(st.booleans()) else octets)
    asked = action(len(values), style=4 if per_ue else 1)
    try:
        judged = reference.decode_message(cut, asked)
    except DecodeError:
        with pytest.raises(DecodeError):
            codec.decode_message(cut, asked)
        return
    read = codec.decode_message(cut, asked)
    np.testing.assert_array_equal(read.values, judged.values)
    if isinstance(judged, codec.UeRecords):
        assert isinstance(read, codec.UeRecords)
        assert read.ues == judged.ues


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_any_octets_are_a_message_or_a_decode_error(octets: bytes) -> None:
    for decode in (
        codec.decode_event_trigger,
        codec.decode_action_definition,
        codec.decode_function_definition,
        codec.decode_indication_header,
        lambda data: codec.decode_message(data, action(2)),
        lambda data: codec.decode_message(data, action(2, style=4)),
    ):
        with contextlib.suppress(DecodeError):
            decode(octets)


labels = st.builds(
    kpm.Label,
    plmn=st.none() | some.plmns,
    slice=st.none() | st.builds(kpm.Slice, st.integers(0, 255), st.none() | st.integers(0, 2**24 - 1)),
    five_qi=st.none() | st.integers(0, 255),
    bin_x=st.none() | st.integers(1, 65535),
    bin_y=st.none() | st.integers(1, 65535),
    bin_z=st.none() | st.integers(1, 65535),
    other=st.sampled_from([(), (("sUM", "true"),), (("qFI", 9), ("min", "true")), (("ssbIndex", 3),)]),
)
measurements = st.builds(Measurement, st.sampled_from(sorted(kpm.METRICS)), labels) | st.builds(
    Measurement, st.just(""), labels, st.integers(1, 65536)
)
conditions = st.one_of(
    st.builds(kpm.Condition, st.sampled_from(["RSRP", "GBR", "CQI"]), st.just("present"), st.none(), st.booleans()),
    st.builds(
        kpm.Condition,
        st.sampled_from(["RSRP", "RSRQ", "UL-RSRP", "5QI"]),
        st.sampled_from(["==", ">", "<"]),
        st.integers(-200, 200) | st.sampled_from([0.5, -99.25]),
        st.booleans(),
    ),
    st.just(kpm.where("slice", "==", kpm.Slice(1, 1))),
    st.just(kpm.where("stationary", "==", True)),
)


@given(st.data())
def test_an_action_definition_comes_back(data: st.DataObject) -> None:
    style = data.draw(st.sampled_from([1, 2, 4, 5]))
    size = {2: (1, 1), 5: (2, 4)}.get(style, (0, 0))
    asked = codec.ActionDefinition(
        style=style,
        measurements=tuple(data.draw(st.lists(measurements, min_size=1, max_size=4))),
        granularity_ms=data.draw(st.integers(1, 2**32 - 1)),
        cell=data.draw(st.none() | some.cells),
        conditions=tuple(data.draw(st.lists(conditions, min_size=1, max_size=3))) if style == 4 else (),
        ues=tuple(data.draw(st.lists(some.ues, min_size=size[0], max_size=size[1]))),
    )
    assert codec.decode_action_definition(codec.encode_action_definition(asked)) == asked


def test_named_ues_need_their_style() -> None:
    with pytest.raises(EncodeError, match="style 5 with 1 UEs"):
        codec.encode_action_definition(
            codec.ActionDefinition(style=5, measurements=THREE, granularity_ms=1, ues=(UeId(f1ap=(1,)),))
        )


def test_a_definition_comes_back() -> None:
    offered = codec.definition_of(["RRU.PrbTotDl", "CQI"], ["RSRP"])
    assert codec.decode_function_definition(codec.encode_function_definition(offered)) == offered
    numbered = codec.Definition(offered.name, (), (codec.ReportStyle(1, "Measurements", ("CQI", "RSRP"), (7, None)),))
    assert codec.decode_function_definition(codec.encode_function_definition(numbered)) == numbered


def test_an_info_list_may_come_in_the_nodes_own_order() -> None:
    from ricloop.asn1 import KPM
    from ricloop.e2sm.kpm.labels import list_to_asn

    listed = list_to_asn([Measurement("cqi"), Measurement("X.Unknown"), Measurement("", id=4)])
    format1 = {
        "measData": [
            {"measRecord": [("integer", 1)] * 3},
            {"measRecord": [("integer", 15), ("integer", 2), ("real", 37.5)], "incompleteFlag": "true"},
        ],
        "measInfoList": listed,
    }
    octets = KPM.encode(
        "E2SM-KPM-IndicationMessage", {"indicationMessage-formats": ("indicationMessage-Format1", format1)}
    )
    asked = codec.ActionDefinition(
        style=1,
        measurements=(Measurement("RRU.PrbTotDl", id=4), Measurement("RSRP"), Measurement("CQI")),
        granularity_ms=100,
    )
    assert same(codec.decode_message(octets, asked).values.tolist(), [37.5, math.nan, 15.0])


def test_a_wrong_number_of_values_is_a_fault() -> None:
    with pytest.raises(DecodeError, match="3 values for 2 measurements"):
        codec.decode_message(codec.encode_cell_message([1, 2, 3]), action(2))
    with pytest.raises(DecodeError, match="Format3"):
        codec.decode_message(codec.encode_cell_message([1, 2]), action(2, style=4))


def test_a_real_beyond_float32_is_infinite() -> None:
    read = codec.decode_message(codec.encode_cell_message([1e300, -1e39]), action(2))
    assert read.values.tolist() == [math.inf, -math.inf]
