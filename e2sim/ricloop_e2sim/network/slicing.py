"""Slices of a network: their names, and the shares of every cell's PRBs that they are owed and may use.

Both directions begin with the same ratios. Controls change those of the downlink: E2SM-CCC names them (PRB_DL), and an
E2SM-RC quota says nothing of the uplink.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop.e2sm import common
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.mac.slices import SliceRatios, refusal


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice: S-NSSAI (TS 23.003 28.4.2) and RRM policy ratios in percent of every cell (TS 28.541)."""

    name: str = "embb"
    sst: int = 1
    sd: int | None = None
    dedicated: float = 0.0
    minimum: float = 0.0
    maximum: float = 100.0
    weight: float = 1.0

    @property
    def s_nssai(self) -> bytes:
        """Its octets: SST, and SD where there is one."""
        return common.Slice(self.sst, self.sd).octets


class Slicing:
    """Downlink ratios of every cell [c] and slice [s], in percent, as configured, and as they are in force."""

    def __init__(self, slices: tuple[Slice, ...], cells: int) -> None:
        """Raises ConfigError for ratios that cannot hold together."""
        self.slices = slices
        self.dedicated: Floats = np.tile([float(one.dedicated) for one in slices], (cells, 1))
        self.minimum: Floats = np.tile([float(one.minimum) for one in slices], (cells, 1))
        self.maximum: Floats = np.tile([float(one.maximum) for one in slices], (cells, 1))
        reason = refusal(self.dedicated[0], self.minimum[0], self.maximum[0])
        if reason:
            raise ConfigError(f"slices {', '.join(one.name for one in slices)}: {reason}")
        self.ratios = SliceRatios(2 * cells, len(slices), np.array([one.weight for one in slices]))
        """In force; the cells' uplink in rows c + [c]."""
        self._up = self.dedicated[0].copy(), self.minimum[0].copy(), self.maximum[0].copy()
        self._mistaken: Floats = np.ones((cells, len(slices)))
        self._cap: Floats = np.ones((cells, len(slices)))
        """Of the downlink: what no control has put right yet of it."""
        self._enforce(np.arange(cells))

    def configure(self, cell: int, number: int, dedicated: float, minimum: float, maximum: float) -> str:
        """Change one slice's ratios in one cell, in percent, from the next tick on. Empty, or why it is refused."""
        return self.share((cell,), ((number, dedicated, minimum, maximum),))

    def share(self, cells: Sequence[int], wanted: Iterable[tuple[int, float, float, float]]) -> str:
        """Change the ratios of slices in some cells: number, dedicated, min and max percent. All or, refused, none."""
        tables = self.dedicated, self.minimum, self.maximum
        after = [table[list(cells)] for table in tables]
        wanted = tuple(wanted)
        for number, *ratios in wanted:
            for rows, ratio in zip(after, ratios, strict=True):
                rows[:, number] = ratio
        for dedicated, minimum, maximum in zip(*after, strict=True):
            if reason := refusal(dedicated, minimum, maximum):
                return reason
        for table, rows in zip(tables, after, strict=True):
            table[list(cells)] = rows
        self._cap[np.ix_(list(cells), [number for number, *_ in wanted])] = 1.0
        self._enforce(np.array(cells, dtype=np.int64))
        return ""

    def cap(self, share: Floats) -> None:
        """[c, s]: greatest shares of the PRBs, written by mistake over what is configured, where they are below 1.

        One stands until it is called off, or, in the downlink, until a control names the slice's ratios in that cell.
        """
        changed = share != self._mistaken
        self._mistaken = share.copy()
        self._cap[changed] = share[changed]
        self._enforce(np.flatnonzero(changed.any(axis=1)))

    def _enforce(self, cells: Ints) -> None:
        # Whatever is lowered to what lies above it still holds together.
        for rows, (dedicated, minimum, maximum), cap in (
            (cells, (self.dedicated[cells], self.minimum[cells], self.maximum[cells]), self._cap),
            (len(self._cap) + cells, self._up, self._mistaken),
        ):
            most = np.minimum(maximum, 100 * cap[cells])
            least = np.minimum(minimum, most)
            self.ratios.replace(rows, np.minimum(dedicated, least), least, most)
