"""Three real LTE cells, MB per hour for a year (train_Cell*.csv, test_Cell*.csv): a folder, or one of the files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.replay.table import Table, make_grid, read_table
from ricloop_e2sim.replay.trace import Trace, TraceError, users_of

HEADER = ["DateTime", "Traffic"]
BITS_PER_MB = 8e6
PRBS_20_MHZ = 100.0
FULL_QUANTILE, FULL_USE = 99.9, 0.9
"""A cell's capacity is supposed to be its 99.9 % load / 0.9."""


def read(path: Path) -> Trace:
    """A folder brings all its cells, train and test, aligned by time; a file brings its one cell."""
    files = sorted(path.glob("t*_Cell*.csv")) if path.is_dir() else [path]
    if not files:
        raise TraceError(f"{path}: no train_Cell*.csv or test_Cell*.csv in this folder")
    times, cells, volumes = [], [], []
    for file in files:
        table = read_table(file)
        times.append(_times(table))
        volumes.append(table.numbers("Traffic"))
        cells += [file.stem.split("_")[-1]] * len(times[-1])
    grid = make_grid(np.concatenate(times), cells, path)
    volume = grid.place(np.concatenate(volumes)) * BITS_PER_MB
    bits = np.nan_to_num(volume)
    busiest = np.array([np.nanpercentile(column, FULL_QUANTILE) for column in volume.T])
    rate = busiest / FULL_USE / grid.interval_s / PRBS_20_MHZ
    cover = int(np.argmax([np.nanpercentile(column, 99) for column in volume.T]))
    return Trace(
        name=path.name,
        time_s=grid.time_s,
        interval_s=grid.interval_s,
        cells=grid.cells,
        site=("site",) * len(grid.cells),
        sector=("1",) * len(grid.cells),
        umbrella=np.full(len(grid.cells), cover),
        frequency_mhz=np.where(np.arange(len(grid.cells)) == cover, 800.0, 1800.0),
        prbs=np.full(len(grid.cells), PRBS_20_MHZ),
        bits=bits,
        rate=np.broadcast_to(rate, bits.shape).copy(),
        users=users_of(np.zeros_like(bits), bits),
        gaps=int(np.isnan(volume).sum()),
        assumptions=(
            f"the three cells stand on one site; {grid.cells[cover]}, which has the largest 99 % load, covers the rest",
            "a cell's capacity is its 99.9 % load / 0.9; 100 PRBs; one user per cell where there is load",
            "1 MB = 8,000,000 bits",
        ),
    )


def _times(table: Table) -> Floats:
    seconds = []
    for row, text in enumerate(table.text("DateTime"), start=2):
        try:
            moment = datetime.strptime(text, "%m/%d/%Y %H:%M")
        except ValueError:
            raise TraceError(f"{table.path}: row {row}: {text!r} is no time like 10/23/2017 0:00") from None
        seconds.append(moment.replace(tzinfo=UTC).timestamp())
    return np.array(seconds)
