"""A trace, whatever it came from: offered load per cell and interval, aligned in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

CENSORED_USE = 0.95
"""PRB use from which served traffic is only a lower bound of demand."""


class TraceError(ConfigError):
    """A trace that cannot be read: the message names the file and the column."""


@dataclass(frozen=True, eq=False)
class Trace:
    """Columns are cells; every array has [intervals, cells] or [cells]."""

    name: str
    time_s: NDArray[np.float64]
    """[intervals]: start of each, seconds since the Unix epoch, equally far apart."""
    interval_s: float
    cells: tuple[str, ...]
    site: tuple[str, ...]
    """[cells]: one gNB per site."""
    sector: tuple[str, ...]
    """[cells]: cells of one site and sector cover the same area."""
    umbrella: Ints
    """[cells]: index of the cell that covers this one; itself for a coverage cell."""
    frequency_mhz: Floats
    prbs: Floats
    bits: Floats
    """Offered in the interval; 0 in gaps."""
    rate: Floats
    """bit/s that a PRB of the cell carries, known everywhere (see `fill_rates`)."""
    users: Ints
    """At least 1 where there is load."""
    power_w: Floats | None = None
    """Measured mean; None where the trace has none."""
    gaps: int = 0
    """Cell intervals that the source lacks: they have no load here."""
    assumptions: tuple[str, ...] = ()
    """What the reader had to suppose, for the result."""

    @property
    def use(self) -> Floats:
        """PRB use 0..1 that the load means at each cell's own rate."""
        return self.bits / (self.rate * self.prbs * self.interval_s)

    @property
    def censored(self) -> int:
        """Cell intervals whose demand is only a lower bound, since the cell was full."""
        return int((self.use >= CENSORED_USE).sum())


def fill_rates(rate: Floats, site: tuple[str, ...]) -> Floats:
    """NaN → the cell's own median, else the median of its site, else of the trace. [intervals, cells]."""
    filled = rate.copy()
    sites = np.array(site)
    for cell in range(rate.shape[1]):
        unknown = np.isnan(filled[:, cell])
        if not unknown.any():
            continue
        for source in (rate[:, cell], rate[:, sites == site[cell]], rate):
            known = source[~np.isnan(source)]
            if len(known):
                filled[unknown, cell] = np.median(known)
                break
        else:
            raise TraceError("no cell of the trace has both traffic and PRBs: its spectral efficiency is unknown")
    return filled


def users_of(mean: Floats, bits: Floats) -> Ints:
    """Users from a mean population: rounded, at least one where there is load."""
    return np.maximum(np.rint(np.nan_to_num(mean)), bits > 0).astype(np.int64)


def coverage_of(site: tuple[str, ...], sector: tuple[str, ...], rank: Floats) -> Ints:
    """[cells]: the cell of the same site and sector with the lowest rank (the lowest frequency, say)."""
    umbrella = np.arange(len(site))
    for cell in range(len(site)):
        same = [c for c in range(len(site)) if site[c] == site[cell] and sector[c] == sector[cell]]
        umbrella[cell] = min(same, key=lambda c: (float(rank[c]), c))
    return umbrella
