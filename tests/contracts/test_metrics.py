"""What the simulator measures and bundled xApps ask for is in the registry: at its level, and within its range."""

from __future__ import annotations

from importlib.metadata import entry_points

import numpy as np
import pytest

from ricloop.e2sm.kpm.feeds import Every, EveryUe
from ricloop.e2sm.kpm.metrics import METRICS
from ricloop.runtime.load import GROUP, xapp_class
from ricloop_e2sim.engine import Simulation
from ricloop_e2sim.measure import CELL_METRICS, UE_METRICS, Window, cell_values, ue_values
from ricloop_e2sim.scenarios import SCENARIOS

TICKS, REPORTED_EVERY = 60, 20


def test_what_the_simulator_measures_can_be_asked_for_at_that_level() -> None:
    assert {*CELL_METRICS, *UE_METRICS} <= METRICS.keys()
    # Power is the node's by definition; generators of traces, and the simulator, give it per cell.
    assert {name for name in CELL_METRICS if "C" not in METRICS[name].levels} == {
        name for name in CELL_METRICS if name.startswith("PEE.")
    }
    assert all(METRICS[name].per_ue for name in UE_METRICS)


@pytest.mark.parametrize("xapp", sorted(entry.name for entry in entry_points(group=GROUP)))
def test_a_bundled_xapp_asks_for_measurements_at_their_level(xapp: str) -> None:
    needs = [need for handler in xapp_class(xapp).handlers() for need in (handler.feed, *handler.needs)]
    feeds = [need for need in needs if isinstance(need, Every | EveryUe)]
    assert feeds
    for feed in feeds:
        level = "U" if isinstance(feed, EveryUe) else "C"
        assert {metric.name for metric in feed.metrics if level not in metric.measure.levels} == set()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_the_simulator_measures_is_possible(scenario: str) -> None:
    simulation = Simulation.build(scenario, 1, seconds=60)
    windows = [Window(part.world) for part in simulation.parts]
    for tick in range(1, TICKS + 1):
        simulation.advance()
        for window in windows:
            window.tick()
            if tick % REPORTED_EVERY:
                continue
            sample = window.close()
            for names, values in ((CELL_METRICS, cell_values), (UE_METRICS, ue_values)):
                for name in names:
                    column, (low, high) = values(sample, name), METRICS[name].range
                    told = column[~np.isnan(column)]
                    assert ((told >= low) & (told <= high)).all(), (name, told)
