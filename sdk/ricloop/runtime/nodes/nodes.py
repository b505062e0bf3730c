"""The E2 nodes that are connected: who they are, what they offer, which cells are theirs."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import DecodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, GnbId, NodeId
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import E2SetupRequest, RanFunction
from ricloop.e2sm import registry
from ricloop.e2sm.base import Offer, ServiceModel


@dataclass(frozen=True, slots=True)
class Function:
    """One RAN function that we can speak."""

    id: int
    model: ServiceModel
    offer: Offer


@dataclass(eq=False)
class Node:
    """One connected E2 node. `association` carries its messages."""

    id: NodeId
    association: Any
    functions: tuple[Function, ...]
    faults: tuple[str, ...] = ()
    """RAN functions that could not be read, and why."""
    dialect: Dialect = STANDARD
    unheard: frozenset[int] = frozenset((1, 2, 3))
    """KPM message formats that may still tell its dialect; none where that is known."""
    name: str = field(init=False)
    gnb: GnbId = field(init=False)
    own_cells: tuple[CellId, ...] = field(init=False)
    """Cells that its own RAN functions name, ascending."""

    def __post_init__(self) -> None:
        self.name, self.gnb = str(self.id), self.id.gnb
        self.has(self.functions, self.faults)

    def has(self, functions: tuple[Function, ...], faults: tuple[str, ...]) -> None:
        """From now on, these functions."""
        self.functions, self.faults = functions, faults
        self.own_cells = tuple(sorted({cell for function in functions for cell in function.offer.cells}))

    def bringing(self, feed: Feed[Any]) -> Iterator[Function]:
        """The functions that have something for `feed`."""
        return (f for f in self.functions if f.model.owns(feed) and f.model.served(feed, f.offer, self.dialect))

    def obeying(self, action: Action) -> Function | None:
        """The function that announces `action`."""
        return next((f for f in self.functions if f.model.can_control(action, f.offer)), None)


class Nodes:
    """By id. Two associations never hold the same node."""

    def __init__(self) -> None:
        self._nodes: dict[NodeId, Node] = {}
        self._of_gnb: dict[GnbId, list[Node]] = {}
        """In the order of their ids."""
        self._of_cell: dict[CellId, tuple[Node, ...]] | None = None
        """Made when it is asked for, after nodes or their functions changed."""
        self._nameless: tuple[Node, ...] = ()
        """Nodes that name no cell."""

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes.values())

    def __len__(self) -> int:
        return len(self._nodes)

    def get(self, id: NodeId) -> Node | None:
        return self._nodes.get(id)

    def add(self, setup: E2SetupRequest, association: Any, dialect: Dialect) -> Node:
        functions, faults = _described(setup.functions)
        node = Node(setup.node, association, functions, faults, dialect)
        if (before := self._nodes.get(node.id)) is not None:
            self.remove(before)
        self._nodes[node.id] = node
        insort(self._of_gnb.setdefault(node.gnb, []), node, key=attrgetter("name"))
        self._of_cell = None
        return node

    def offer(self, node: Node, offered: Iterable[RanFunction]) -> None:
        """From now on, `node` has these RAN functions."""
        node.has(*_described(offered))
        self._of_cell = None

    def remove(self, node: Node) -> None:
        if self._nodes.get(node.id) is node:
            del self._nodes[node.id]
            parts = self._of_gnb[node.gnb]
            parts.remove(node)
            if not parts:
                del self._of_gnb[node.gnb]
            self._of_cell = None

    def cell_count(self) -> int:
        """Cells that nodes name, each once."""
        self.of_cell(0)
        return len(self._of_cell or ())

    def of_cell(self, cell: CellId) -> tuple[Node, ...]:
        """The nodes that name a cell, and those that name none while it is their gNB's, in the order of their ids."""
        if self._of_cell is None:
            owners: dict[CellId, list[Node]] = {}
            for node in sorted(self, key=lambda node: node.name):
                for own in node.own_cells:
                    owners.setdefault(own, []).append(node)
            self._of_cell = {cell: tuple(nodes) for cell, nodes in owners.items()}
            self._nameless = tuple(sorted((n for n in self if not n.own_cells), key=lambda node: node.name))
        found = self._of_cell.get(cell, ())
        others = tuple(node for node in self._nameless if node.gnb.owns(cell))
        return tuple(sorted((*found, *others), key=lambda node: node.name)) if others else found

    def of_gnb(self, gnb: GnbId) -> Sequence[Node]:
        """The nodes of a split gNB, in the order of their ids."""
        return tuple(self._of_gnb.get(gnb, ()))

    def cells_of(self, node: Node, topology: Topology) -> tuple[CellId, ...]:
        """A node's cells, ascending: what it says itself, else what its gNB's other nodes say, else the topology."""
        if own := node.own_cells:
            return own
        others = {cell for other in self.of_gnb(node.gnb) for cell in other.own_cells}
        return tuple(sorted(others or {cell for cell in topology.cells if node.gnb.owns(cell)}))


def _described(offered: Iterable[RanFunction]) -> tuple[tuple[Function, ...], tuple[str, ...]]:
    """The functions that we can speak, and what is wrong with those that cannot be read."""
    functions, faults = [], []
    for function in offered:
        try:
            model = registry.match(function.oid, function.definition)
            if model is not None:
                functions.append(Function(function.id, model, model.describe(function.definition)))
        except DecodeError as error:
            faults.append(f"RAN function {function.id} ({function.oid}): {error}")
    return tuple(functions), tuple(faults)
