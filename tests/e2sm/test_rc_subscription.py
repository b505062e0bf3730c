"""RC: everything that a subscription and its indications can say comes back as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.asn1 import RC
from ricloop.core.errors import DecodeError
from ricloop.e2sm.rc import codec
from ricloop.e2sm.rc.conditions import COMPARISONS, PRESENCES
from tests.e2sm import strategies as some
from tests.e2sm.test_rc_codec import leaves, parameter_ids, parameters

small = st.integers(1, 65535)
maybe = st.none() | st.booleans()
compares = st.builds(codec.Compare, st.sampled_from(COMPARISONS + PRESENCES), st.none() | leaves, maybe)
keys = st.builds(codec.Element, leaves, st.just(True))
tests: st.SearchStrategy[Any] = st.recursive(
    st.builds(codec.ParameterTest, parameter_ids, compares | keys),
    lambda inner: st.builds(
        codec.ParameterTest,
        parameter_ids,
        st.builds(codec.Parts, st.lists(inner, min_size=1, max_size=2).map(tuple), st.booleans()),
    ),
    max_leaves=4,
)
testing = st.lists(tests, max_size=2).map(tuple)
tested = st.lists(tests, min_size=1, max_size=2).map(tuple)
ues = st.lists(
    st.builds(codec.UeSelection, small, some.ues, testing, maybe)
    | st.builds(codec.UeSelection, small, st.none(), tested, maybe),
    max_size=2,
).map(tuple)
cells = st.lists(
    st.builds(codec.CellSelection, small, some.cells, st.just(()), maybe)
    | st.builds(codec.CellSelection, small, st.none(), tested, maybe),
    max_size=2,
).map(tuple)


def some_of(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=1, max_size=3).map(tuple)


interfaces = st.builds(codec.InterfaceMessage, st.sampled_from(["nG", "f1", "e1"])) | st.builds(
    codec.InterfaceMessage, st.just("xn"), st.integers(0, 100), st.sampled_from(["initiatingMessage"])
)
rrc = st.builds(codec.RrcMessage, st.sampled_from(["dL-DCCH", "uL-DCCH", "pCCH"]), st.integers(0, 50), st.booleans())
messages = st.builds(
    codec.MessageEvent,
    small,
    interfaces | rrc,
    maybe,
    ues,
    st.lists(st.tuples(small, maybe), max_size=2).map(tuple),
    maybe,
)
states = st.builds(codec.RrcState, some_of(st.tuples(st.sampled_from(["rrc-connected", "rrc-idle", "any"]), maybe)))
ue_triggers = states | st.builds(codec.UeIdChange, st.integers(1, 512)) | st.builds(codec.L2State, tested)
triggers = st.one_of(
    st.builds(codec.OnMessage, some_of(messages), ues),
    st.builds(codec.OnCallProcess, small, small, testing, ues),
    st.builds(codec.OnNodeChange, some_of(st.builds(codec.NodeChange, small, st.integers(1, 512), cells, maybe))),
    st.builds(codec.OnUeChange, some_of(st.builds(codec.UeChange, small, ue_triggers, ues, maybe))),
    st.builds(codec.OnDemand, ues, cells),
)
structures = st.dictionaries(parameter_ids, parameters, min_size=1, max_size=3)
ids = some_of(parameter_ids)
ue_messages = st.builds(codec.UeMessage, some_of(st.tuples(some.ues, structures)))


@given(triggers)
def test_an_event_trigger_comes_back(trigger: Any) -> None:
    assert codec.decode_event_trigger(codec.encode_event_trigger(trigger)) == trigger


@given(
    st.builds(codec.ReportAction, st.integers(1, 5), ids)
    | st.builds(codec.InsertAction, st.integers(1, 5), small, ids, st.none() | some.ues)
)
def test_an_action_definition_comes_back(action: Any) -> None:
    assert codec.decode_action_definition(codec.encode_action_definition(action)) == action


@given(
    st.builds(codec.ReportHeader, st.none() | small)
    | st.builds(codec.InsertHeader, some.ues, st.integers(1, 9), small)
    | st.builds(codec.UeReportHeader, st.none() | small, st.none() | some.ues)
)
def test_an_indication_header_comes_back(header: Any) -> None:
    assert codec.decode_indication_header(codec.encode_indication_header(header)) == header


@given(
    st.builds(codec.ReportMessage, structures) | ue_messages | st.builds(codec.InsertMessage, st.just({}) | structures)
)
def test_an_indication_message_comes_back(message: Any) -> None:
    assert codec.decode_indication_message(codec.encode_indication_message(message)) == message


def test_a_report_header_has_the_octets_of_other_codecs() -> None:
    assert codec.encode_indication_header(codec.ReportHeader(1))[:1] == b"\x08"


def test_formats_that_are_not_read_are_named() -> None:
    empty: dict[str, Any] = {"ueInfo-List": [], "cellInfo-List": []}
    message = RC.encode(
        "E2SM-RC-IndicationMessage",
        {"ric-indicationMessage-formats": ("indicationMessage-Format4", empty)},
    )
    with pytest.raises(DecodeError, match="Format4"):
        codec.decode_indication_message(message)


@settings(max_examples=200)
@given(st.data())
def test_mutated_octets_are_a_message_or_a_decode_error(data: st.DataObject) -> None:
    shapes: list[tuple[Any, Callable[[Any], bytes], Callable[[bytes], Any]]] = [
        (triggers, codec.encode_event_trigger, codec.decode_event_trigger),
        (ue_messages, codec.encode_indication_message, codec.decode_indication_message),
    ]
    for strategy, encode, decode in shapes:
        octets = bytearray(encode(data.draw(strategy)))
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
        with contextlib.suppress(DecodeError):
            decode(bytes(octets[: data.draw(st.integers(0, len(octets)))]))
