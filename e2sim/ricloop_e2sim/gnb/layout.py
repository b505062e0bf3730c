"""What stands still: the cells and users of one gNB, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.ids import Cells, GnbId
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.e2node.site import Split


@dataclass(frozen=True, eq=False)
class Layout:
    """One gNB. Cells are indexed 0..c−1 and users 0..u−1 everywhere in the world."""

    name: str
    """As `gnb1`: what `--only` takes."""
    gnb: GnbId
    split: Split
    cells: Cells
    """Packed NR CGIs, [c]."""
    titles: tuple[str, ...]
    """A short name per cell for people."""
    sector: Ints
    """[c]: cells of one sector cover the same area."""
    frequency_mhz: Floats
    prbs: Floats
    umbrella: Ints
    """[c]: the cell that fully covers this one (NRCellRelation.isESCoveredBy); itself for a coverage cell."""
    home: Ints
    """[u]: the cell a user's traffic belongs to while every cell is awake."""
    rate: Floats
    """[u, c]: bit/s that one PRB carries; 0 where the cell cannot be received."""
    rsrp_dbm: Floats
    """[u, c]: per resource element."""
    sinr_db: Floats
    """[u, c]."""

    @property
    def cell_count(self) -> int:
        return len(self.cells)

    @property
    def user_count(self) -> int:
        return len(self.home)

    @property
    def capacity(self) -> Bools:
        """[c]: True for cells that another one covers."""
        return np.not_equal(self.umbrella, np.arange(self.cell_count))

    @property
    def sector_count(self) -> int:
        return int(self.sector.max()) + 1

    def index_of(self, cell: int) -> int | None:
        """Index of a packed cell id, None where this gNB has no such cell."""
        found = np.flatnonzero(self.cells == np.uint64(cell))
        return int(found[0]) if len(found) else None
