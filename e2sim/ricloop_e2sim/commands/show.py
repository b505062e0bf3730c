"""What a person sees of a simulation: a live table on a terminal, whole plain lines when piped."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ricloop_e2sim.drivers.driven import Runnable

LINES = 10
"""Progress lines of a piped run, whatever its length."""


class Show:
    """Context manager; call `tick` after every tick."""

    def __init__(self, simulation: Runnable, *, quiet: bool) -> None:
        self._simulation, self._quiet = simulation, quiet
        self.console = Console(quiet=quiet, soft_wrap=not sys.stdout.isatty())
        live = self.console.is_terminal and not quiet
        self._live = Live(console=self.console, transient=True, refresh_per_second=5) if live else None
        self._every = max(1, simulation.ticks // LINES)

    def __enter__(self) -> Show:
        self.console.print(self._simulation.title, highlight=False)
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def tick(self) -> None:
        simulation = self._simulation
        if self._quiet:
            return
        if self._live:
            if simulation.done_ticks % 2 == 0:
                self._live.update(cell_table(simulation.status()))
        elif simulation.done_ticks % self._every == 0:
            self.console.print(_line(simulation.status(), simulation), highlight=False)

    def waiting(self, text: str) -> None:
        """Say what a node waits for."""
        self.console.print(text, highlight=False)


def _line(status: Mapping[str, Any], simulation: Runnable) -> str:
    busy = max(row["prb_percent"] for row in status["table"])
    twin = status.get("baseline_power_w")
    return (
        f"{status['time_us'] / 1e6:8.1f} s  {100 * simulation.done_ticks / simulation.ticks:3.0f} %  "
        f"asleep {status['asleep']} of {len(status['table'])} cells  busiest {busy:.0f} % PRB  "
        f"power {status['power_w']:.0f} W" + ("" if twin is None else f" of {twin:.0f} W")
    )


def cell_table(status: Mapping[str, Any]) -> Table:
    """One row per cell."""
    table = Table(title=f"{status['time_us'] / 1e6:.1f} s", title_justify="left")
    for name in ("cell", "state"):
        table.add_column(name)
    for name in ("PRB %", "users", "W"):
        table.add_column(name, justify="right")
    for row in status["table"]:
        table.add_row(
            row["cell"], row["state"], f"{row['prb_percent']:.1f}", f"{row['users']}", f"{row['power_w']:.0f}",
            style="" if row["state"] == "active" else "dim",
        )  # fmt: skip
    return table


def summary(result: Mapping[str, Any]) -> list[str]:
    """A finished run in a few lines."""
    rows = _of_network(result) if "kpis" in result else _of_gnbs(result)
    if result.get("speedup"):
        rows["speed"] = f"{result['speedup']:.1f}x real time, {result['us_per_step']:.0f} us a step"
    rows["digest"] = str(result["digest"])
    return [f"{name:8} {text}" for name, text in rows.items()]


def _of_gnbs(result: Mapping[str, Any]) -> dict[str, str]:
    best = result["clairvoyant_saved_percent"]
    return {
        "network": f"{len(result['nodes'])} E2 nodes, {result['cells']} cells, {result['ues']} users",
        "energy": f"{result['energy_kwh']:.4f} kWh against {result['energy_baseline_kwh']:.4f} kWh always on: "
        f"{result['energy_saved_percent']:.2f} % saved at equal served traffic"
        + ("" if best is None else f" (the clairvoyant optimum saves {best:.2f} %)"),
        "asleep": f"{result['asleep_percent']:.1f} % of cell time, {result['transitions']} transitions",
        "traffic": f"{result['lost_traffic_percent']:.3f} % lost (always on {result['baseline_lost_percent']:.3f} %), "
        f"{result['failures']} users cut off, {result['handovers']} handovers, "
        f"uncovered {result['uncovered_cell_seconds']:g} s",
    }


def _of_network(result: Mapping[str, Any]) -> dict[str, str]:
    kpis = {name: math.nan if value is None else value for name, value in result["kpis"].items()}
    share = result["kpis"]["handover_success_percent"]
    tried = "" if share is None else f" ({share:.1f} % of those tried)"
    anomalies = "" if not result["truth"] else f", {len(result['truth'])} anomalies and link faults"
    return {
        "network": f"{result['cells']} cells, {result['ues']} users{anomalies}",
        "energy": f"{result['energy_kwh']:.4f} kWh, {kpis['mbit_per_kj']:.1f} Mbit/kJ",
        "asleep": f"{kpis['asleep_percent']:.1f} % of cell time",
        "traffic": f"{kpis['served_mbps']:.1f} of {kpis['offered_mbps']:.1f} Mbit/s, {kpis['lost_percent']:.3f} % "
        f"lost, PRB {kpis['prb_percent']:.1f} %, a user's {kpis['user_mbps_p50']:.1f} Mbit/s "
        f"(5 %: {kpis['user_mbps_p5']:.2f})",
        "uplink": f"{kpis['served_ul_mbps']:.1f} Mbit/s, PRB {kpis['prb_ul_percent']:.1f} %, "
        f"a user's {kpis['user_ul_mbps_p50']:.1f} Mbit/s",
        "radio": f"SINR {kpis['sinr_db_p50']:.1f} dB (5 %: {kpis['sinr_db_p5']:.1f}), {kpis['handovers']} handovers"
        f"{tried}, {kpis['link_failures']} link failures",
        **_of_slices(result["slices"]),
    }


def _of_slices(slices: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if len(slices) < 2:
        return {}
    told = [{name: math.nan if value is None else value for name, value in one.items()} for one in slices]
    return {
        str(one["s_nssai"]): f"slice {one['name']}: {one['ues']} users, {one['served_mbps']:.1f} of "
        f"{one['offered_mbps']:.1f} Mbit/s, {one['lost_percent']:.3f} % lost, "
        f"a user's {one['user_mbps_p50']:.1f} Mbit/s (5 %: {one['user_mbps_p5']:.2f})"
        for one in told
    }
