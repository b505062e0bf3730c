"""CCC: structure is strict, spelling is not, and what a node says about a cell is what the xApp reads."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.dialect import STANDARD
from ricloop.core.errors import ConfigError, DecodeError, EncodeError
from ricloop.core.ids import Cgi, Plmn, UeId
from ricloop.e2sm import ccc
from ricloop.e2sm.base import ControlContext, Part, Verdict
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.configuration import Entries, Entry, saving_of
from ricloop.e2sm.ccc.model import Ccc

PLMN = Plmn("001", "01")
A, B, C = (Cgi(PLMN, 0x66C000 + n).packed for n in range(3))
MODEL = Ccc()
cells = st.builds(lambda nci: Cgi(PLMN, nci).packed, st.integers(0, (1 << 36) - 1))
times = st.integers(0, 4_000_000_000_000_000_000)


def no_handle(ue: UeId) -> int:
    raise AssertionError("CCC names no UE")


def renamed(data: bytes, **names: str) -> bytes:
    text = data.decode()
    for old, new in names.items():
        text = text.replace(old, new)
    return text.encode()


def test_the_definition_names_its_cells_and_what_they_offer() -> None:
    offer = MODEL.describe(codec.encode_function_definition([B, A]))
    assert offer.cells == (B, A)
    assert MODEL.can_control(ccc.sleep(A), offer)
    assert not MODEL.can_control(ccc.sleep(C), offer)


def test_a_definition_without_control_service_cannot_be_controlled() -> None:
    without = renamed(codec.encode_function_definition([A]), controlService="queryService")
    offer = MODEL.describe(without)
    assert not MODEL.can_control(ccc.sleep(A), offer)
    assert MODEL.plan(ccc.watch(ccc.EnergySaving), offer, [], frozenset(), STANDARD)


def test_either_spelling_of_names_is_read() -> None:
    other = renamed(
        codec.encode_function_definition([A]),
        cellGlobalID="cellGlobalId",
        **{"O-CESManagementFunction": "O-CesManagementFunction", "energySavingControl": "EnergySavingControl"},
    )
    assert MODEL.can_control(ccc.wake(A), MODEL.describe(other))


def test_the_plan_asks_for_every_reporting_cell_once() -> None:
    offer = MODEL.describe(codec.encode_function_definition([A, B]))
    (plan,) = MODEL.plan(ccc.watch(ccc.EnergySaving), offer, [A, B, C], frozenset(), STANDARD)
    assert len(plan.actions) == 1
    assert plan.actions[0].definition is not None
    action = codec.decode_action_definition(plan.actions[0].definition)
    assert (action.ricStyleType, action.cells) == (2, (A, B))
    trigger = codec.decode_event_trigger(plan.event_trigger).eventTriggerDefinitionFormat
    assert trigger.listOfCellLevelConfigurationStructuresForEventTrigger is not None
    assert MODEL.served(ccc.watch(ccc.EnergySaving), offer, STANDARD) == {"O-CESManagementFunction"}


@given(st.dictionaries(cells, st.tuples(st.none() | st.booleans(), st.booleans()), min_size=1, max_size=5), times)
def test_an_indication_says_what_was_encoded(states: dict[int, tuple[bool | None, bool]], time: int) -> None:
    header, message = codec.encode_saving_indication("uponChange", time, states)
    (plan,) = MODEL.plan(
        ccc.watch(ccc.EnergySaving), MODEL.describe(codec.encode_function_definition([A])), [], frozenset(), STANDARD
    )
    part = MODEL.decode(plan.actions[0], header, message, STANDARD)
    assert part.time == time
    assert saving_of(part.content) == {cell: now for cell, (_, now) in states.items()}
    assert not part.periodic


def told(time: int, **states: bool | None) -> Part:
    """Energy saving of cells by their names here; None: the structure is gone."""
    cells = {"a": A, "b": B}
    entries = (
        Entry(cells[name], ccc.EnergySaving.name, ccc.EnergySaving(saving=saving).values, deleted=saving is None)
        for name, saving in states.items()
    )
    return Part(time, None, Entries(entries), periodic=False)


def test_changes_are_merged_into_the_last_states() -> None:
    feed = ccc.watch(ccc.EnergySaving)
    first = MODEL.assemble(feed, [told(0, a=True, b=False)], no_handle, None)
    then = MODEL.assemble(feed, [told(1, b=True), told(2, a=None)], no_handle, first)
    assert first.known([A, B, C]).tolist() == [True, True, False]
    assert first.asleep(np.array([B, A, C], np.uint64)).tolist() == [False, True, False]
    assert then.known([A, B]).tolist() == [False, True]
    assert then.asleep([A, B]).tolist() == [False, True]


def test_a_control_names_the_old_value_that_was_last_reported() -> None:
    for state in (True, ccc.States.of({A: True})):
        header, message = MODEL.encode_control(ccc.wake(A), ControlContext(state=state))
        (control,) = codec.decode_control(header, message)
        assert (control.cell, control.structure, control.saving()) == (A, ccc.EnergySaving.name, (True, False))


@pytest.mark.parametrize("state", [None, ccc.States.of({}), ccc.States.of({B: True})])
def test_a_control_without_a_known_old_value_is_refused(state: ccc.States | None) -> None:
    with pytest.raises(EncodeError, match="has not reported"):
        MODEL.encode_control(ccc.wake(A), ControlContext(state=state))


def test_a_control_without_the_inner_wrapper_is_read_alike() -> None:
    header, message = codec.encode_saving_control(A, False, True)
    tree: dict[str, Any] = json.loads(message)
    structure = tree["controlMessageFormat"]["listOfCellsControlled"][0]["listOfConfigurationStructures"][0]
    assert list(structure["newValuesOfAttributes"]) == ["ranConfigurationStructure"]
    for key in ("oldValuesOfAttributes", "newValuesOfAttributes"):
        structure[key] = structure[key]["ranConfigurationStructure"]
    assert codec.decode_control(header, json.dumps(tree).encode()) == codec.decode_control(header, message)


def test_an_outcome_is_read_per_cell() -> None:
    first, second = (codec.decode_control(*codec.encode_saving_control(cell, False, True))[0] for cell in (A, B))
    outcome = codec.encode_outcome([first], [(second, "IncompatibleState")], received_unix_ns=1)
    # What failed elsewhere is told as well.
    reason = f"cell {Cgi.unpack(B)}: O-CESManagementFunction: IncompatibleState"
    assert MODEL.verdict(ccc.sleep(A), outcome, STANDARD) == Verdict(True, reason)
    assert MODEL.verdict(ccc.sleep(B), outcome, STANDARD) == Verdict(False, reason)
    assert not MODEL.verdict(ccc.sleep(C), outcome, STANDARD).accepted
    assert MODEL.verdict(ccc.sleep(C), None, STANDARD).accepted


def test_an_effect_is_confirmed_by_the_reported_state_only() -> None:
    assert MODEL.confirmed(ccc.sleep(A), ccc.States.of({A: True})) is True
    assert MODEL.confirmed(ccc.sleep(A), ccc.States.of({A: False})) is False
    assert MODEL.confirmed(ccc.sleep(A), ccc.States.of({B: True})) is None


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "EventTrigger"),
        (b"\xff\xfe", "EventTrigger"),
        (b"[" * 100_000, "EventTrigger"),
        (b"{}", "EventTrigger.eventTriggerDefinitionFormat"),
        (b'{"eventTriggerDefinitionFormat":{}}', "EventTrigger.eventTriggerDefinitionFormat"),
        (b'{"eventTriggerDefinitionFormat":{"period":9}}', "EventTrigger.eventTriggerDefinitionFormat.period"),
        (b'{"eventTriggerDefinitionFormat":{"period":"20"}}', "EventTrigger.eventTriggerDefinitionFormat.period"),
    ],
)
def test_a_fault_is_named_with_its_place(data: bytes, where: str) -> None:
    with pytest.raises(DecodeError) as caught:
        codec.decode_event_trigger(data)
    assert caught.value.path == where


def test_a_value_of_no_meaning_is_a_fault() -> None:
    header, message = codec.encode_saving_control(A, False, True)
    (control,) = codec.decode_control(header, renamed(message, toBeEnergySaving="toBeAsleep"))
    with pytest.raises(DecodeError, match="toBeAsleep"):
        control.saving()


def test_only_a_known_structure_can_be_watched() -> None:
    with pytest.raises(ConfigError, match="EnergySaving"):
        ccc.watch(ccc.States)  # type: ignore[arg-type]
