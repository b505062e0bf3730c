"""CCC: every message of every format comes back, hostile JSON is a fault, and any structure can be read and written."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop import ms
from ricloop.core.dialect import STANDARD
from ricloop.core.errors import ConfigError, DecodeError, EncodeError
from ricloop.core.ids import Cgi, Plmn
from ricloop.e2sm import ccc
from ricloop.e2sm.base import ControlContext
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.attributes import STRUCTURES, Attribute
from ricloop.e2sm.ccc.feeds import Watched
from ricloop.e2sm.ccc.model import Ccc
from ricloop.e2sm.ccc.states import Known, States
from ricloop.e2sm.ccc.wire import Wire, write
from tests.e2sm import strategies as some
from tests.values import many

MODEL = Ccc()
CELL, OTHER = (Cgi(Plmn("001", "01"), 0x66C000 + n).packed for n in range(2))
RATIOS = "O-RRMPolicyRatio"
FULL = {"resourceType": "PRB_DL", "rRMPolicyMinRatio": 0, "rRMPolicyMaxRatio": 100}
OFFER = MODEL.describe(
    codec.encode_function_definition(
        [CELL, OTHER],
        {**codec.SAVING, RATIOS: {"resourceType": "RQ", "rRMPolicyMinRatio": "TRC", "rRMPolicyMaxRatio": "TRCQ"}},
        {"O-GNBDUFunction": {"gnbDuName": "TRQ"}, RATIOS: {"rRMPolicyMaxRatio": "C"}},
    )
)

# ---------------------------------------------------------------------------------------------------------- values


def held(attribute: Attribute) -> st.SearchStrategy[Any]:
    """Whatever the attribute can hold."""
    what, *rest = attribute.kind
    if what == "int":
        low, high = map(int, rest[0].split(".."))
        return st.integers(low, high)
    if what == "bool":
        return st.booleans()
    if what == "text":
        return st.text(max_size=8)
    if what == "any":
        return st.lists(st.integers(0, 9) | st.text(max_size=3), max_size=3) | st.dictionaries(
            st.text(max_size=3), st.booleans(), max_size=2
        )
    return st.sampled_from(attribute.kind)


def values_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    rows = next(one for one in STRUCTURES.values() if one.name == name).attributes.values()
    return st.fixed_dictionaries({}, optional={row.name: held(row) for row in rows})


structures = st.sampled_from([one.name for one in STRUCTURES.values()])
named = structures.flatmap(lambda name: st.tuples(st.just(name), values_of(name), values_of(name)))
cell_lists = st.lists(some.cells, min_size=1, max_size=3, unique=True)
attributes = st.lists(st.text("abcXYZ", min_size=1, max_size=5), max_size=3)


def targets(node: bool) -> st.SearchStrategy[Any]:
    return st.none() if node else some.cells


def told(node: bool) -> st.SearchStrategy[Any]:
    one = st.builds(
        lambda cell, row, old: codec.Told(cell, row[0], row[1], row[2] if old else None),
        targets(node),
        named,
        st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=3)


def controlled(node: bool) -> st.SearchStrategy[Any]:
    return st.lists(
        st.builds(lambda cell, row: codec.Controlled(cell, *row), targets(node), named), min_size=1, max_size=3
    )


def same(model_of: Callable[[bytes], Wire], data: bytes) -> None:
    assert write(model_of(data)) == data


@pytest.mark.values
@many
@given(cell_lists, attributes, structures)
def test_a_function_definition_comes_back(cells: list[int], names: list[str], structure: str) -> None:
    offered = {structure: dict.fromkeys(["a", *names], "TRCQ")}
    data = codec.encode_function_definition(cells, offered, offered)
    same(codec.decode_function_definition, data)
    definition = codec.decode_function_definition(data)
    assert all(definition.offers(cell, structure, "A", "queryService") for cell in (*cells, None))


@pytest.mark.values
@many
@given(structures, attributes, st.none() | cell_lists, st.integers(10, 2**32 - 1))
def test_an_event_trigger_and_an_action_definition_come_back(
    structure: str, names: list[str], cells: list[int] | None, period: int
) -> None:
    same(codec.decode_event_trigger, codec.encode_event_trigger(structure, names, cells))
    same(codec.decode_event_trigger, codec.encode_periodic_trigger(period))
    data = codec.encode_action_definition(structure, names, cells, everything=period % 2 == 0)
    same(codec.decode_action_definition, data)
    assert codec.decode_action_definition(data).cells == (() if cells is None else tuple(cells))


@pytest.mark.parametrize("node", [True, False])
@pytest.mark.values
@many
@given(st.data(), st.sampled_from(["uponSubscription", "uponChange", "periodic"]), some.times)
def test_an_indication_comes_back(node: bool, data: st.DataObject, reason: Any, time: int) -> None:
    wanted = data.draw(told(node))
    header, message = codec.encode_indication(reason, time, wanted)
    read = codec.decode_indication_header(header)
    assert (read.reason, read.time) == (reason, time)
    entries = codec.decode_indication_message(message).entries()
    by_target = sorted(((e.cell, e.structure, json.dumps(e.values)) for e in entries), key=str)
    assert by_target == sorted(((t.cell, t.structure, json.dumps(t.values)) for t in wanted), key=str)


@pytest.mark.parametrize("node", [True, False])
@pytest.mark.values
@many
@given(st.data())
def test_a_control_and_its_outcome_come_back(node: bool, data: st.DataObject) -> None:
    wanted = data.draw(controlled(node))
    found = codec.decode_control(*codec.encode_control(wanted))
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    cause = data.draw(st.sampled_from(["NotSupported", "IncompatibleState", "Unspecified"]))
    cut = data.draw(st.integers(0, len(wanted)))
    outcome = codec.decode_outcome(codec.encode_outcome(wanted[:cut], [(one, cause) for one in wanted[cut:]]))
    assert len(outcome.accepted()) == cut
    assert sorted((cell or 0, one.ranConfigurationStructureName) for cell, one in outcome.failed()) == sorted(
        (one.cell or 0, one.structure) for one in wanted[cut:]
    )
    assert all(one.cause == cause for _, one in outcome.failed())


@pytest.mark.values
@many
@given(st.lists(st.tuples(some.cells, named), min_size=1, max_size=3), attributes, st.booleans())
def test_a_query_and_its_outcome_come_back(rows: list[Any], names: list[str], node: bool) -> None:
    header, definition = codec.encode_query(rows[0][1][0], names, node=node)
    assert codec.decode_query_header(header).queryHeaderFormat.ricStyleType == (1 if node else 2)
    same(codec.decode_query_definition, definition)
    answers = {cell: {name: values} for cell, (name, values, _) in rows}
    entries = codec.decode_query_outcome(codec.encode_query_outcome(answers)).entries()
    assert {entry.cell: {entry.structure: entry.values} for entry in entries} == answers
    (name, values, _) = rows[0][1]
    (of_node,) = codec.decode_query_outcome(codec.encode_query_outcome({}, {name: values})).entries()
    assert (of_node.cell, of_node.structure, of_node.values) == (None, name, values)


DECODERS: tuple[Callable[[bytes], Any], ...] = (
    codec.decode_function_definition,
    codec.decode_event_trigger,
    codec.decode_action_definition,
    codec.decode_indication_header,
    lambda data: codec.decode_indication_message(data).entries(),
    codec.decode_outcome,
    lambda data: codec.decode_control(b'{"controlHeaderFormat":{"ricStyleType":2}}', data),
    codec.decode_query_header,
    codec.decode_query_definition,
    lambda data: codec.decode_query_outcome(data).entries(),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.data())
def test_hostile_json_is_a_decode_error_and_nothing_else(data: st.DataObject) -> None:
    samples = [sample.octets for sample in MODEL.samples().messages]
    text = data.draw(st.sampled_from(samples)).decode()
    kind = data.draw(st.integers(0, 4))
    if kind == 0:
        text = json.dumps(data.draw(json_values))
    elif kind == 1:
        text = "[" * data.draw(st.integers(1, 5000)) + text
    elif kind == 2:
        at = data.draw(st.integers(0, len(text) - 1))
        text = (
            text[:at]
            + data.draw(st.sampled_from(['"', "{", "}", "1e999", "-0", "null", "\\u0000", "9" * 400]))
            + text[at + 1 :]
        )
    elif kind == 3:
        # The last of two equal keys holds, or the whole is refused: never both.
        text = text[:1] + text[1:-1] + "," + text[1:]
    for decode in DECODERS:
        with contextlib.suppress(DecodeError):
            decode(text.encode())


@pytest.mark.parametrize(
    ("structure", "values", "says"),
    [
        (RATIOS, {"rRMPolicyMaxRatio": 101}, "0 to 100"),
        (RATIOS, {"rrmpolicymaxratio": True}, "whole number"),
        ("O-NrCellDu", {"cellState": "ASLEEP"}, "IDLE, INACTIVE, ACTIVE"),
        ("O-CESManagementFunction", {"cesSwitch": 1}, "true or false"),
        ("O-GNBDUFunction", {"gnbDuName": 5}, "a text"),
    ],
)
def test_a_value_that_an_attribute_cannot_hold_is_named(structure: str, values: dict[str, Any], says: str) -> None:
    _, message = codec.encode_indication("uponChange", 1, [codec.Told(CELL, structure, values)])
    with pytest.raises(DecodeError, match=says):
        codec.decode_indication_message(message).entries()


# ----------------------------------------------------------------------------------------------------------- feeds


def test_any_structure_is_watched_reported_and_read_where_it_is_offered() -> None:
    watched = ccc.watch(RATIOS, "rRMPolicyMaxRatio")
    (plan,) = MODEL.plan(watched, OFFER, [], frozenset(), STANDARD)
    trigger = codec.decode_event_trigger(plan.event_trigger).eventTriggerDefinitionFormat
    assert trigger.listOfCellLevelConfigurationStructuresForEventTrigger is not None
    assert codec.decode_action_definition(plan.actions[0].definition or b"").cells == (CELL, OTHER)
    (plan,) = MODEL.plan(ccc.report(ms(500), RATIOS), OFFER, [], frozenset(), STANDARD)
    assert codec.decode_event_trigger(plan.event_trigger).eventTriggerDefinitionFormat.period == 500
    (plan,) = MODEL.plan(ccc.watch("O-GNBDUFunction", node=True), OFFER, [], frozenset(), STANDARD)
    assert codec.decode_action_definition(plan.actions[0].definition or b"").ricStyleType == 1
    assert MODEL.plan(ccc.watch("O-NRCellDU", "cellState"), OFFER, [], frozenset(), STANDARD) == ()
    (asked,) = MODEL.queries(ccc.read(ms(1000), RATIOS, "rRMPolicyMaxRatio"), OFFER)
    answer = codec.encode_query_outcome({CELL: {RATIOS: {"rRMPolicyMaxRatio": 40}}})
    feed = ccc.read(ms(1000), RATIOS)
    value = MODEL.assemble(feed, [asked.read(answer)], lambda _: 0, None)
    assert isinstance(value, ccc.Configuration)
    assert value.value(CELL, "RRMPolicyMaxRatio") == 40
    assert MODEL.queries(ccc.read(ms(1000), RATIOS, "rRMPolicyMinRatio"), OFFER) == ()


def test_what_is_reported_is_merged_by_cell() -> None:
    feed = ccc.watch(RATIOS)
    assert isinstance(feed, Watched)
    (plan,) = MODEL.plan(feed, OFFER, [], frozenset(), STANDARD)
    known: Any = None
    for cell, values in ((CELL, FULL), (OTHER, {"rRMPolicyMaxRatio": 7}), (CELL, {"rRMPolicyMaxRatio": 40})):
        octets = codec.encode_indication("uponChange", 1, [codec.Told(cell, RATIOS, values)])
        known = MODEL.assemble(feed, [MODEL.decode(plan.actions[0], *octets, STANDARD)], lambda _: 0, known)
    assert known.cells.tolist() == [CELL, OTHER]
    assert known.by_cell == {CELL: {**FULL, "rRMPolicyMaxRatio": 40}, OTHER: {"rRMPolicyMaxRatio": 7}}
    assert known.value(OTHER, "rRMPolicyMinRatio") is None
    assert known.node_value("gnbDuName") is None


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ccc.watch("O-NRCelDU"), "Did you mean 'O-NRCellDU'"),
        (lambda: ccc.watch("O-NRCellDU", "cellStat"), "Did you mean 'cellState'"),
        (lambda: ccc.watch("O-NRCellDU", "partitionList"), "not reported"),
        (lambda: ccc.watch("O-NRCellDU", node=True), "leave node out"),
        (lambda: ccc.watch("O-GNBDUFunction"), "node=True"),
        (lambda: ccc.report(ms(5), RATIOS), "10 ms"),
        (lambda: ccc.read(5, RATIOS), "length of time"),
        (lambda: ccc.configure(CELL, "O-NRCellDU", {"administrativeState": "LOCKED"}), "not writable"),
        (lambda: ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 400}), "0 to 100"),
        (lambda: ccc.configure(CELL, RATIOS, {}), "nothing"),
        (lambda: ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 4}, node=True), "old values"),
        (
            lambda: ccc.configure(CELL, "O-CesManagementFunction", {"energySavingControl": "toBeEnergySaving"}),
            "ccc.sleep",
        ),
    ],
)
def test_a_wrong_feed_or_control_says_the_way_out(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make()


# --------------------------------------------------------------------------------------------------------- controls


def test_a_control_names_the_old_values_that_were_reported_last() -> None:
    action = ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40})
    assert MODEL.can_control(action, OFFER)
    assert not MODEL.can_control(ccc.configure(CELL, RATIOS, {"resourceType": "DRB"}), OFFER)
    known = Known(States.of({}), {(CELL, "orrmpolicyratio"): FULL})
    (control,) = codec.decode_control(*MODEL.encode_control(action, ControlContext(state=known)))
    assert control == codec.Controlled(CELL, RATIOS, FULL, {"rRMPolicyMaxRatio": 40})
    with pytest.raises(EncodeError, match="has not reported O-RRMPolicyRatio"):
        MODEL.encode_control(action, ControlContext(state=Known(States.of({}), {})))


def test_a_control_of_the_node_and_failures_per_target() -> None:
    action = ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40}, old=FULL, node=True)
    assert MODEL.can_control(action, OFFER)
    (control,) = codec.decode_control(*MODEL.encode_control(action, ControlContext()))
    assert control.cell is None
    beside = codec.Controlled(OTHER, RATIOS, {}, {})
    outcome = codec.encode_outcome([control], [(beside, "NotAvailable")])
    verdict = MODEL.verdict(action, outcome, STANDARD)
    assert verdict.accepted
    assert verdict.reason == f"cell {Cgi.unpack(OTHER)}: {RATIOS}: NotAvailable"
    refused = MODEL.verdict(action, codec.encode_outcome([], [(control, "NotSupported")]), STANDARD)
    assert (refused.accepted, refused.reason) == (False, f"the node: {RATIOS}: NotSupported")
    of_cell = ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40}, old=FULL)
    assert "does not name" in MODEL.verdict(of_cell, outcome, STANDARD).reason


def test_an_effect_is_confirmed_by_what_is_reported() -> None:
    action = ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40})
    reported = ccc.Configuration.of(RATIOS, {CELL: {"rRMPolicyMaxRatio": 40}})
    assert MODEL.confirmed(action, reported) is True
    assert MODEL.confirmed(action, ccc.Configuration.of(RATIOS, {CELL: {"rRMPolicyMaxRatio": 41}})) is False
    assert MODEL.confirmed(action, ccc.Configuration.of(RATIOS, {OTHER: {"rRMPolicyMaxRatio": 40}})) is None
    assert MODEL.confirmed(action, ccc.Configuration.of("O-BWP", {CELL: {}})) is None
