"""What models are trained on is seeded, and measured as nodes report it."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.gnb.measure import cell_values
from ricloop_e2sim.gnb.sample import Window
from ricloop_e2sim.scenarios import find
from ricloop_models.rollouts import calendar, rollout

PLAN = find("three-sites")
METRICS = ("RRU.PrbTotDl", "DRB.PdcpSduVolumeDL")


def test_a_seed_gives_one_rollout_and_another_seed_another() -> None:
    one, again, other = (rollout(PLAN, seed, 30, METRICS) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.values, again.values)
    assert not np.array_equal(one.values, other.values)
    assert one.values.shape == (30, 12, 2)


def test_a_rollout_is_what_the_simulation_s_nodes_would_report() -> None:
    simulation = PLAN.simulation(seed=5, seconds=3)
    watched = [Window(part.world) for part in simulation.parts]
    expected = []
    while not simulation.done:
        simulation.advance()
        for window in watched:
            window.tick()
        expected.append(np.concatenate([cell_values(window.close(), METRICS[0]) for window in watched]))
    np.testing.assert_array_equal(rollout(PLAN, 5, 30, METRICS).values[:, :, 0], np.float32(expected))


def test_the_calendar_is_sine_and_cosine_of_each_harmonic() -> None:
    np.testing.assert_allclose(calendar(np.array([0.0, 6.0]), 4), [[0, 1, 0, 1], [1, 0, 0, -1]], atol=1e-6)
