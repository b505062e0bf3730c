"""The KPIs at the top of a picture, in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kpi:
    """One row of `NetworkRun.result()`."""

    key: str
    title: str
    unit: str
    form: str = ",.1f"


KPIS = (
    Kpi("served_mbps", "Served traffic", "Mbit/s"),
    Kpi("lost_percent", "Lost traffic", "%", ".2f"),
    Kpi("prb_percent", "PRB use", "%"),
    Kpi("user_mbps_p50", "User throughput, median", "Mbit/s"),
    Kpi("user_mbps_p5", "User throughput, 5th percentile", "Mbit/s"),
    Kpi("served_ul_mbps", "Served traffic, uplink", "Mbit/s"),
    Kpi("prb_ul_percent", "PRB use, uplink", "%"),
    Kpi("user_ul_mbps_p50", "User throughput, uplink, median", "Mbit/s"),
    Kpi("sinr_db_p50", "SINR, median at the end", "dB"),
    Kpi("wait_ms", "Mean wait", "ms", ",.0f"),
    Kpi("handovers", "Handovers", "", ",.0f"),
    Kpi("handover_success_percent", "Handover success", "%"),
    Kpi("link_failures", "Link failures", "", ",.0f"),
    Kpi("asleep_percent", "Cell time asleep", "%"),
    Kpi("energy_kwh", "Energy", "kWh", ".3f"),
)


def headline(result: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Title, number and unit of each KPI; a dash for what there was nothing of."""
    values = {**result["kpis"], "energy_kwh": result["energy_kwh"]}
    return [
        (kpi.title, "–", "") if (value := values[kpi.key]) is None else (kpi.title, format(value, kpi.form), kpi.unit)
        for kpi in KPIS
    ]


def subtitle(result: Mapping[str, Any]) -> str:
    """What was run, in a line."""
    return (
        f"{result['scenario']} · seed {result['seed']} · {result['cells']} cells · {result['ues']} users · "
        f"{result['seconds']:g} s simulated"
    )
