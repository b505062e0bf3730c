"""CellReports.csv of the AI RSG: 15-minute means of 1 s reports (units differ from TS 28.552, see each column)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ricloop_e2sim.replay.table import make_grid, read_table
from ricloop_e2sim.replay.trace import Trace, TraceError, coverage_of, fill_rates, users_of

MARKS = ("Viavi.Cell.Name", "QosFlow.TotPdcpPduVolumeDl")
"""Columns that tell the file apart."""
KBIT = 1000.0


def read(path: Path) -> Trace:
    """`path` is the file. Cells are named site/profile/cell; the lower frequency covers the higher one beside it."""
    table = read_table(path)
    grid = make_grid(table.numbers("time (ms)") / 1000, table.text("Viavi.Cell.Name"), path)
    parts = [name.split("/") for name in grid.cells]
    odd = next((name for name, p in zip(grid.cells, parts, strict=True) if len(p) != 3), None)
    if odd is not None:
        raise TraceError(f"{path}: cell {odd!r} is not named site/profile/cell")
    site, sector = tuple(p[0] for p in parts), tuple(p[2] for p in parts)
    frequency = np.array([float(f) for f in grid.constant(table.text("Viavi.Frequency"), "Viavi.Frequency", path)])
    # kbit of a 1 s report, averaged over the interval: the total is that many seconds as much.
    volume = grid.place(table.numbers("QosFlow.TotPdcpPduVolumeDl")) * KBIT * grid.interval_s
    used = grid.place(table.numbers("RRU.PrbUsedDl"))
    prbs = np.nanmax(grid.place(table.numbers("RRU.PrbAvailDl")), axis=0)
    known = (used > 0) & (volume > 0)
    rate = np.divide(volume, used * grid.interval_s, out=np.full_like(volume, np.nan), where=known)
    gaps = int(np.isnan(volume).sum())
    bits = np.nan_to_num(volume)
    return Trace(
        name=path.name,
        time_s=grid.time_s,
        interval_s=grid.interval_s,
        cells=grid.cells,
        site=site,
        sector=sector,
        umbrella=coverage_of(site, sector, frequency),
        frequency_mhz=frequency,
        prbs=prbs,
        bits=bits,
        rate=fill_rates(rate, site),
        users=users_of(grid.place(table.numbers("RRC.ConnMean")), bits),
        power_w=grid.place(table.numbers("PEE.AvgPower")),
        gaps=gaps,
        assumptions=("the 700 MHz cell of each site and sector covers its 2100 MHz cell fully",),
    )
