"""RC: whatever can be said comes back, every format of every message, in every dialect that has it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.asn1 import RC, RC_FLEXRIC, RC_V5
from ricloop.core.dialect import FLEXRIC, STANDARD
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.e2sm.rc import codec
from tests.e2sm import rc_values as any_rc
from tests.e2sm.kpm_values import dialects
from tests.makers import Maker, integers, one_of, shrinking
from tests.values import Dice

Kind = tuple[dict[str, Maker[Any]], Callable[..., bytes], Callable[..., Any]]

BOTH: dict[str, Kind] = {
    "action definition": (any_rc.ACTIONS, codec.encode_action_definition, codec.decode_action_definition),
    "indication header": (any_rc.HEADERS, codec.encode_indication_header, codec.decode_indication_header),
    "indication message": (any_rc.MESSAGES, codec.encode_indication_message, codec.decode_indication_message),
    "control header": (any_rc.CONTROL_HEADERS, codec.encode_control_header, codec.decode_control_header),
    "control message": (any_rc.CONTROL_MESSAGES, codec.encode_control_message, codec.decode_control_message),
    "control outcome": (any_rc.OUTCOMES, codec.encode_control_outcome, codec.decode_control_outcome),
}
"""Messages that differ between the dialects."""
ONE: dict[str, Kind] = {
    "event trigger": (any_rc.TRIGGERS, codec.encode_event_trigger, codec.decode_event_trigger),
    "query header": (
        {"Format 1": any_rc.query_headers},
        codec.encode_query_header,
        codec.decode_query_header,
    ),
    "query definition": ({"Format 1": any_rc.asked}, codec.encode_query_definition, codec.decode_query_definition),
    "query outcome": (any_rc.QUERY_OUTCOMES, codec.encode_query_outcome, codec.decode_query_outcome),
    "call process id": (
        {"Format 1": integers(1, 2**33)},
        codec.encode_call_process_id,
        codec.decode_call_process_id,
    ),
    "function definition": (
        {"the one": any_rc.definitions},
        codec.encode_function_definition,
        codec.decode_function_definition,
    ),
}
STANDARD_ONLY = {
    *(("control header", name) for name in ("Format 3", "Format 4")),
    *(("control message", name) for name in ("Format 3", "Format 4", "Format 5")),
    ("indication message", "Format 4 of v5"),
}
"""What v5 added: FlexRIC's dialect lacks it."""


@pytest.mark.values
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, row in BOTH.items() for name in row[0]])
def test_a_message_of_each_format_comes_back_in_each_dialect(kind: str, name: str, dice: Dice) -> None:
    formats, encode, decode = BOTH[kind]
    for rng in dice:
        value, dialect = formats[name](rng), STANDARD if (kind, name) in STANDARD_ONLY else dialects(rng)
        assert decode(encode(value, dialect), dialect) == value


@pytest.mark.values
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, row in ONE.items() for name in row[0]])
def test_a_message_of_each_format_comes_back(kind: str, name: str, dice: Dice) -> None:
    formats, encode, decode = ONE[kind]
    for rng in dice:
        value = formats[name](rng)
        assert decode(encode(value)) == value


@pytest.mark.parametrize(("kind", "name"), sorted(STANDARD_ONLY - {("indication message", "Format 4 of v5")}))
def test_what_flexrics_dialect_lacks_is_not_sent(kind: str, name: str) -> None:
    formats, encode, _ = BOTH[kind]
    for number in range(5):
        with pytest.raises(EncodeError, match="Expected choice"):
            encode(formats[name](Random(number)), FLEXRIC)


def test_only_what_v5_made_void_differs_between_the_versions() -> None:
    assert codec.encode_event_trigger(codec.Void()) == b"\x20"
    assert codec.encode_indication_message(codec.Void()) == b"\x18"
    for syntax in (RC, RC_FLEXRIC):
        with pytest.raises(DecodeError):
            syntax.decode("E2SM-RC-EventTrigger", b"\x20")
    assert RC_V5.decode("E2SM-RC-EventTrigger", b"\x20") == {"ric-eventTrigger-formats": ("eventTrigger-Format5", None)}


@pytest.mark.parametrize("kind", [*BOTH, *ONE])
@settings(max_examples=100)
@given(st.data())
def test_mutated_octets_are_a_message_or_a_decode_error(kind: str, data: st.DataObject) -> None:
    formats, encode, decode = {**BOTH, **ONE}[kind]
    octets = bytearray(encode(data.draw(shrinking(one_of(*formats.values())))))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DecodeError):
        decode(bytes(octets[: data.draw(st.integers(0, len(octets)))]))
