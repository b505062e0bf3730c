"""What the RIC's own computing takes: joules measured where the machine tells, else power that was stated times time.

Measured is what counters of the processor's packages and memory (`powercap`) and of an NVIDIA device say of the whole
machine; `busy` is the share of its processor time that the RIC and the processes it started used, `idle` the rest of
the machine's share that is the RIC's. Estimated is their processor time times `cpu_watts`, and the rest of one core's
time times `idle_watts`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ricloop.core.time import NS_PER_S, Clock
from ricloop.runtime.energy.counters import EnergyCounter

LEAST_INTERVAL_NS = NS_PER_S
"""Between two readings: over less, counters that are renewed every millisecond or two say little."""
J_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSettings:
    """The table `[ric.cost]`."""

    cpu_watts: float = 8.0
    """Of one core at work, where nothing measures it."""
    idle_watts: float = 1.0
    """Of one core that waits, where nothing measures it."""
    share: float = 1.0
    """Of a machine whose power is measured: how much of it is the RIC's, 0 to 1."""
    pue: float = 1.4
    """Power of the site to power of its computers."""
    tariff: float = 0.25
    """Currency per kWh."""
    cell_saving_watts: float | None = None
    """What a sleeping cell saves, where no node reports power (PEE.AvgPower); None: not known."""


class Meter:
    """Adds up energy. `look` costs some tens of microseconds, once a second."""

    def __init__(
        self,
        settings: CostSettings,
        clock: Clock,
        *,
        cpu_ns: Callable[[], int],
        counters: tuple[EnergyCounter, ...] = (),
        devices: tuple[EnergyCounter, ...] = (),
        cores: int | None = None,
    ) -> None:
        """`cpu_ns`: processor time so far, as `processor_time_ns`. `counters` measure the whole machine, `devices` what
        only the RIC uses. `cores`: of the machine."""
        self.settings, self._clock, self._cpu_ns = settings, clock, cpu_ns
        self._counters, self._devices = counters, devices
        self._cores = cores or os.cpu_count() or 1
        self.joules = {(source, part): 0.0 for source in ("measured", "estimated") for part in ("busy", "idle")}
        self.cpu_s = self.seconds = 0.0
        self._at, self._cpu = clock.now(), cpu_ns()
        for counter in (*counters, *devices):
            counter.joules()

    def look(self) -> None:
        """Add what was used since it was last called; nothing within a second of that."""
        now = self._clock.now()
        if now - self._at < LEAST_INTERVAL_NS:
            return
        seconds, self._at = (now - self._at) / NS_PER_S, now
        before, self._cpu = self._cpu, self._cpu_ns()
        # Of a process that ended, nobody tells any more.
        cpu_s = max(0, self._cpu - before) / NS_PER_S
        self.seconds += seconds
        self.cpu_s += cpu_s
        told = [counter.joules() for counter in self._counters]
        if told and None not in told:
            whole = sum(joules or 0.0 for joules in told)
            busy = whole * min(1.0, cpu_s / (seconds * self._cores))
            self._add("measured", busy, max(0.0, whole * self.settings.share - busy))
        else:
            waited = max(0.0, seconds - cpu_s)
            self._add("estimated", cpu_s * self.settings.cpu_watts, waited * self.settings.idle_watts)
        self._add("measured", sum(device.joules() or 0.0 for device in self._devices), 0.0)

    def _add(self, source: str, busy: float, idle: float) -> None:
        self.joules[source, "busy"] += busy
        self.joules[source, "idle"] += idle

    def report(self, decisions: int, saved_watts: float | None) -> dict[str, Any]:
        """The energy so far, JSON-able. `saved_watts`: what the network saves at this moment; None: not known.

        `source` is `measured`, `estimated` or `mixed`. Money is without the site's rent and the computers' price.
        """
        joules = sum(self.joules.values())
        watts = joules / self.seconds if self.seconds else 0.0
        sources = {source for (source, _), value in self.joules.items() if value}
        site = joules * self.settings.pue
        return {
            "source": "mixed" if len(sources) > 1 else min(sources, default="estimated"),
            "joules": {f"{source} {part}": round(value, 3) for (source, part), value in self.joules.items()},
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_s, 3),
            "watts": round(watts, 3),
            "joules_per_decision": round(joules / decisions, 6) if decisions else None,
            "cost_per_1000_decisions": round(site / J_PER_KWH * self.settings.tariff / decisions * 1000, 9)
            if decisions
            else None,
            "saved_watts": None if saved_watts is None else round(saved_watts, 3),
            "net_watts": None if saved_watts is None else round(saved_watts - watts * self.settings.pue, 3),
        }


def processor_time_ns() -> int:
    """Of this process and of those that it started and that are still there. Linux tells of the latter."""
    ticks = 0
    for child in _children():
        with suppress(OSError, IndexError, ValueError):
            # After the name, which may hold anything, utime and stime are fields 14 and 15 (proc(5)).
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return time.process_time_ns() + ticks * NS_PER_S // _TICKS_PER_S


_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _children() -> list[str]:
    found: list[str] = []
    with suppress(OSError):
        for task in os.scandir("/proc/self/task"):
            found += Path(task.path, "children").read_text().split()
    return found
