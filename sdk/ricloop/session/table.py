"""Transition tables: what each input does in each state. A row that is not there is a protocol error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Protocol, TypeAlias, TypeVar

StateT = TypeVar("StateT", bound=Enum)
InputT = TypeVar("InputT", bound=Enum)

Table: TypeAlias = Mapping[tuple[StateT, InputT], tuple[Callable[..., None], StateT]]
"""(state, input) to (handler, next state). The handler gets the owner (the procedure, or its endpoint), the entry and
the input's argument."""


class Entry(Protocol[StateT]):
    """Anything that has a state: one subscription, one control, one association."""

    state: StateT


def step(
    table: Table[StateT, InputT], owner: object, entry: Entry[StateT], given: InputT, argument: Any = None
) -> bool:
    """Apply the table's row to `entry`; False, and nothing happens, where there is none.

    The state changes after the handler, so one that raises (a value that cannot be encoded) leaves it as it was.
    """
    row = table.get((entry.state, given))
    if row is None:
        return False
    handler, state = row
    handler(owner, entry, argument)
    entry.state = state
    return True
