"""The transition tables are complete: whatever can be said has a place."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest

from ricloop.e2ap import V2
from ricloop.session import control, control_node, query, reset, setup, transactions
from ricloop.session import subscription_node_table as subscription_node
from ricloop.session import subscription_table as subscription
from ricloop.session.phase import PHASES, Kind, Phase
from ricloop.testing.pair import SessionPair

TABLES: dict[str, tuple[Mapping[tuple[Any, Any], Any], type[Enum], type[Enum], Enum]] = {
    "setup at the RIC": (setup.RIC_TABLE, setup.State, setup.RicInput, setup.State.NEW),
    "setup at the node": (setup.NODE_TABLE, setup.State, setup.NodeInput, setup.State.NEW),
    "subscription at the RIC": (
        subscription.TABLE,
        subscription.State,
        subscription.Input,
        subscription.State.ABSENT,
    ),
    "subscription at the node": (
        subscription_node.TABLE,
        subscription_node.State,
        subscription_node.Input,
        subscription_node.State.ABSENT,
    ),
    "control at the RIC": (control.TABLE, control.State, control.Input, control.State.ABSENT),
    "control at the node": (control_node.TABLE, control_node.State, control_node.Input, control_node.State.ABSENT),
    "query at the RIC": (query.TABLE, query.State, query.Input, query.State.ABSENT),
    "transactions": (transactions.TABLE, transactions.State, transactions.Input, transactions.State.IDLE),
    "reset": (reset.TABLE, reset.State, reset.Input, reset.State.IDLE),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_input_is_taken_in_some_state(name: str) -> None:
    table, _, inputs, _ = TABLES[name]
    assert {given for _, given in table} == set(inputs)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_that_is_used_can_be_reached_from_the_first(name: str) -> None:
    table, _, _, first = TABLES[name]
    reached, waiting = {first}, deque([first])
    while waiting:
        state = waiting.popleft()
        for (before, _), (_, after) in table.items():
            if before is state and after not in reached:
                reached.add(after)
                waiting.append(after)
    assert {state for state, _ in table} <= reached


def test_every_phase_says_what_becomes_of_every_kind_of_message() -> None:
    assert set(PHASES) == {(phase, kind) for phase in Phase for kind in Kind}


def test_every_message_is_taken_by_one_of_the_two_ends() -> None:
    pair = SessionPair()
    assert set(pair.ric._routes) | set(pair.node._routes) == set(V2.by_class)
