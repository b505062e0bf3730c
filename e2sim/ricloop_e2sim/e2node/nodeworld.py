"""What an E2 node knows of a world and does to it: the cells and users of one gNB, whatever computes them.

Cells are numbered within the gNB, users within the world. `World` is one gNB as a world of its own; `network.view`
shows a whole network's world as each of its gNBs sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import CellId, Cells, UeId
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.outcome import Cause
from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.e2node.identity import Role
from ricloop_e2sim.e2node.measuring import Measures
from ricloop_e2sim.e2node.returns import Returns
from ricloop_e2sim.e2node.site import Site
from ricloop_e2sim.energy.cellstate import AdminState, Depth

Refusal = tuple[Cause, str]
"""Why a configuration was not changed, for the outcome and for the log."""


class Switches(Protocol):
    """The cells' energy states."""

    @property
    def state(self) -> NDArray[np.signedinteger[Any]]:
        """[c] of `CellState`."""

    @property
    def saving(self) -> Bools:
        """[c]: what energySavingState says."""

    def sleep(self, cell: int, depth: Depth) -> None:
        """Go to this depth, or wake, from the next tick on."""


class Operation(Protocol):
    """What cells do beside sleeping and waking. Orders take effect at the next tick."""

    def administered(self, cell: int) -> AdminState: ...

    def administer(self, cell: int, state: AdminState) -> None: ...

    def depth(self, cell: int) -> Depth:
        """Of the sleep that a cell is in or falls into; AWAKE for one that is in service or wakes."""


class Ratios(Protocol):
    """O-RRMPolicyRatio of the cells, and of the node (None)."""

    def values(self, cell: int | None) -> dict[str, Any]: ...

    def write(self, cell: int | None, name: str, control: ccc.Controlled) -> Refusal | None:
        """`name`: of the target, for the log. None when done."""


class Names(Protocol):
    """Users by what a node calls them."""

    def of(self, user: int) -> UeId: ...

    def find(self, ue: UeId) -> int | None:
        """None for a stranger."""


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Who changed its cell in the last tick: [n] users, their cells before and now, −1 without one."""

    user: Ints
    before: Ints
    now: Ints
    cells: Cells
    """Packed id of every number in `before` and `now`: a user may come from another gNB, or go to one."""


class NodeWorld(Protocol):
    """One gNB in a world."""

    @property
    def tick_us(self) -> int: ...

    @property
    def layout(self) -> Site: ...

    @property
    def time_us(self) -> int: ...

    @property
    def serving(self) -> Ints:
        """[users]: cell of this gNB, −1 for users that are not connected to it."""

    @property
    def cells(self) -> Switches: ...

    @property
    def operation(self) -> Operation | None:
        """None where cells sleep and wake, and nothing else."""

    @property
    def returns(self) -> Returns | None:
        """Who has a say in the node's own handovers; None where it lets nobody."""

    @property
    def quotas(self) -> bool:
        """Whether slices have PRB quotas that a scheduler keeps."""

    @property
    def bearers(self) -> bool:
        """Whether users have connections that can be released, with bearers whose priority a scheduler may go by."""

    def changes(self) -> Changes: ...

    def target_of(self, cell: CellId) -> int | None:
        """What `hand_over` calls a cell, which may be another gNB's; None where there is none of this name."""

    def cell_of(self, target: int) -> CellId:
        """The cell that `target_of` found."""

    def hand_over(self, user: int, target: int) -> str:
        """Order a handover. Empty when accepted, else why it is refused."""

    def prioritise(self, user: int, level: int) -> str:
        """Give its bearer this priority level, 1..127, from the next tick on and as long as it is connected. Empty when
        done, else why it is refused."""

    def release(self, user: int) -> str:
        """Release its connection in the next tick. Empty when accepted, else why it is refused."""

    def may_sleep(self, cell: int) -> str:
        """Empty, or why this cell has to stay awake."""

    def share(self, quotas: Sequence[tuple[bytes, int, int, int]]) -> str:
        """Quotas of slices in every cell: S-NSSAI's octets, then dedicated, min and max percent. Empty when all of
        them hold from the next tick on, else why none does."""

    def names(self, role: Role) -> Names: ...

    def measures(self) -> Measures: ...

    def ratios(self) -> Ratios: ...
