"""What handlers read of RC: reported RAN parameters, and requests that wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ricloop.core.actions import Addressee
from ricloop.core.ids import CellId, UeHandle, UeId, Ues
from ricloop.e2sm.rc.indication import CellInfo
from ricloop.e2sm.rc.mobility import cell_in, target_in
from ricloop.e2sm.rc.parameters import Bits, Element, Leaf, Parameter, Structure


@dataclass(frozen=True, eq=False)
class Report:
    """One report or answer to a query."""

    ues: Ues
    """Handles, shape [ues]; empty where it is about the node, or about cells."""
    parameters: tuple[Structure, ...] = ()
    """RAN parameters per UE, in the order of `ues`. Where `ues` is empty: per cell of an answer to a query, in the
    order of `cells`; else one, of the node, or none."""
    condition: int | None = None
    """Which condition of the event trigger held."""
    cells: tuple[CellInfo, ...] = ()
    """What is said of cells: their context, their neighbours."""

    def values(self, id: int) -> tuple[Leaf | Bits | None, ...]:
        """A leaf at the top, per entry of `parameters`; None where it is absent or no leaf."""
        found = (one.get(id) for one in self.parameters)
        return tuple(one.value if isinstance(one, Element) else None for one in found)

    def cells_of(self, id: int) -> tuple[CellId | None, ...]:
        """As `values`, of a parameter that holds an NR CGI: the packed cell ids."""
        return tuple(cell_in(value) for value in self.values(id))

    @classmethod
    def of(cls, ues: Sequence[UeHandle], parameters: Sequence[Structure], condition: int | None = None) -> Report:
        """From plain lists, for tests."""
        return cls(np.array(ues, np.uint64), tuple(parameters), condition)


@dataclass(frozen=True, slots=True)
class Request:
    """What a node asks, and waits for: answer with `accept(request)` or `deny(request)`."""

    ue: UeHandle
    style: int
    indication: int
    parameters: Structure = field(default_factory=dict, hash=False)
    """What the node proposes, and what an answer needs."""
    name: UeId = field(default_factory=UeId, hash=False)
    """The UE as the node calls it."""
    to: Addressee | None = None
    """Where the answer goes; None in a test without a node."""

    @property
    def target(self) -> CellId | None:
        """The NR cell that a handover request names; None where there is none."""
        return target_in(self.parameters)

    def value(self, id: int) -> Parameter | None:
        """A RAN parameter at the top; None where the node did not send it."""
        return self.parameters.get(id)
