"""What became of a whole network: KPIs since the beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from ricloop.e2sm.common import Slice
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.rrc.counters import CAUSES, ROW


def kpis(world: NetworkWorld) -> dict[str, float | int | None]:
    """Of the whole network since the beginning; None for what there was nothing of."""
    cell, cell_up, rrc = (table.sum(axis=1) for table in (world.totals.cell, world.totals.cell_up, world.totals.rrc))
    seconds = max(world.time_us, 1) / 1e6
    throughput, throughput_up = _throughput(world.totals.user), _throughput(world.totals.user_up)
    sinr = world.sinr_db[world.serving >= 0]
    asked, done = (_sum(rrc, "MM.HoExeInt%s" + what, ("ra", "er")) for what in ("Req", "Succ"))
    return {
        "served_mbps": float(cell[CellTotal.BITS]) / seconds / 1e6,
        "offered_mbps": float(cell[CellTotal.OFFERED_BITS]) / seconds / 1e6,
        "lost_percent": _percent(cell[CellTotal.LOST_BITS], cell[CellTotal.OFFERED_BITS]),
        "prb_percent": _percent(cell[CellTotal.PRB_S], cell[CellTotal.AVAILABLE_PRB_S]),
        "user_mbps_p5": _quantile(throughput, 5, 1e6),
        "user_mbps_p50": _quantile(throughput, 50, 1e6),
        "served_ul_mbps": float(cell_up[CellTotal.BITS]) / seconds / 1e6,
        "prb_ul_percent": _percent(cell_up[CellTotal.PRB_S], cell_up[CellTotal.AVAILABLE_PRB_S]),
        "user_ul_mbps_p50": _quantile(throughput_up, 50, 1e6),
        "wait_ms": None
        if not cell[CellTotal.BITS]
        else 1e3 * float(cell[CellTotal.QUEUE_BIT_S] / cell[CellTotal.BITS]),
        "sinr_db_p5": _quantile(sinr, 5),
        "sinr_db_p50": _quantile(sinr, 50),
        "sinr_db_p95": _quantile(sinr, 95),
        "connected_mean": float(cell[CellTotal.CONNECTED_S]) / seconds,
        "connections": _sum(rrc, "RRC.ConnEstabSucc.%s", CAUSES),
        "rejected": int(rrc[ROW["RRC.ConnEstabFailCause.NetworkReject"]]),
        "handovers": done,
        "handover_success_percent": _percent(done, asked),
        "ping_pongs": int(rrc[ROW["PingPong"]]),
        "link_failures": int(rrc[ROW["RadioLinkFailure"]]),
        "re_established": int(rrc[ROW["RRC.ReEstabAtt"]]),
        "asleep_percent": 100 * float(cell[CellTotal.ASLEEP_S]) / (seconds * world.deployment.cell_count),
        "mbit_per_kj": None
        if not cell[CellTotal.ENERGY_J]
        else float(cell[CellTotal.BITS]) / 1e6 / (float(cell[CellTotal.ENERGY_J]) / 1e3),
    }


def slices(world: NetworkWorld) -> list[dict[str, Any]]:
    """Of each slice's users since the beginning, downlink; None for what there was nothing of."""
    user, seconds = world.totals.user, max(world.time_us, 1) / 1e6
    told = []
    for number, one in enumerate(world.slicing.slices):
        own = user[:, world.population.slice == number]
        total, throughput = own.sum(axis=1), _throughput(own)
        told.append(
            {
                "name": one.name,
                "s_nssai": str(Slice(one.sst, one.sd)),
                "ues": own.shape[1],
                "served_mbps": float(total[UserTotal.BITS]) / seconds / 1e6,
                "offered_mbps": float(total[UserTotal.OFFERED_BITS]) / seconds / 1e6,
                "lost_percent": _percent(total[UserTotal.LOST_BITS], total[UserTotal.OFFERED_BITS]),
                "user_mbps_p5": _quantile(throughput, 5, 1e6),
                "user_mbps_p50": _quantile(throughput, 50, 1e6),
            }
        )
    return told


def _throughput(user: Floats) -> Floats:
    """bit/s while there was data, of those who had some."""
    served = user[UserTotal.BUSY_S] > 0
    return np.asarray(user[UserTotal.BITS][served] / user[UserTotal.BUSY_S][served])


def _sum(rrc: Floats, name: str, parts: tuple[str, ...]) -> int:
    return int(sum(rrc[ROW[name % part]] for part in parts))


def _percent(part: float, whole: float) -> float | None:
    return 100 * float(part) / float(whole) if whole else None


def _quantile(values: Floats, at: float, scale: float = 1.0) -> float | None:
    return float(np.percentile(values, at)) / scale if len(values) else None
