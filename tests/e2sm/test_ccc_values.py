"""CCC: whatever can be said comes back, in every format of every message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ricloop.core.errors import EncodeError
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.checks import checked
from ricloop.e2sm.ccc.wire import Wire, write
from tests.e2sm import ccc_values as any_ccc
from tests.e2sm import some
from tests.makers import booleans, each, few, maybe
from tests.values import Dice

levels = pytest.mark.parametrize("node", [True, False])


def same(model_of: Callable[[bytes], Wire], data: bytes) -> None:
    assert write(model_of(data)) == data


@pytest.mark.values
def test_a_function_definition_comes_back(dice: Dice) -> None:
    for rng in dice:
        cells, names, structure = any_ccc.cell_lists(rng), any_ccc.attributes(rng), any_ccc.structures(rng)
        offered = {structure: dict.fromkeys(["a", *names], "TRCQ")}
        data = codec.encode_function_definition(cells, offered, offered)
        same(codec.decode_function_definition, data)
        definition = codec.decode_function_definition(data)
        assert all(definition.offers(cell, structure, "A", "queryService") for cell in (*cells, None))


@pytest.mark.values
def test_an_event_trigger_and_an_action_definition_come_back(dice: Dice) -> None:
    for rng in dice:
        structure, names = any_ccc.structures(rng), any_ccc.attributes(rng)
        cells = maybe(any_ccc.cell_lists)(rng)
        same(codec.decode_event_trigger, codec.encode_event_trigger(structure, names, cells))
        same(codec.decode_event_trigger, codec.encode_periodic_trigger(rng.randint(10, 2**32 - 1)))
        data = codec.encode_action_definition(structure, names, cells, everything=booleans(rng))
        same(codec.decode_action_definition, data)
        assert codec.decode_action_definition(data).cells == (() if cells is None else tuple(cells))


@levels
@pytest.mark.values
def test_an_indication_comes_back(node: bool, dice: Dice) -> None:
    for rng in dice:
        reason: Any = rng.choice(["uponSubscription", "uponChange", "periodic"])
        time, wanted = some.times(rng), any_ccc.told(node, rng)
        header, message = codec.encode_indication(reason, time, wanted)
        read = codec.decode_indication_header(header)
        assert (read.reason, read.time) == (reason, time)
        same(codec.decode_indication_message, message)
        entries = codec.decode_indication_message(message).entries()
        found = [(entry.cell, entry.structure, entry.values, entry.deleted) for entry in entries]
        # A message lists its structures by cell, so those of one cell stand together.
        asked = [(one.cell, one.structure, one.values, one.change == "deletion") for one in wanted]
        assert sorted(found, key=repr) == sorted(asked, key=repr)


@levels
@pytest.mark.values
def test_a_control_and_its_outcome_come_back(node: bool, dice: Dice) -> None:
    for rng in dice:
        wanted = any_ccc.controlled(node, rng)
        found = codec.decode_control(*codec.encode_control(wanted))
        assert sorted(found, key=repr) == sorted(wanted, key=repr)
        cause: Any = rng.choice(["NotSupported", "IncompatibleState", "Unspecified"])
        cut = rng.randint(0, len(wanted))
        octets = codec.encode_outcome(
            wanted[:cut], [(one, cause) for one in wanted[cut:]], received_unix_ns=maybe(some.times)(rng)
        )
        same(codec.decode_outcome, octets)
        outcome = codec.decode_outcome(octets)
        done = [(at and at.cell, one.ranConfigurationStructureName) for at, one in outcome.accepted()]
        assert sorted(done, key=repr) == sorted(((one.cell, one.structure) for one in wanted[:cut]), key=repr)
        not_done = [(at and at.cell, one.ranConfigurationStructureName, one.cause) for at, one in outcome.failed()]
        assert sorted(not_done, key=repr) == sorted(
            ((one.cell, one.structure, cause) for one in wanted[cut:]), key=repr
        )


@pytest.mark.values
def test_a_query_and_its_outcome_come_back(dice: Dice) -> None:
    for rng in dice:
        rows: Any = few(each(some.cells, any_ccc.named), 1, 3)(rng)
        names, node = any_ccc.attributes(rng), booleans(rng)
        header, definition = codec.encode_query(rows[0][1][0], names, node=node)
        assert codec.decode_query_header(header).queryHeaderFormat.ricStyleType == (1 if node else 2)
        same(codec.decode_query_definition, definition)
        answers = {cell: {name: values} for cell, (name, values, _) in rows}
        octets = codec.encode_query_outcome(answers)
        same(codec.decode_query_outcome, octets)
        entries = codec.decode_query_outcome(octets).entries()
        assert {entry.cell: {entry.structure: entry.values} for entry in entries} == answers
        (name, values, _) = rows[0][1]
        (of_node,) = codec.decode_query_outcome(codec.encode_query_outcome({}, {name: values})).entries()
        assert (of_node.cell, of_node.structure, of_node.values) == (None, name, values)


@pytest.mark.values
def test_a_value_outside_its_range_is_named_with_its_range(dice: Dice) -> None:
    others = {"bool": 1, "text": 1, "number": "1", "int": 1.5, "list": {}, "object": [], "any": float("nan")}
    for rng in dice:
        name = any_ccc.structures(rng)
        row = rng.choice(list(any_ccc.TABLES[name].attributes.values()))
        if row.range is not None:
            low, high = row.range
            wrong: Any = rng.choice([low - 1, high + 1, float(low), str(low), True, None])
            says = f"{low} to {high}"
        elif row.words:
            wrong, says = rng.choice([row.words[0] + "x", "", 0, None]), ", ".join(row.words)
        else:
            wrong, says = others[row.kind[0]], "it is" if row.kind[0] != "any" else "no number of JSON"
        with pytest.raises(EncodeError) as caught:
            codec.encode_indication("uponChange", 1, [codec.Told(None, name, {row.name.lower(): wrong})])
        assert f"{name}.{row.name} = " in str(caught.value)
        assert says in str(caught.value)


@pytest.mark.values
def test_names_and_words_in_any_spelling_are_read_in_the_standards(dice: Dice) -> None:
    for rng in dice:
        name, values, _ = any_ccc.standards(rng)
        other = str.upper if booleans(rng) else str.lower
        words = {one.name for one in any_ccc.TABLES[name].attributes.values() if one.words}
        spelt = {other(key): other(value) if key in words else value for key, value in values.items()}
        assert checked(other(name).replace("-", ""), spelt) == values
