"""Whose cells are whose, after nodes came, changed and left in any order: as one look at all of them says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.ids import Cgi, GnbId, Plmn
from ricloop.runtime.nodes.nodes import Node
from ricloop.runtime.nodes.territory import Territory

PLMN = Plmn("001", "01")
GNBS = [GnbId(PLMN, value) for value in (1, 2, 3)]
CELLS = [Cgi(PLMN, gnb << 14 | sector).packed for gnb in (1, 2, 9) for sector in (0, 1)]


@dataclass(eq=False)
class Claimant:
    """What `Territory` asks of a node."""

    gnb: GnbId
    own_cells: tuple[int, ...] = field(default=())


MOVES = st.lists(
    st.tuples(st.integers(0, 4), st.none() | st.frozensets(st.sampled_from(CELLS), max_size=4)), max_size=30
)


@given(MOVES)
def test_is_what_one_look_at_all_nodes_says(moves: list[tuple[int, frozenset[int] | None]]) -> None:
    territory, nodes = Territory(), [Claimant(GNBS[n % 3]) for n in range(5)]
    here: list[Claimant] = []
    for number, cells in moves:
        node = nodes[number]
        known = {other: _foreign(other, here) for other in here}
        if cells is None:
            territory.leave(cast(Node, node))
            here = [other for other in here if other is not node]
        else:
            node.own_cells = tuple(sorted(cells))
            here = here if node in here else [*here, node]
            taken = territory.claim(cast(Node, node))
            assert taken == {cell for other, before in known.items() for cell in _foreign(other, here) - before}
        for other in here:
            held: Any = other
            assert {cell for cell in CELLS if not territory.has(held, cell)} == _foreign(other, here)


def _foreign(node: Claimant, here: list[Claimant]) -> set[int]:
    """Cells that it claims, and that are another gNB's: of who owns it by its identity, else of who came first."""
    foreign = set()
    for cell in node.own_cells:
        claimants = [other for other in here if cell in other.own_cells]
        holder = next((other for other in claimants if other.gnb.owns(cell)), claimants[0])
        if holder.gnb != node.gnb:
            foreign.add(cell)
    return foreign


@given(st.sampled_from(GNBS), st.sampled_from(CELLS))
def test_a_cell_is_owned_by_the_gnb_that_its_identity_starts_with(gnb: GnbId, cell: int) -> None:
    cgi = Cgi.unpack(cell)
    assert gnb.owns(cell) is (cgi.plmn == gnb.plmn and cgi.nci >> (36 - gnb.bits) == gnb.value)
