"""RC: octets of the standard's shapes, both ways, and what a handover needs."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.e2sm import rc
from ricloop.e2sm.base import ControlContext, Verdict
from ricloop.e2sm.common import EventStyle
from ricloop.e2sm.rc import codec
from ricloop.e2sm.rc.model import Rc
from ricloop.e2sm.rc.parameters import Element, Parameter
from tests.e2sm import strategies as some

MODEL = Rc()
TARGET = Cgi(Plmn("001", "01"), 0x123456789).packed
UE = UeId(amf_ue_ngap_id=7, guami=Guami(Plmn("001", "01"), 128, 1, 1), f1ap=(5,))

SLICE_QUOTA = bytes.fromhex(
    "00 00 01 00 00 60 00 00 40 00 00 00 01 44 00 03 00 02 44 00 00 00 04 60 00 00 40 00 00 00 05 44 00 01 00 06"
    "2a 00 03 00 f1 10 00 07 44 00 01 00 08 2a 00 01 01 00 09 2a 00 03 00 00 01 00 0a 28 80 01 0a 00 0b 28 80 01"
    "32 00 0c 28 80 01 00"
)
HANDOVER = bytes.fromhex(
    "00 00 01 00 00 44 00 00 00 01 44 00 00 00 02 44 00 00 00 03 2a 00 09 00 00 f1 10 12 34 56 78 90"
)


def test_a_slice_quota_has_the_octets_of_other_codecs() -> None:
    policy: dict[int, Parameter] = {
        5: ({6: {7: Element(b"\x00\xf1\x10"), 8: {9: Element(b"\x01"), 10: Element(b"\x00\x00\x01")}}},)
    }
    quota: dict[int, Parameter] = {1: ({2: {3: policy, 11: Element(10), 12: Element(50), 13: Element(0)}},)}
    assert codec.encode_control_message(quota) == SLICE_QUOTA
    assert codec.decode_control_message(SLICE_QUOTA) == quota


def test_a_handover_has_the_octets_of_other_codecs() -> None:
    assert codec.encode_handover(TARGET) == HANDOVER
    assert codec.decode_handover(HANDOVER) == TARGET


@pytest.mark.parametrize(
    ("header", "octets"),
    [
        (codec.ControlHeader(UeId(f1ap=(7,)), 2, 6), "01 00 07 01 02 00 00 05"),
        (codec.ControlHeader(UE, 3, 1), "00 40 00 07 00 00 f1 10 80 00 41 00 05 01 03 00 00 00"),
    ],
)
def test_a_control_header_has_the_octets_of_other_codecs(header: codec.ControlHeader, octets: str) -> None:
    assert codec.encode_control_header(header).hex(" ") == octets
    assert codec.decode_control_header(bytes.fromhex(octets)) == header


@given(st.builds(codec.ControlHeader, some.ues, st.integers(-5, 300), st.integers(1, 65535), st.none() | st.booleans()))
def test_a_control_header_comes_back(header: codec.ControlHeader) -> None:
    assert codec.decode_control_header(codec.encode_control_header(header)) == header


@given(some.cells)
def test_a_handover_target_comes_back(cell: int) -> None:
    assert codec.decode_handover(codec.encode_handover(cell)) == cell


leaves = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text("abcXYZ 019", max_size=8),
    st.binary(max_size=8),
    st.builds(lambda octets: codec.Bits(octets, len(octets) * 8), st.binary(max_size=4)),
)
parameter_ids = st.integers(1, 30) | st.integers(1, 2**32 - 1)
elements = st.builds(Element, leaves, st.booleans()) | st.just(Element(None))
parameters: st.SearchStrategy[Parameter] = st.recursive(
    elements,
    lambda inner: (
        st.dictionaries(parameter_ids, inner, max_size=3)
        | st.lists(st.dictionaries(parameter_ids, inner, max_size=3), min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@given(st.dictionaries(parameter_ids, parameters, max_size=4))
def test_parameters_come_back(given_: dict[int, Parameter]) -> None:
    assert codec.decode_control_message(codec.encode_control_message(given_)) == given_


@given(st.dictionaries(st.integers(1, 2**32 - 1), leaves, max_size=4))
def test_an_outcome_comes_back(values: dict[int, int]) -> None:
    assert codec.decode_control_outcome(codec.encode_control_outcome(values)) == values


@given(st.integers(1, 2**32 - 1))
def test_a_call_process_id_comes_back(id_: int) -> None:
    assert codec.decode_call_process_id(codec.encode_call_process_id(id_)) == id_


def test_nesting_has_a_limit() -> None:
    deep: dict[int, Parameter] = {1: Element(1)}
    for _ in range(18):
        deep = {1: deep}
    with pytest.raises(EncodeError, match="nested"):
        codec.encode_control_message(deep)


def test_a_definition_comes_back_and_says_what_it_controls() -> None:
    report = codec.ReportStyle(4, "UE Information", 4, 1, 1, 2, (codec.NamedParameter(202, "RRC State"),))
    insert = codec.InsertStyle(3, "Connected Mode Mobility", 2, (codec.NamedAction(1, "Handover Request"),))
    bare = codec.definition_of(codec.HANDOVER_CONTROL)
    full = codec.Definition(bare.name, (EventStyle(4, "UE Change", 4),), (report,), (insert,), bare.controls)
    for definition in (bare, full, codec.definition_of()):
        octets = codec.encode_function_definition(definition)
        assert codec.decode_function_definition(octets) == definition
        offer = MODEL.describe(octets)
        assert MODEL.can_control(rc.handover(1, TARGET), offer) == bool(definition.controls)


def test_a_handover_is_sent_under_the_nodes_own_name_of_the_ue() -> None:
    header, message = MODEL.encode_control(rc.handover(9, TARGET), ControlContext(ue=UE))
    assert codec.decode_control_header(header) == codec.ControlHeader(UE, 3, 1)
    assert message == HANDOVER
    with pytest.raises(EncodeError, match="has not named"):
        MODEL.encode_control(rc.handover(9, TARGET), ControlContext())
    with pytest.raises(EncodeError, match="F1AP"):
        MODEL.encode_control(rc.handover(9, TARGET), ControlContext(ue=UeId()))


def test_an_acknowledge_is_a_yes() -> None:
    assert MODEL.verdict(rc.handover(1, TARGET), None) == Verdict(True)
    assert MODEL.verdict(rc.handover(1, TARGET), codec.encode_control_outcome({})).accepted


def test_a_message_without_an_nr_target_has_none() -> None:
    assert codec.decode_handover(codec.encode_control_message({})) is None
    assert codec.decode_handover(codec.encode_control_message({1: {2: {5: {6: Element(b"x")}}}})) is None
    with pytest.raises(DecodeError, match="9 octets"):
        codec.decode_handover(codec.encode_control_message({1: {2: {3: {4: Element(b"x")}}}}))


@settings(max_examples=200)
@given(st.data())
def test_any_octets_are_a_message_or_a_decode_error(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([SLICE_QUOTA, HANDOVER]))
    mutated = bytearray(whole)
    mutated[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    octets = data.draw(st.binary(max_size=40)) if data.draw(st.booleans()) else bytes(mutated)
    for decode in (
        codec.decode_function_definition,
        codec.decode_control_header,
        codec.decode_control_message,
        codec.decode_control_outcome,
        codec.decode_call_process_id,
        codec.decode_handover,
    ):
        with contextlib.suppress(DecodeError):
            decode(octets)
