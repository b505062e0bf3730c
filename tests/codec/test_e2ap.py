"""Every message type, both ways; the procedure table is whole; what is wrong in a PDU is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.asn1 import E2AP
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import GnbId, NodeId, NodeKind
from ricloop.e2ap import V2, decode, encode, fast_indication
from ricloop.e2ap import messages as m
from ricloop.e2ap.envelope import pack, unpack
from ricloop.e2ap.ies import IES, ITEMS
from ricloop.e2ap.procedures import ROWS, ROWS_V1
from tests.vectors.messages import GNB, MESSAGES, PLMN, RC, REQUEST

CONTROL = next(message for message in MESSAGES if isinstance(message, m.RicControlRequest))


def container(octets: bytes) -> list[dict[str, Any]]:
    """The IEs of a PDU, to spoil."""
    _, procedure = E2AP.decode("E2AP-PDU", octets)
    ies: list[dict[str, Any]] = E2AP.decode("E2AP-Message", procedure["value"])["protocolIEs"]
    return ies


def control_with(ies: list[dict[str, Any]]) -> bytes:
    message = E2AP.encode("E2AP-Message", {"protocolIEs": ies})
    procedure = {"procedureCode": 4, "criticality": "reject", "value": message}
    return E2AP.encode("E2AP-PDU", ("initiatingMessage", procedure))


def test_the_table_holds_every_message_class_once() -> None:
    classes = {one for one in vars(m).values() if isinstance(one, type) and issubclass(one, m.Message)}
    assert {one for one in classes if not one.__subclasses__()} == set(V2.by_class)
    assert {type(message) for message in MESSAGES} == set(V2.by_class)


def test_every_attribute_of_a_message_is_an_ie_of_some_version() -> None:
    for cls in V2.by_class:
        sent = {name for row in ROWS + ROWS_V1 if row.cls is cls for field in row.fields for name in field.attributes}
        assert {field.name for field in fields(cls)} - {"criticality"} == sent


def test_the_table_is_consistent() -> None:
    assert len(V2.by_code) == len(ROWS)
    assert {row.code for row in ROWS} == set(range(1, 17))
    for row in ROWS:
        assert max(Counter(field.id for field in row.fields).values()) == 1
        for field in row.fields:
            ie = IES[field.id]
            assert ie.type in E2AP.types
            assert ie.item is None or ITEMS[ie.item].type in E2AP.types


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_realistic_message_survives(message: m.Message) -> None:
    octets = encode(message)
    assert decode(octets) == message
    unpacked = unpack(octets)
    assert pack(unpacked.row, unpacked.values) == octets


@pytest.mark.parametrize("length", [0, 100, 120, 127, 128, 16000, 16383, 16384, 32768, 65536])
def test_the_fast_codec_equals_the_reference_at_every_kind_of_length(length: int) -> None:
    message = m.RicIndication(
        request_id=REQUEST, function_id=2, action_id=1, header=b"\x01", message=bytes(length), sequence=1
    )
    octets = encode(message)
    assert fast_indication.encode_indication(message) == octets
    assert fast_indication.decode_indication(octets) in (message, None)
    assert decode(octets) == message


@given(index=st.integers(0, 80), value=st.integers(0, 255), cut=st.integers(0, 80))
@settings(max_examples=300, deadline=None)
def test_the_fast_decoder_never_says_more_than_the_reference(index: int, value: int, cut: int) -> None:
    octets = bytearray(encode(next(message for message in MESSAGES if isinstance(message, m.RicIndication))))
    octets[index % len(octets)] = value
    spoilt = bytes(octets[: len(octets) - cut % 3])
    found = fast_indication.decode_indication(spoilt)
    if found is not None:
        assert decode(spoilt) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"function_id": 4096},
        {"action_id": 256},
        {"sequence": 65536},
        {"request_id": m.RequestId(-1, 0)},
        {"header": "x"},
    ],
)
def test_the_fast_encoder_refuses_what_the_reference_refuses(changes: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        "request_id": REQUEST, "function_id": 2, "action_id": 1, "header": b"", "message": b"", **changes
    }  # fmt: skip
    message = m.RicIndication(**values)
    with pytest.raises(EncodeError, match="RICindication"):
        fast_indication.encode_indication(message)


def test_a_missing_mandatory_ie_is_named() -> None:
    ies = [ie for ie in container(encode(CONTROL)) if ie["id"] != 22]
    with pytest.raises(DecodeError, match=r"RICcontrolRequest.RICcontrolHeader: IE 22 is mandatory and missing"):
        decode(control_with(ies))


def test_a_repeated_ie_is_named() -> None:
    ies = container(encode(CONTROL))
    with pytest.raises(DecodeError, match=r"RICcontrolRequest.RICrequestID: IE 29 comes twice") as caught:
        decode(control_with([*ies, ies[0]]))
    assert caught.value.bit is not None


def test_an_unknown_ie_is_refused_only_where_its_sender_says_so() -> None:
    ies = container(encode(CONTROL))
    unknown = {"id": 999, "criticality": "ignore", "value": b"\x00"}
    assert decode(control_with([*ies, unknown])) == CONTROL
    with pytest.raises(DecodeError, match="RICcontrolRequest: IE 999 is not one of this message's"):
        decode(control_with([*ies, unknown | {"criticality": "reject"}]))


def test_an_unknown_procedure_is_named() -> None:
    octets = bytes([0, 99]) + encode(CONTROL)[2:]
    with pytest.raises(DecodeError, match="no initiatingMessage has procedureCode 99") as caught:
        decode(octets)
    assert (caught.value.path, caught.value.bit) == ("E2AP-PDU.procedureCode", 8)


def test_an_error_deep_inside_names_its_place_and_bit() -> None:
    request = next(message for message in MESSAGES if isinstance(message, m.E2SetupRequest))
    octets = bytearray(encode(request))
    # The length of the OID of the second function, which now reaches past its end.
    octets[octets.rindex(RC.oid.encode()) - 1] = 200
    with pytest.raises(DecodeError) as caught:
        decode(bytes(octets))
    assert caught.value.path == "E2setupRequest.RANfunctionsAdded[1].ranFunctionOID"
    assert caught.value.bit == 8 * octets.rindex(RC.oid.encode())


def test_octets_behind_a_message_are_refused() -> None:
    with pytest.raises(DecodeError, match="1 octets are left over"):
        decode(encode(CONTROL) + b"\x00")


def test_a_plmn_whose_digits_are_not_decimal_is_refused() -> None:
    response = next(message for message in MESSAGES if isinstance(message, m.E2SetupResponse))
    octets = encode(response).replace(PLMN.octets, b"\xaa\xbb\xcc", 1)
    with pytest.raises(DecodeError, match=r"E2setupResponse\.GlobalRIC-ID.*PLMN"):
        decode(octets)


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (m.ResetRequest(transaction_id=1, cause=m.Cause("misc", "om-interventoin")), "ResetRequest.*Cause"),
        (m.ResetRequest(transaction_id=1, cause=m.Cause("mics", "unspecified")), "ResetRequest.*Cause"),
        (m.RicSubscriptionResponse(request_id=REQUEST, function_id=2, admitted=()), "RICactions-Admitted is mandatory"),
        (m.RicSubscriptionDeleteRequest(request_id=m.RequestId(70000, 1), function_id=2), "RICrequestID"),
        (m.E2SetupFailure(transaction_id=1, cause=m.Cause("misc", "unspecified"), time_to_wait_s=3), "TimeToWait"),
    ],
)
def test_a_value_that_cannot_be_sent_is_named(message: m.Message, named: str) -> None:
    with pytest.raises(EncodeError, match=named):
        encode(message)


def test_an_enb_id_has_one_of_its_lengths() -> None:
    setup = next(message for message in MESSAGES if isinstance(message, m.E2SetupRequest))
    wrong = m.E2SetupRequest(
        transaction_id=1, node=NodeId(GNB, NodeKind.NG_ENB), functions=setup.functions, components=setup.components
    )
    with pytest.raises(EncodeError, match=r"GlobalE2node-ID.*28 bits"):
        encode(wrong)
    assert GnbId(PLMN, 5, 20).bits == 20
