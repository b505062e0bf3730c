"""Counters of energy that a machine has: the processor's, in `/sys/class/powercap`, and an NVIDIA device's."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

POWERCAP = Path("/sys/class/powercap")
"""Linux's power capping framework: a folder per zone, `energy_uj` counts microjoules up to `max_energy_range_uj`."""
_MEASURED = ("package", "dram")
"""Names of zones: what is in them (`core`, `uncore`) or around them (`psys`) would be counted twice."""


class EnergyCounter(Protocol):
    """Something that counts joules."""

    def joules(self) -> float | None:
        """Since it was last asked, 0 at first; None where it does not tell."""


class PowercapZone:
    """One zone of `powercap`. It wraps around, at a full load after some minutes to an hour."""

    def __init__(self, folder: Path) -> None:
        self._file, self._range = folder / "energy_uj", int((folder / "max_energy_range_uj").read_text())
        self._last: int | None = None

    def joules(self) -> float | None:
        try:
            now = int(self._file.read_text())
        except (OSError, ValueError):
            return None
        before, self._last = self._last, now
        if before is None:
            return 0.0
        return (now - before if now >= before else now + self._range - before) / 1e6


def powercap(root: Path = POWERCAP) -> tuple[PowercapZone, ...]:
    """The zones of the processors and their memory; none where there are none, or one may not be read (root may)."""
    found = []
    try:
        for folder in sorted(root.glob("intel-rapl:*")):
            if (folder / "name").read_text().startswith(_MEASURED):
                (folder / "energy_uj").read_text()
                found.append(PowercapZone(folder))
    except (OSError, ValueError):
        return ()
    return tuple(found)


class NvidiaDevice:
    """The energy of one NVIDIA device since its driver was loaded, in millijoules (NVML, Volta and later)."""

    def __init__(self, nvml: Any, index: int = 0) -> None:
        self._nvml = nvml
        self._device = nvml.nvmlDeviceGetHandleByIndex(index)
        self._last: int | None = None

    def joules(self) -> float | None:
        try:
            now = int(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._device))
        except self._nvml.NVMLError:
            return None
        before, self._last = self._last, now
        return 0.0 if before is None else max(0, now - before) / 1e3


def nvidia() -> tuple[NvidiaDevice, ...]:
    """The first device, where the package `nvidia-ml-py` and a device that tells are there."""
    try:
        import pynvml
    except ImportError:
        return ()
    try:
        pynvml.nvmlInit()
        device = NvidiaDevice(pynvml)
    except pynvml.NVMLError:
        return ()
    return () if device.joules() is None else (device,)
