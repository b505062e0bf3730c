"""Twenty thousand spoilt PDUs: each is read, or gives DecodeError; nothing else, and never for long."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ricloop import asn1
from ricloop.asn1 import KPM, RC, Syntax
from ricloop.core.errors import DecodeError
from ricloop.decode.payload import Functions
from ricloop.decode.tree import tree_of
from ricloop.e2ap import decode, encode, fast_indication
from ricloop.e2sm.ccc import codec as ccc
from tests.vectors import VECTORS
from tests.vectors.messages import CCC as CCC_FUNCTION
from tests.vectors.messages import KPM as KPM_FUNCTION
from tests.vectors.messages import MESSAGES
from tests.vectors.messages import RC as RC_FUNCTION

PDUS = tuple(encode(message) for message in MESSAGES)
PAYLOADS: tuple[tuple[Syntax, str, bytes], ...] = (
    *((getattr(asn1, v.syntax), v.type, v.octets) for v in VECTORS if not v.syntax.startswith("E2AP")),
    (KPM, "E2SM-KPM-RANfunction-Description", KPM_FUNCTION.definition),
    (RC, "E2SM-RC-RANFunctionDefinition", RC_FUNCTION.definition),
)
PER_EXAMPLE = 50
"""Mutations that one example of hypothesis holds: drawing them is what costs."""
EXAMPLES = 200

spoilers = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 3), st.integers(0, 255), st.integers(0, 1 << 16)),
    min_size=PER_EXAMPLE,
    max_size=PER_EXAMPLE,
)
hard = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def spoil(octets: bytes, kind: int, value: int, place: int) -> bytes:
    """Cut, overwrite, delete or insert."""
    at = place % (len(octets) + 1)
    if kind == 0:
        return octets[:at]
    if kind == 1:
        return octets[:at] + bytes([value]) + octets[at + 1 :]
    if kind == 2:
        return octets[:at] + octets[at + 1 + value % 4 :]
    return octets[:at] + bytes([value]) * (1 + value % 5) + octets[at:]


@given(spoilers)
@hard
def test_a_spoilt_pdu_is_read_or_refused(cases: list[tuple[int, int, int, int]]) -> None:
    for which, kind, value, place in cases:
        octets = spoil(PDUS[which % len(PDUS)], kind, value, place)
        fast_indication.decode_indication(octets)
        with contextlib.suppress(DecodeError):
            decode(octets)


@given(spoilers)
@hard
def test_a_spoilt_payload_is_read_or_refused(cases: list[tuple[int, int, int, int]]) -> None:
    for which, kind, value, place in cases:
        syntax, type_name, octets = PAYLOADS[which % len(PAYLOADS)]
        with contextlib.suppress(DecodeError):
            syntax.decode(type_name, spoil(octets, kind, value, place))


@given(spoilers)
@settings(hard, max_examples=20)
def test_a_spoilt_ccc_definition_is_read_or_refused(cases: list[tuple[int, int, int, int]]) -> None:
    for _, kind, value, place in cases:
        with contextlib.suppress(DecodeError):
            ccc.decode_function_definition(spoil(CCC_FUNCTION.definition, kind, value, place))


@given(spoilers)
@settings(hard, max_examples=10)
def test_a_spoilt_pdu_still_has_a_tree(cases: list[tuple[int, int, int, int]]) -> None:
    for which, kind, value, place in cases:
        tree = tree_of(spoil(PDUS[which % len(PDUS)], kind, value, place), Functions())
        assert "message" in tree or "error" in tree
        json.dumps(tree)


@given(st.binary(max_size=200))
@settings(hard, max_examples=1000)
def test_random_octets_are_read_or_refused(octets: bytes) -> None:
    with contextlib.suppress(DecodeError):
        decode(octets)


def test_enough_are_spoilt() -> None:
    assert 2 * EXAMPLES * PER_EXAMPLE >= 20_000


@pytest.mark.parametrize(
    ("syntax", "type_name", "octets", "reason"),
    [
        # 65535 promised elements in six octets; a record that promises four fragments of 16384 values
        (KPM, "E2SM-KPM-IndicationMessage", "00 ff fe 00 01 00", "out of data"),
        (KPM, "E2SM-KPM-IndicationMessage", "00 00 00 c4", "out of data"),
        (RC, "E2SM-RC-ControlMessage", "00 ff ff 00 00 44 00", "out of data"),
        (RC, "E2SM-RC-ControlMessage", "00 00 01" + "00 00 44 00 00" * 40, "nested deeper than 16"),
    ],
)
def test_a_hostile_count_costs_nothing(syntax: Syntax, type_name: str, octets: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        syntax.decode(type_name, bytes.fromhex(octets))


def test_a_pdu_of_tiny_elements_is_bounded() -> None:
    octets = b"\x00\x00\x00\x00" + (b"\xc4" + b"\x49\x24\x92" * 8192) * 16 + b"\x00"
    with pytest.raises(DecodeError, match="more than 200000 list elements"):
        KPM.decode("E2SM-KPM-IndicationMessage", octets)
