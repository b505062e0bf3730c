"""Which reader a trace needs, told by its header."""

from __future__ import annotations

from pathlib import Path

from ricloop_e2sim.replay import columns, lte_varunkurri, viavi_rsg
from ricloop_e2sim.replay.table import read_header
from ricloop_e2sim.replay.trace import Trace, TraceError


def read_trace(path: str | Path, column_map: str | Path | None = None) -> Trace:
    """Read a file or folder. `column_map` is the TOML map of any other CSV (see `columns`).

    Raises TraceError naming the file, and the column and its nearest spelling where one is unknown.
    """
    place = Path(path)
    if not place.exists():
        raise TraceError(f"there is no trace at {place}")
    if column_map is not None:
        return columns.read(place, Path(column_map))
    if place.is_dir():
        if (place / "CellReports.csv").exists():
            return viavi_rsg.read(place / "CellReports.csv")
        return lte_varunkurri.read(place)
    header = read_header(place)
    if all(mark in header for mark in viavi_rsg.MARKS):
        return viavi_rsg.read(place)
    if header == lte_varunkurri.HEADER:
        return lte_varunkurri.read(place)
    raise TraceError(
        f"{place}: no reader knows a header of {', '.join(header) or 'nothing'}; "
        "known are viavi_rsg (CellReports.csv) and lte_varunkurri (DateTime, Traffic); "
        "for any other CSV give a column map with --map, see e2sim/README.md"
    )
