"""RC: octets of the standard's shapes, both ways, and what a handover needs."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.errors import ConfigError, DecodeError, EncodeError
from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.e2sm import rc
from ricloop.e2sm.base import ControlContext, Verdict
from ricloop.e2sm.rc import codec, quota
from ricloop.e2sm.rc.model import Rc
from ricloop.e2sm.rc.parameters import Element, Parameter, Structure
from ricloop.e2sm.rc.samples import OFFERED
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
    for dialect in (STANDARD, FLEXRIC):
        assert codec.encode_control_message(codec.ControlMessage(quota), dialect) == SLICE_QUOTA
        assert codec.decode_control_message(SLICE_QUOTA, dialect) == codec.ControlMessage(quota)


def test_a_handover_has_the_octets_of_other_codecs() -> None:
    assert codec.encode_handover(TARGET) == HANDOVER
    assert codec.decode_handover(HANDOVER) == TARGET


@pytest.mark.parametrize(
    ("header", "dialect", "octets"),
    [
        (codec.ControlHeader(UeId(f1ap=(7,)), 2, 6), STANDARD, "01 00 07 01 02 00 00 05"),
        (codec.ControlHeader(UE, 3, 1), STANDARD, "00 40 00 07 00 00 f1 10 80 00 41 00 05 01 03 00 00 00"),
        (codec.ControlHeader(UeId(f1ap=(7,)), 2, 6), FLEXRIC, "00 80 07 01 02 00 00 05"),
    ],
)
def test_a_control_header_has_the_octets_of_other_codecs(
    header: codec.ControlHeader, dialect: Dialect, octets: str
) -> None:
    assert codec.encode_control_header(header, dialect).hex(" ") == octets
    assert codec.decode_control_header(bytes.fromhex(octets), dialect) == header


@given(some.cells)
def test_a_handover_target_comes_back(cell: int) -> None:
    assert codec.decode_handover(codec.encode_handover(cell)) == cell


def test_nesting_has_a_limit() -> None:
    deep: dict[int, Parameter] = {1: Element(1)}
    for _ in range(18):
        deep = {1: deep}
    with pytest.raises(EncodeError, match="nested"):
        codec.encode_control_message(codec.ControlMessage(deep))


def test_a_definition_comes_back_and_says_what_it_controls() -> None:
    bare = codec.definition_of(codec.HANDOVER_CONTROL)
    for definition in (bare, OFFERED, codec.definition_of()):
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
    action = rc.handover(1, TARGET)
    assert MODEL.verdict(action, None, STANDARD) == Verdict(True)
    outcomes = (codec.Outcome(), codec.ParametersOutcome({}), codec.ActionsOutcome(((3, ((1, {1: 2}),)),)))
    for dialect in (STANDARD, FLEXRIC):
        for outcome in outcomes:
            assert MODEL.verdict(action, codec.encode_control_outcome(outcome, dialect), dialect).accepted


def test_a_message_without_an_nr_target_has_none() -> None:
    def message(parameters: Structure) -> bytes:
        return codec.encode_control_message(codec.ControlMessage(parameters))

    assert codec.decode_handover(message({})) is None
    assert codec.decode_handover(message({1: {2: {5: {6: Element(b"x")}}}})) is None
    assert codec.decode_handover(codec.encode_control_message(codec.Void())) is None
    with pytest.raises(DecodeError, match="9 octets"):
        codec.decode_handover(message({1: {2: {3: {4: Element(b"x")}}}}))


def test_a_quota_has_the_ids_of_the_nodes_definition() -> None:
    plmn = Plmn("001", "01")
    action = rc.slice_quota(1, rc.Slice(1, 1), plmn=plmn, min=10, max=50)
    header, message = MODEL.encode_control(action, ControlContext(ue=UeId(f1ap=(7,))))
    assert codec.decode_control_header(header) == codec.ControlHeader(UeId(f1ap=(7,)), 2, 6)
    assert message == SLICE_QUOTA
    decoded = codec.decode_control_message(message)
    assert isinstance(decoded, codec.ControlMessage)
    assert quota.quotas(decoded.parameters) == [(plmn, rc.Slice(1, 1), 10, 50, 0)]
    # Older nodes count on without the gap, in a plain list.
    names = [name for _, name in sorted(quota._NAMES.values())]
    older = codec.NamedAction(
        6, "quota", tuple(codec.NamedParameter(n, name.upper()) for n, name in enumerate(names, 1))
    )
    offer = codec.definition_of(codec.ControlStyle(2, "RRA", (older,)))
    _, message = MODEL.encode_control(action, ControlContext(ue=UE, offer=offer))
    decoded = codec.decode_control_message(message)
    assert isinstance(decoded, codec.ControlMessage)
    (entry,) = decoded.parameters[1]
    assert entry[2][12] == Element(0)
    assert entry[2][3][4][0][5][7] == {8: Element(b"\x01"), 9: Element(b"\x00\x00\x01")}
    same = codec.NamedAction(6, "quota", (codec.NamedParameter(3, "RRM Policy Ratio List"),))
    clash = codec.definition_of(codec.ControlStyle(2, "RRA", (same,)))
    with pytest.raises(EncodeError, match="one id"):
        MODEL.encode_control(action, ControlContext(ue=UE, offer=clash))


@given(
    some.plmns, st.integers(0, 255), st.none() | st.integers(0, 2**24 - 1), st.lists(st.integers(0, 100), min_size=3)
)
def test_a_quota_comes_back(plmn: Plmn, sst: int, sd: int | None, shares: list[int]) -> None:
    alone, least, most = sorted(shares[:3])
    wanted = (plmn, rc.Slice(sst, sd), least, most, alone)
    assert quota.quotas(quota.quota(quota.ids_of(()), *wanted)) == [wanted]


def test_what_is_no_quota_is_refused() -> None:
    for shares in ({"min": 60, "max": 50}, {"max": 101}, {"dedicated": 5}, {"min": -1}):
        with pytest.raises(ConfigError, match="slice_quota"):
            rc.slice_quota(1, rc.Slice(1), plmn=Plmn("001", "01"), **shares)
    whole = codec.decode_control_message(SLICE_QUOTA)
    assert isinstance(whole, codec.ControlMessage)
    group = {
        2: {3: {5: ({6: {7: Element(b"\x00\xf1\x10"), 8: {9: Element(b"\1\1")}}},)}, 11: Element(1), 12: Element(2)}
    }
    for broken in ({}, {1: Element(1)}, {1: (group,)}, {1: ({2: {**group[2], 13: Element(True)}},)}):
        with pytest.raises(DecodeError, match="quota"):
            quota.quotas(broken)


def test_other_controls_go_by_their_numbers() -> None:
    flows = rc.map_flows(1, 4, [7, 8])
    assert (flows.style, flows.action) == (1, 2)
    entry = {3: {4: Element(7, key=True), 5: Element(0)}}
    assert flows.parameters[2][0] == entry
    qos = rc.drb_qos(1, 4, five_qi=9, priority=3)
    assert qos.parameters == {1: Element(4, key=True), 2: Element(9), 11: Element(3)}
    header, message = MODEL.encode_control(qos, ControlContext(ue=UE, dialect=FLEXRIC))
    assert codec.decode_control_header(header, FLEXRIC) == codec.ControlHeader(UE, 1, 1)
    assert codec.decode_control_message(message, FLEXRIC) == codec.ControlMessage(qos.parameters)
    with pytest.raises(ConfigError, match="no RAN parameter"):
        rc.control(1, 1, 1, {1: object()})
    with pytest.raises(ConfigError, match="no QoS flow"):
        rc.map_flows(1, 4, [])


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
