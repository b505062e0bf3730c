"""The data of a report page: JSON, whose long columns are little-endian numbers in base64.

A column is whole numbers with a scale and an offset: few bytes, and finer than a picture shows.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
import orjson

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.phy.carrier import noise_re_dbm
from ricloop_e2sim.picture.frames import affected
from ricloop_e2sim.picture.recorded import Recorded
from ricloop_e2sim.picture.symbols import symbols

NONE = 65_535
"""In place of a cell: there is none."""
STRONGEST = 8
"""Cells of one carrier that a point keeps; what is weaker disturbs little."""
MOST_PAIRS = 400_000
"""Points times cells."""
LEAST_DBM, STEP_DB = -160.0, 0.5
"""RSRP is kept in a byte."""

Column = dict[str, Any]


def page_data(run: Recorded) -> str:
    """JSON for a script element: no text in it can end the element."""
    text = orjson.dumps(_document(run), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _document(run: Recorded) -> dict[str, Any]:
    frames, deployment, area = run.frames, run.deployment, run.deployment.area
    plan, looks = deployment.plan, symbols(deployment)
    carriers = np.unique(plan.frequency_ghz, return_inverse=True)[1]
    near, rsrp = _ground(run, int(carriers.max()) + 1)
    noise = noise_re_dbm(deployment.noise_dbm)
    users = int(run.result["ues"])
    return {
        "area": [area.west, area.south, area.east, area.north],
        "sites": [
            {"name": name, "x": float(x), "y": float(y)}
            for name, x, y in zip(deployment.names, plan.x_m, plan.y_m, strict=True)
        ],
        "radius": looks.radius_m,
        "cells": [
            {
                "title": title,
                "site": int(plan.site[number]),
                "carrier": int(carriers[number]),
                "preference": float(deployment.preference_db[number]),
                "noise": round(float(noise[number]), 3),
                "hue": round(float(looks.hue_deg[number]), 1),
                "start": float(looks.start_deg[number]),
                "width": float(looks.width_deg[number]),
            }
            for number, title in enumerate(deployment.titles)
        ],
        "states": [state.name.lower().replace("_", " ") for state in CellState],
        "anomalies": [{**one.truth(), "cells": affected(one, deployment).tolist()} for one in run.scenario.impairments],
        "grid": {"ny": near.shape[0], "nx": near.shape[1], "k": near.shape[2]},
        "users": {"shown": len(frames.user), "all": users, "apart": int(frames.user[1]) if len(frames.user) > 1 else 1},
        "time": np.round(frames.time_s, 6).tolist(),
        "columns": {
            "cell": _whole(near),
            "rsrp": _bytes((rsrp - LEAST_DBM) / STEP_DB, STEP_DB, LEAST_DBM),
            "use": _bytes(frames.use * 250, 1 / 250),
            "state": _bytes(frames.state),
            "serves": _bytes(frames.serves),
            "lost_db": _bytes(frames.lost_db / STEP_DB, STEP_DB),
            "noise_db": _bytes(frames.noise_db / STEP_DB, STEP_DB),
            "barred": _bytes(frames.barred),
            "power_w": _scaled(frames.power_w),
            "mbps": _scaled(frames.mbps),
            "connected": _whole(frames.connected),
            "serving": _whole(frames.serving),
            "x": _scaled(frames.xy[..., 0]),
            "y": _scaled(frames.xy[..., 1]),
            "user_mbps": _scaled(frames.user_mbps),
        },
    }


def _ground(run: Recorded, carriers: int) -> tuple[Ints, Floats]:
    """[ny, nx, k]: the strongest cells of points, as many points as the page's size allows."""
    near, rsrp = run.coverage.strongest(STRONGEST * carriers)
    apart = max(1, int(np.ceil(np.sqrt(near.size / MOST_PAIRS))))
    return near[apart // 2 :: apart, apart // 2 :: apart], rsrp[apart // 2 :: apart, apart // 2 :: apart]


def _column(kind: str, values: Floats | Ints | Bools, scale: float = 1.0, offset: float = 0.0) -> Column:
    whole = np.rint(values).astype({"u8": "<u1", "u16": "<u2"}[kind])
    return {"type": kind, "scale": scale, "offset": offset, "data": b64encode(whole.tobytes()).decode()}


def _bytes(values: Floats | Ints | Bools, scale: float = 1.0, offset: float = 0.0) -> Column:
    return _column("u8", np.clip(np.asarray(values, dtype=np.float64), 0, 255), scale, offset)


def _whole(values: Ints) -> Column:
    """Numbers below 65535, and what is negative as `NONE`."""
    return _column("u16", np.where(values < 0, NONE, np.minimum(values, NONE - 1)))


def _scaled(values: Floats) -> Column:
    """65535 steps from the least to the greatest."""
    least = float(values.min())
    scale = (float(values.max()) - least) / NONE or 1.0
    return _column("u16", (values - least) / scale, scale, least)
