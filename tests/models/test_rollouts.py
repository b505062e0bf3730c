"""What models are trained on is seeded, measured as nodes report it, and faulty where it says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop_e2sim.engine import Simulation
from ricloop_e2sim.measure import Window, cell_values
from ricloop_e2sim.scenarios import find
from ricloop_models.rollouts import KINDS, Fault, calendar, draw_faults, rollout

PLAN = find("three-sites")
METRICS = ("RRU.PrbTotDl", "DRB.PdcpSduVolumeDL")


def test_a_seed_gives_one_rollout_and_another_seed_another() -> None:
    one, again, other = (rollout(PLAN, seed, 30, METRICS) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.values, again.values)
    assert not np.array_equal(one.values, other.values)
    assert one.values.shape == (30, 12, 2)


def test_a_rollout_is_what_the_simulation_s_nodes_would_report() -> None:
    simulation = Simulation.of(PLAN, seed=5, seconds=3)
    watched = [Window(part.world) for part in simulation.parts]
    expected = []
    while not simulation.done:
        simulation.advance()
        for window in watched:
            window.tick()
        expected.append(np.concatenate([cell_values(window.close(), METRICS[0]) for window in watched]))
    np.testing.assert_array_equal(rollout(PLAN, 5, 30, METRICS).values[:, :, 0], np.float32(expected))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_changes_its_cell_in_its_time(kind: str) -> None:
    calm = replace(PLAN, demand=replace(PLAN.demand, start_hour=12.0, peak_coverage_load=0.4))
    fault = Fault(kind, site=1, cell=2, start=20, end=60)
    usual, broken = rollout(calm, 3, 80, METRICS), rollout(calm, 3, 80, METRICS, [fault])
    marked = np.zeros((80, 12), np.int8)
    marked[20:60, 1 * 4 + 2] = 1 + KINDS.index(kind)
    np.testing.assert_array_equal(broken.fault, marked)
    np.testing.assert_array_equal(broken.values[:20], usual.values[:20])
    np.testing.assert_array_equal(broken.values[:, :4], usual.values[:, :4])
    before, during = usual.values[20:60, 6], broken.values[20:60, 6]
    if kind == "surge":
        assert during[:, 1].sum() > 1.5 * before[:, 1].sum()
    elif kind == "interference":
        carried_before, carried = (part[:, 1].sum() / part[:, 0].sum() for part in (before, during))
        assert carried < 0.5 * carried_before, "kbit for a percent of PRBs"
    else:
        assert (during == usual.values[19, 6]).all()


def test_faults_are_drawn_from_a_seed_of_every_kind_and_inside_the_run() -> None:
    faults = draw_faults(PLAN, 4, 400, 9)
    assert faults == draw_faults(PLAN, 4, 400, 9) != draw_faults(PLAN, 5, 400, 9)
    assert {fault.kind for fault in faults} == set(KINDS)
    assert all(40 <= fault.start < fault.end <= 400 for fault in faults)


def test_the_calendar_is_sine_and_cosine_of_each_harmonic() -> None:
    np.testing.assert_allclose(calendar(np.array([0.0, 6.0]), 4), [[0, 1, 0, 1], [1, 0, 0, -1]], atol=1e-6)
