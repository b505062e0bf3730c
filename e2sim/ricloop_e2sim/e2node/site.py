"""What stands still of a gNB."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from ricloop.core.ids import Cells, GnbId


class Split(Enum):
    """What of a gNB are E2 nodes of their own (TS 38.401 6.1)."""

    NONE = "gNB"
    CU_DU = "CU and DU"
    CP_UP_DU = "CU-CP, CU-UP and DU"


class Site(Protocol):
    """One gNB's identity and cells. `Layout` is one, with all that a world of its own computes with."""

    @property
    def name(self) -> str: ...

    @property
    def gnb(self) -> GnbId: ...

    @property
    def split(self) -> Split: ...

    @property
    def cells(self) -> Cells:
        """Packed NR CGIs, [c]."""

    @property
    def titles(self) -> tuple[str, ...]: ...

    @property
    def cell_count(self) -> int: ...

    @property
    def user_count(self) -> int:
        """Users of the world, wherever they are."""

    def index_of(self, cell: int) -> int | None:
        """Number of a packed cell id, None where this gNB has no such cell."""
