"""Which cells a node may speak of: its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from ricloop.core.ids import CellId
from ricloop.e2sm.base import Part
from ricloop.e2sm.ccc.configuration import Entries
from ricloop.runtime.nodes import Node


class Territory:
    """A cell that nodes of two gNBs claim belongs to the gNB whose id its identity starts with, or else to the one that
    connected first. The nodes of one gNB may share cells."""

    def __init__(self) -> None:
        self._foreign: dict[Node, frozenset[CellId]] = {}
        self._told: set[Node] = set()
        self.dropped = 0
        """Cells that a node reported and may not speak of."""

    def renew(self, nodes: Iterable[Node]) -> set[CellId]:
        """These nodes are connected, in the order they came. Returns cells of which another node spoke until now."""
        claims: dict[CellId, list[Node]] = defaultdict(list)
        connected = list(nodes)
        for node in connected:
            for cell in node.own_cells:
                claims[cell].append(node)
        foreign: dict[Node, set[CellId]] = {node: set() for node in connected}
        for cell, claimants in claims.items():
            # Alone in claiming it, a node is believed: many number their cells freely.
            holder = next((node for node in claimants if node.gnb.owns(cell)), claimants[0]).gnb
            for node in claimants:
                if node.gnb != holder:
                    foreign[node].add(cell)
        before, self._foreign = self._foreign, {node: frozenset(cells) for node, cells in foreign.items()}
        self._told &= set(connected)
        return {cell for node, cells in self._foreign.items() for cell in cells - before.get(node, cells)}

    def has(self, node: Node, cell: CellId) -> bool:
        """True where `node` may speak of `cell` and be asked to change it."""
        return cell not in self._foreign.get(node, ())

    def first_time(self, node: Node) -> bool:
        """True once per node and connection: to tell of it once."""
        if node in self._told:
            return False
        self._told.add(node)
        return True

    def _speaks(self, node: Node, cell: CellId) -> bool:
        return cell in node.own_cells and self.has(node, cell)

    def own(self, node: Node, part: Part) -> Part | None:
        """The part without the cells of others, and with the node's name where it speaks of itself; None where nothing
        is left of it."""
        told = part.content
        if isinstance(told, Entries):
            mine = {entry.cell for entry in told if entry.cell is None or self._speaks(node, entry.cell)}
            own = Entries(entry for entry in told if entry.cell in mine)
            self.dropped += len(told) - len(own)
            return replace(part, content=own.by(node.id)) if own or not told else None
        if part.cell is None or self.has(node, part.cell):
            return part
        self.dropped += 1
        return None
