"""Measurements: names, units, and what they say of a world that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop.e2sm.kpm.metrics import METRICS
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.gnb.measure import CELL_METRICS, UE_METRICS, cell_values, known_name, ue_values
from ricloop_e2sim.gnb.sample import Sample, Window
from ricloop_e2sim.gnb.world import World
from tests.e2sim.small import CAPACITY, COVERAGE, RATE, RULES, load, world


def sampled(ticks: int = 10, network: World | None = None, asked: tuple[float, ...] = (10, 20, 30)) -> Sample:
    network = network or world()
    window = Window(network)
    for _ in range(ticks):
        network.step(load(*asked))
        window.tick()
    return window.close()


def test_cell_values_in_their_units() -> None:
    sample = sampled()
    expected = {
        "RRU.PrbTotDl": (20, 50),  # percent
        "RRU.PrbUsedDl": (10, 50),  # PRBs
        "RRU.PrbAvailDl": (50, 100),
        "RRC.ConnMean": (1, 2),
        "RRC.ConnMax": (1, 2),
        "PEE.AvgPower": (160, 250),  # W
        "DRB.PdcpSduVolumeDL": (10 * RATE / 1e3, 50 * RATE / 1e3),  # kbit in the second
    }
    for name, values in expected.items():
        np.testing.assert_allclose(cell_values(sample, name), values, err_msg=name)


def test_energy_in_kwh_is_the_mean_power_over_the_window() -> None:
    sample = sampled()
    power, energy = cell_values(sample, "PEE.AvgPower"), cell_values(sample, "PEE.Energy")
    np.testing.assert_allclose(energy, power * 1.0 / 3.6e6)


def test_throughput_is_counted_over_the_time_with_data_in_the_buffer() -> None:
    sample = sampled()
    # One user with 10 of 50 PRBs for a tick has the whole cell for a fifth of it.
    assert cell_values(sample, "DRB.UEThpDl")[COVERAGE] == pytest.approx(50 * RATE / 1e3)
    # Two users share the capacity cell, busy half of the time.
    assert cell_values(sample, "DRB.UEThpDl")[CAPACITY] == pytest.approx(50 * RATE / 1e3)


def test_throughput_falls_when_a_cell_is_overloaded() -> None:
    busy = sampled(network=world(rules=replace(RULES, buffer_bits=1e9)), asked=(0, 100, 100))
    assert cell_values(busy, "DRB.UEThpDl")[CAPACITY] == pytest.approx(50 * RATE / 1e3)
    assert np.isnan(cell_values(busy, "DRB.UEThpDl")[COVERAGE])


def test_a_sleeping_cell_has_no_prbs_no_users_and_its_sleep_power() -> None:
    network = world()
    network.cells.sleep(CAPACITY, Depth.DEEP)
    network.step(load(1, 0, 0))
    sample = sampled(network=network, asked=(1, 0, 0))
    for name, value in {"RRU.PrbAvailDl": 0, "RRU.PrbTotDl": 0, "RRC.ConnMean": 0, "PEE.AvgPower": 2}.items():
        assert cell_values(sample, name)[CAPACITY] == pytest.approx(value), name


def test_values_per_user() -> None:
    sample = sampled()
    np.testing.assert_allclose(ue_values(sample, "RRU.PrbUsedDl"), (10, 20, 30))
    np.testing.assert_allclose(ue_values(sample, "DRB.PdcpSduVolumeDL"), np.array((10, 20, 30)) * RATE / 1e3)
    assert ue_values(sample, "RSRP").tolist() == [-90] * 3
    assert ue_values(sample, "RRC.ConnMean").tolist() == [1] * 3


def test_a_user_without_a_cell_has_no_radio_values() -> None:
    network = world()
    network.step(load(1, 1, 1))
    network.cells.sleep(CAPACITY, Depth.DEEP)
    sample = sampled(1, network, (1, 1, 1))
    assert np.isnan(ue_values(sample, "RSRP")).tolist() == [False, True, True]


def test_a_window_starts_where_the_last_one_ended() -> None:
    network = world()
    window = Window(network)
    for asked in (10, 40):
        network.step(load(asked, 0, 0))
        window.tick()
        assert cell_values(window.close(), "RRU.PrbUsedDl")[COVERAGE] == asked


@pytest.mark.parametrize("name", [*CELL_METRICS, *UE_METRICS])
def test_every_measurement_has_a_name_that_kpm_knows(name: str) -> None:
    assert name in METRICS
    assert name not in UE_METRICS or METRICS[name].per_ue


def test_a_name_is_found_in_any_of_its_accepted_spellings() -> None:
    assert known_name("drb.uethpdl", per_ue=False) == "DRB.UEThpDl"
    assert known_name("DRB.PdcpSduVolumeDl", per_ue=True) == "DRB.PdcpSduVolumeDL"
    assert known_name("PEE.AvgPower", per_ue=True) is None


def test_integers_by_definition_are_sent_as_integers() -> None:
    sample = sampled(network=world(), asked=(10.3, 0, 0))
    assert cell_values(sample, "RRU.PrbUsedDl")[COVERAGE] == 10
    assert cell_values(sample, "RRU.PrbTotDl")[COVERAGE] == 21
