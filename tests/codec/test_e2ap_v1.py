"""E2AP v1.01: every message of that version, both ways, and where its octets differ from those of later ones."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.asn1 import E2AP, E2AP_V1
from ricloop.asn1.codec import replaced
from ricloop.core.errors import EncodeError
from ricloop.core.ids import NodeKind
from ricloop.e2ap import V1, V2, decode, detect, encode
from ricloop.e2ap import messages as m
from ricloop.e2ap.cause import as_v1
from ricloop.e2ap.procedures import ROWS_V1
from tests.codec.strategies import MESSAGES as LATER
from tests.vectors.messages import CAUSE, MESSAGES, MESSAGES_V1, REQUEST

OTHER_UNITS = (NodeKind.EN_GNB, NodeKind.NG_ENB)
"""Nodes whose units v1 cannot name."""


def spoken(message: Any) -> Any:
    """A message of v2 or v3 without what v1 has no place for, as it comes back from its octets."""
    changes: dict[str, Any] = {}
    names = {field.name for field in fields(message)}
    if "transaction_id" in names:
        changes["transaction_id"] = None if isinstance(message, m.ErrorIndication) else 0
    if isinstance(message, m.E2SetupRequest | m.E2SetupResponse):
        changes["components"] = ()
    if isinstance(message, m.E2SetupRequest) and message.node.kind in OTHER_UNITS:
        changes["node"] = replace(message.node, unit=None)
    if isinstance(message, m.E2NodeConfigurationUpdate):
        changes |= {"node": None, "added": (), "updated": (), "removed": (), "tnl_removed": ()}
    if isinstance(message, m.E2NodeConfigurationUpdateAcknowledge):
        changes |= {"added": (), "updated": (), "removed": ()}
    if isinstance(message, m.RicSubscriptionRequest):
        changes |= {"start_time": None, "end_time": None}
    if isinstance(message, m.RicControlFailure):
        changes["diagnostics"] = None
    if isinstance(message, m.RicSubscriptionFailure):
        changes["not_admitted"] = (m.ActionNotAdmitted(1, message.cause),)
    if isinstance(message, m.RicServiceUpdateFailure):
        changes["rejected"] = (m.FunctionCause(1, message.cause),)
    return as_v1(replace(message, **changes))


def test_every_message_of_v1_has_a_sample() -> None:
    assert {type(message) for message in MESSAGES_V1} == set(V1.by_class)
    assert {row.code for row in ROWS_V1} == set(range(1, 12))


@pytest.mark.parametrize("message", MESSAGES_V1, ids=lambda message: type(message).__name__)
def test_a_realistic_message_survives(message: m.Message) -> None:
    assert decode(encode(message, V1), V1) == message


@pytest.mark.parametrize("kind", V1.by_class, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_of_a_later_message_all_arrives_that_v1_has_a_place_for(kind: type, data: st.DataObject) -> None:
    message = spoken(data.draw(LATER[kind]))
    assert decode(encode(message, V1), V1) == message


@pytest.mark.parametrize(
    ("message", "octets"),
    [
        (
            m.ResetRequest(transaction_id=0, cause=m.Cause("misc", "om-intervention")),
            "00 03 00 08 00 00 01 00 01 40 01 44",
        ),
        (
            m.RicControlRequest(
                request_id=m.RequestId(123, 5), function_id=3, header=b"\xaa\xbb", message=b"\xcc", ack=m.AckRequest.ACK
            ),
            "00 04 00 24 00 00 05 00 1d 00 05 00 00 7b 00 05 00 05 00 02 00 03 00 16 00 03 02 aa bb 00 17 00 02 01 cc "
            "00 15 00 01 20",
        ),
    ],
)
def test_octets_that_differ_from_v2s_are_as_counted_by_hand(message: m.Message, octets: str) -> None:
    """By X.691 from the sizes of v1's types: five cause groups, three acknowledgement requests."""
    assert encode(message, V1) == bytes.fromhex(octets)
    assert encode(message, V2) != bytes.fromhex(octets)


def test_an_insert_waits_one_index_longer_than_in_v2() -> None:
    at = {version: version.syntax.encode("RICtimeToWait", "w1ms") for version in (V1, V2)}
    assert at == {V1: b"\x04", V2: b"\x00"}


def test_v1_is_told_by_its_setup_request_alone() -> None:
    for message in MESSAGES_V1:
        assert detect(encode(message, V1)) is (V1 if isinstance(message, m.E2SetupRequest) else V2)
    for message in MESSAGES:
        assert detect(encode(message)) is V2
    assert detect(b"\x00\x01") is V2


def test_what_v1_does_not_have_is_not_sent() -> None:
    for kind in set(V2.by_class) - set(V1.by_class):
        with pytest.raises(EncodeError, match="E2AP v1 has no "):
            encode(next(message for message in MESSAGES if type(message) is kind), V1)


def test_later_causes_are_said_in_the_words_of_v1() -> None:
    later = m.Cause("ricRequest", "control-failed-to-execute")
    failure = m.RicControlFailure(request_id=REQUEST, function_id=3, cause=later)
    again = decode(encode(failure, V1), V1)
    assert isinstance(again, m.RicControlFailure)
    assert again.cause == m.Cause("ricRequest", "unspecified")
    unknown = m.Cause("e2Node", "e2node-component-unknown")
    assert as_v1(m.ErrorIndication(cause=unknown)) == m.ErrorIndication(cause=m.Cause("misc", "unspecified"))
    assert as_v1(m.ErrorIndication(cause=CAUSE)) == m.ErrorIndication(cause=CAUSE)


def test_the_older_types_take_the_place_of_the_newer() -> None:
    assert set(E2AP.types) < set(E2AP_V1.types)
    text = "M DEFINITIONS AUTOMATIC TAGS ::= BEGIN\n\nA ::= INTEGER\n\n-- kept\n\nB ::= SEQUENCE {\n    a A\n}\n\nEND\n"
    changed = replaced(text, "-- why\nA ::= BOOLEAN\n\n-- new\nC ::= NULL\n")
    assert "A ::= BOOLEAN" in changed
    assert "A ::= INTEGER" not in changed
    assert "-- kept\n\nB ::= SEQUENCE" in changed
    assert changed.index("C ::= NULL") < changed.index("END")
