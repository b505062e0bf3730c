"""Known joules, known figures: counters that wrap around, processes that end, and what is net of it all."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ricloop import Decision, XApp, ms, on
from ricloop.core.time import ManualClock
from ricloop.e2sm import kpm
from ricloop.runtime.energy.cost import CostSettings, Meter, processor_time_ns
from ricloop.runtime.energy.counters import NvidiaDevice, PowercapZone, powercap
from ricloop.runtime.energy.saving import Saving
from ricloop.runtime.models.metrics import lifecycle_metrics
from ricloop.runtime.models.words import energy_in_words
from tests.runtime.world import World

STATED = CostSettings(cpu_watts=10.0, idle_watts=2.0, pue=1.5, tariff=0.36)


class Cpu:
    """Processor time that a test says."""

    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


def zone(root: Path, name: str, energy_uj: int, place: str = "intel-rapl:0") -> Path:
    """A folder as Linux has one for each zone."""
    folder = root / place
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "name").write_text(f"{name}\n")
    (folder / "max_energy_range_uj").write_text("1000000000\n")
    (folder / "energy_uj").write_text(f"{energy_uj}\n")
    return folder


def test_stated_power_times_time_is_labelled_estimated() -> None:
    clock, cpu = ManualClock(), Cpu()
    meter = Meter(STATED, clock, cpu_ns=cpu)
    clock.advance(ms(4000))
    cpu.ns = 1_000_000_000
    meter.look()
    # One second at work at 10 W, three waiting at 2 W.
    found = meter.report(decisions=80, saved_watts=100.0)
    assert found["source"] == "estimated"
    assert found["joules"] == {
        "measured busy": 0.0, "measured idle": 0.0, "estimated busy": 10.0, "estimated idle": 6.0,
    }  # fmt: skip
    assert found["watts"] == 4.0
    assert found["joules_per_decision"] == 16 / 80
    # 16 J · 1.5 / 3.6e6 J per kWh · 0.36 = 2.4e-6 for 80 decisions.
    assert found["cost_per_1000_decisions"] == pytest.approx(2.4e-6 / 80 * 1000)
    assert found["net_watts"] == 100.0 - 4.0 * 1.5
    assert energy_in_words(found).startswith(
        "computing took 4.00 W (estimated), 200 mJ a decision; the network saves 100"
    )


def test_within_a_second_nothing_is_read() -> None:
    clock, cpu = ManualClock(), Cpu()
    meter = Meter(STATED, clock, cpu_ns=cpu)
    clock.advance(ms(999))
    cpu.ns = 500_000_000
    meter.look()
    assert meter.report(1, None)["seconds"] == 0
    clock.advance(ms(1))
    meter.look()
    assert meter.report(1, None)["joules"]["estimated busy"] == 5.0


def test_counters_of_packages_and_memory_are_measured_and_wrap_around(tmp_path: Path) -> None:
    package = zone(tmp_path, "package-0", 999_000_000)
    memory = zone(tmp_path, "dram", 5_000_000, "intel-rapl:0:1")
    zone(tmp_path, "core", 7, "intel-rapl:0:0")
    zone(tmp_path, "psys", 7, "intel-rapl:1")
    clock, cpu = ManualClock(), Cpu()
    found = powercap(tmp_path)
    assert len(found) == 2, "cores are in their package, psys is around it"
    meter = Meter(STATED, clock, cpu_ns=cpu, counters=found, cores=4)
    clock.advance(ms(2000))
    cpu.ns = 2_000_000_000
    (package / "energy_uj").write_text("29000000")
    (memory / "energy_uj").write_text("15000000")
    meter.look()
    # 30 J around the end of the counter, and 10 J; two of eight seconds of processor time were the RIC's.
    report = meter.report(10, None)
    assert report["source"] == "measured"
    assert (report["joules"]["measured busy"], report["joules"]["measured idle"]) == (10.0, 30.0)
    assert report["joules"]["estimated busy"] == 0.0


def test_a_machine_that_is_shared_is_counted_by_its_share(tmp_path: Path) -> None:
    package = zone(tmp_path, "package-0", 0)
    clock, cpu = ManualClock(), Cpu()
    meter = Meter(CostSettings(share=0.25), clock, cpu_ns=cpu, counters=powercap(tmp_path), cores=1)
    clock.advance(ms(1000))
    cpu.ns = 100_000_000
    (package / "energy_uj").write_text("80000000")
    meter.look()
    assert meter.report(1, None)["joules"] == {
        "measured busy": 8.0, "measured idle": 12.0, "estimated busy": 0.0, "estimated idle": 0.0,
    }  # fmt: skip


def test_a_counter_that_does_not_tell_is_answered_for_by_what_was_stated(tmp_path: Path) -> None:
    assert powercap(tmp_path / "none") == ()
    package = zone(tmp_path, "package-0", 0)
    counter = PowercapZone(package)
    clock, cpu = ManualClock(), Cpu()
    meter = Meter(STATED, clock, cpu_ns=cpu, counters=(counter,))
    (package / "energy_uj").unlink()
    clock.advance(ms(1000))
    meter.look()
    assert meter.report(1, None)["source"] == "estimated"
    assert powercap(tmp_path) == ()


class Nvml:
    """As the package `pynvml` is asked."""

    class NVMLError(Exception):
        """What it raises."""

    def __init__(self) -> None:
        self.mj: int | None = 7_000

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Any:
        return SimpleNamespace(index=index)

    def nvmlDeviceGetTotalEnergyConsumption(self, device: Any) -> int:
        if self.mj is None:
            raise self.NVMLError
        return self.mj


def test_a_devices_millijoules_are_measured_beside_an_estimated_processor() -> None:
    nvml, clock, cpu = Nvml(), ManualClock(), Cpu()
    meter = Meter(STATED, clock, cpu_ns=cpu, devices=(NvidiaDevice(nvml),))
    clock.advance(ms(1000))
    nvml.mj = 82_000
    meter.look()
    found = meter.report(1, None)
    assert (found["joules"]["measured busy"], found["source"]) == (75.0, "mixed")
    nvml.mj = None
    clock.advance(ms(1000))
    meter.look()
    assert meter.report(1, None)["joules"]["measured busy"] == 75.0


def test_processor_time_is_of_this_process_and_those_it_started() -> None:
    before = processor_time_ns()
    sum(range(2_000_000))
    assert processor_time_ns() > before


def test_what_sleeping_cells_save_is_what_they_usually_take_less_what_they_take() -> None:
    saving, cells = Saving(), np.array([1, 2, 3], np.uint64)
    awake, asleep = np.zeros(3, np.bool_), np.array([False, True, True])
    assert saving.of(cells, np.array([200, 220, np.nan], np.float32), awake) == 0.0
    assert saving.of(cells, np.array([200, 20, np.nan], np.float32), asleep) == 200.0
    assert saving.of(np.array([3], np.uint64), np.array([np.nan], np.float32), asleep[:1]) is None
    assert Saving().of(cells[:1], np.array([20], np.float32), asleep[1:2]) is None, "it was never seen awake"


def test_in_a_ric_the_meter_is_read_and_told() -> None:
    class Watching(XApp):
        @on(kpm.every(ms(100), kpm.Metric("PEE.AvgPower")))
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    world, cpu = World(Watching()), Cpu()
    lifecycle = world.ric.lifecycle
    lifecycle.meter = Meter(STATED, world.clock, cpu_ns=cpu)
    world.step(20)
    lifecycle.keep_house()
    told = world.ric.summary()["lifecycle"]["energy"]
    assert told["seconds"] == pytest.approx(world.clock.now() / 1e9)
    assert told["saved_watts"] == 0.0
    assert told["joules_per_decision"] > 0
    names = {metric.name for metric in lifecycle_metrics(lifecycle.status())}
    assert {"ricloop_energy_joules", "ricloop_joules_per_decision", "ricloop_net_watts", "ricloop_drift"} <= names
