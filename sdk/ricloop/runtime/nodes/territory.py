"""Which cells a node may speak of: its own."""

from __future__ import annotations

import itertools
from dataclasses import replace

from ricloop.core.ids import CellId
from ricloop.e2sm.base import Part
from ricloop.e2sm.ccc.configuration import Entries
from ricloop.runtime.nodes.nodes import Node


class Territory:
    """A cell that nodes of two gNBs claim belongs to the gNB whose id its identity starts with, or else to the one that
    connected first. The nodes of one gNB may share cells."""

    def __init__(self) -> None:
        self._came: dict[Node, int] = {}
        """Who connected before whom."""
        self._claims: dict[CellId, list[Node]] = {}
        """Who names a cell, in the order they came."""
        self._named: dict[Node, frozenset[CellId]] = {}
        self._foreign: dict[Node, set[CellId]] = {}
        self._told: set[Node] = set()
        self._count = itertools.count()
        self.dropped = 0
        """Cells that a node reported and may not speak of."""

    def claim(self, node: Node) -> set[CellId]:
        """This node came, or names other cells now. Returns cells of which another node spoke until now."""
        if node not in self._came:
            self._came[node] = next(self._count)
            self._foreign[node] = set()
        before, now = self._named.get(node), frozenset(node.own_cells)
        self._named[node] = now
        for cell in (before or frozenset()) - now:
            self._let_go(node, cell)
        taken: set[CellId] = set()
        for cell in now - (before or frozenset()):
            claimants = self._claims.setdefault(cell, [])
            claimants.append(node)
            claimants.sort(key=self._came.__getitem__)
            lost = self._settle(cell)
            # Nobody heard a word of a node that has just come.
            if lost - {node} or (lost and before is not None):
                taken.add(cell)
        return taken

    def leave(self, node: Node) -> None:
        """This node is gone."""
        for cell in self._named.pop(node, ()):
            self._let_go(node, cell)
        self._came.pop(node, None)
        self._foreign.pop(node, None)
        self._told.discard(node)

    def _let_go(self, node: Node, cell: CellId) -> None:
        self._foreign[node].discard(cell)
        claimants = self._claims[cell]
        claimants.remove(node)
        if claimants:
            self._settle(cell)
        else:
            del self._claims[cell]

    def _settle(self, cell: CellId) -> set[Node]:
        """Find the cell's holder. Returns the nodes that may no longer speak of it."""
        claimants = self._claims[cell]
        if len(claimants) == 1:
            # Alone in claiming it, a node is believed: many number their cells freely.
            self._foreign[claimants[0]].discard(cell)
            return set()
        holder = next((node for node in claimants if node.gnb.owns(cell)), claimants[0]).gnb
        lost: set[Node] = set()
        for node in claimants:
            foreign = self._foreign[node]
            if node.gnb == holder:
                foreign.discard(cell)
            elif cell not in foreign:
                foreign.add(cell)
                lost.add(node)
        return lost

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
