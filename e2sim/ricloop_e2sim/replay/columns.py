"""Any CSV, read by a TOML map of its columns:

```toml
time = "timestamp"            # column
time_format = "epoch_s"       # or epoch_ms, or a strptime pattern as "%Y-%m-%d %H:%M" (read as UTC)
cell = "cell_name"
demand = { column = "dl_mbytes", unit = "MB" }
prb = { column = "prb_dl", unit = "PRB" }     # optional; or "%"
power = { column = "watt", unit = "W" }       # optional; or "kW"
users = "rrc_connected"       # optional
site = "site"                 # optional: all cells on one site
sector = "sector"             # optional: one sector per site
layer = "freq_mhz"            # optional number: the lowest of a sector covers the others
prbs = 100                    # PRBs of a full cell
```
Volumes are per interval (`bit kbit Mbit Gbit B kB MB GB`), rates per second (`bit/s kbit/s Mbit/s Gbit/s`).
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ricloop.core.errors import nearest
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.replay.table import Table, make_grid, read_table
from ricloop_e2sim.replay.trace import Trace, TraceError, coverage_of, fill_rates, users_of

VOLUME_BITS = {"bit": 1.0, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9, "B": 8.0, "kB": 8e3, "MB": 8e6, "GB": 8e9}
RATE_BITS = {f"{unit}/s": VOLUME_BITS[unit] for unit in ("bit", "kbit", "Mbit", "Gbit")}
POWER_W = {"W": 1.0, "kW": 1000.0}
PLAIN = {"time", "time_format", "cell", "users", "site", "sector", "layer", "prbs"}
WITH_UNIT = {"demand": {**VOLUME_BITS, **RATE_BITS}, "prb": {"PRB": 1.0, "%": 0.01}, "power": POWER_W}
NEEDED = ("time", "cell", "demand")
FULL_QUANTILE, FULL_USE = 99.9, 0.9


def read(path: Path, map_path: Path) -> Trace:
    """`map_path` is the TOML file. Raises TraceError naming what does not fit, and the nearest name that would."""
    columns = _read_map(map_path)
    table = read_table(path)
    cell = table.text(columns["cell"])
    grid = make_grid(_times(table, columns), cell, path)
    raw, unit = _with_unit(table, columns, "demand", map_path)
    bits = grid.place(raw)
    if unit in RATE_BITS:
        bits = bits * grid.interval_s
    count = len(grid.cells)

    def fixed(key: str, default: str) -> tuple[str, ...]:
        if key not in columns:
            return (default,) * count
        return tuple(grid.constant(table.text(columns[key]), columns[key], path))

    site, sector = fixed("site", "site"), fixed("sector", "1")
    layer = grid.place(table.numbers(columns["layer"])) if "layer" in columns else np.zeros((1, count))
    rank = np.nanmin(layer, axis=0)
    prbs = np.full(count, float(columns.get("prbs", 100)))
    load = np.nan_to_num(bits)
    if (raw < 0).any():
        row = int(np.argmax(raw < 0)) + 2
        raise TraceError(f"{path}: column {columns['demand']['column']!r}, row {row}: a demand is not negative")
    assumptions = []
    if grid.repeated:
        assumptions.append(f"{grid.repeated} rows repeat a cell and time: the last of each holds")
    if "prb" in columns:
        used, unit = _with_unit(table, columns, "prb", map_path)
        prb = grid.place(used) * (prbs if unit == "%" else 1.0)
        known = (prb > 0) & (bits > 0)
        rate = np.divide(bits, prb * grid.interval_s, out=np.full_like(bits, np.nan), where=known)
    else:
        busiest = np.array([np.nanpercentile(column, FULL_QUANTILE) for column in bits.T])
        rate = np.broadcast_to(np.where(busiest > 0, busiest, np.nan) / FULL_USE / grid.interval_s / prbs, bits.shape)
        assumptions.append("a cell's capacity is its 99.9 % load / 0.9, since the trace has no PRBs")
    if "layer" not in columns:
        assumptions.append("every cell stands alone, since the trace has no layer: nothing can sleep")
    umbrella = coverage_of(site, sector, rank) if "layer" in columns else np.arange(count)
    users = grid.place(table.numbers(columns["users"])) if "users" in columns else np.zeros_like(load)
    power = grid.place(_with_unit(table, columns, "power", map_path)[0]) if "power" in columns else None
    return Trace(
        name=path.name,
        time_s=grid.time_s,
        interval_s=grid.interval_s,
        cells=grid.cells,
        site=site,
        sector=sector,
        umbrella=umbrella,
        frequency_mhz=rank,
        prbs=prbs,
        bits=load,
        rate=fill_rates(rate, site),
        users=users_of(users, load),
        power_w=power,
        gaps=int(np.isnan(bits).sum()),
        assumptions=tuple(assumptions),
    )


def _read_map(path: Path) -> dict[str, Any]:
    try:
        columns = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TraceError(f"cannot read the column map {path}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TraceError(f"the column map {path} is not TOML: {error}") from error
    known = PLAIN | set(WITH_UNIT)
    for key in columns:
        if key not in known:
            raise TraceError(f"{path}: unknown key {key!r}.{nearest(key, known)}")
    for key in NEEDED:
        if key not in columns:
            raise TraceError(f"{path}: the key {key!r} is missing; a column map needs {', '.join(NEEDED)}")
    for key in WITH_UNIT.keys() & columns.keys():
        if not isinstance(columns[key], dict) or set(columns[key]) != {"column", "unit"}:
            raise TraceError(f'{path}: {key!r} is written {key} = {{ column = "…", unit = "…" }}')
    prbs = columns.get("prbs", 100)
    if isinstance(prbs, bool) or not isinstance(prbs, int | float) or not 1 <= prbs <= 1000:
        raise TraceError(f"{path}: prbs = {prbs!r}: the PRBs of a full cell, a number from 1 to 1000")
    for key in (PLAIN - {"prbs"}) & columns.keys():
        if not isinstance(columns[key], str):
            raise TraceError(f"{path}: {key!r} names a column, so it is text, not {columns[key]!r}")
    return columns


def _with_unit(table: Table, columns: dict[str, Any], key: str, map_path: Path) -> tuple[Floats, str]:
    """The column in this module's unit (bits or bit/s, PRBs or share, W), and the unit it was declared in."""
    entry, units = columns[key], WITH_UNIT[key]
    unit = str(entry["unit"])
    if unit not in units:
        raise TraceError(f"{map_path}: unknown unit {unit!r} of {key}.{nearest(unit, units)} Known: {', '.join(units)}")
    return table.numbers(str(entry["column"])) * units[unit], unit


def _times(table: Table, columns: dict[str, Any]) -> Floats:
    name, form = columns["time"], columns.get("time_format", "epoch_s")
    if form in ("epoch_s", "epoch_ms"):
        return table.numbers(name) / (1000 if form == "epoch_ms" else 1)
    seconds = []
    for row, text in enumerate(table.text(name), start=2):
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            raise TraceError(f"{table.path}: row {row}: time {text!r} does not fit {form!r}") from None
        seconds.append(moment.replace(tzinfo=UTC).timestamp())
    return np.array(seconds)
