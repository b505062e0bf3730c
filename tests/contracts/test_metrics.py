"""What the simulator measures and bundled xApps ask for is in the registry: at its level, and within its range."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points

import numpy as np
import pytest

from ricloop.e2sm.kpm.feeds import Every, EveryUe
from ricloop.e2sm.kpm.metric import WHOLE, Label, Measurement
from ricloop.e2sm.kpm.metrics import METRICS, measure
from ricloop.e2sm.kpm.table import WITH_CAUSE
from ricloop.runtime.load import GROUP, xapp_class
from ricloop_e2sim.gnb.measure import CELL_METRICS, UE_METRICS, cell_values, ue_values
from ricloop_e2sim.gnb.sample import Window
from ricloop_e2sim.network import columns as measured
from ricloop_e2sim.network.bins import BINS
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.scenarios import SCENARIOS
from tests.e2sim.networks import TOWN

TICKS, REPORTED_EVERY = 60, 20


def test_what_the_simulator_measures_can_be_asked_for_at_that_level() -> None:
    assert {*CELL_METRICS, *UE_METRICS} <= METRICS.keys()
    # Power is the node's by definition; generators of traces, and the simulator, give it per cell.
    assert {name for name in CELL_METRICS if "C" not in METRICS[name].levels} == {
        name for name in CELL_METRICS if name.startswith("PEE.")
    }
    assert all(METRICS[name].per_ue for name in UE_METRICS)


def test_what_a_network_measures_can_be_asked_for_at_that_level() -> None:
    rows = {name: measure(name) for name in (*measured.CELL_NAMES, *measured.UE_NAMES)}
    assert {name for name in rows if name not in METRICS} == {name for name in rows if name.startswith(WITH_CAUSE)}
    # The same of what belongs to a CU-UP and to its ends of F1-U.
    assert {name for name in measured.CELL_NAMES if "C" not in rows[name].levels} == {
        name for name in measured.CELL_NAMES if name.startswith("PEE.") or rows[name].object in ("UP", "F1-U")
    }
    assert all(rows[name].per_ue for name in measured.UE_NAMES)
    assert all("X" in rows[name].labels for name in BINS)


@pytest.mark.parametrize("xapp", sorted(entry.name for entry in entry_points(group=GROUP)))
def test_a_bundled_xapp_asks_for_measurements_at_their_level(xapp: str) -> None:
    needs = [need for handler in xapp_class(xapp)().declared for need in (handler.feed, *handler.needs)]
    feeds = [need for need in needs if isinstance(need, Every | EveryUe)]
    assert feeds
    for feed in feeds:
        level = "U" if isinstance(feed, EveryUe) else "C"
        apart = {metric.name for metric in feed.metrics if level not in metric.measure.levels}
        # Power, as above: who asks a node that does not tell it per cell is refused the feed.
        assert {name for name in apart if not name.startswith("PEE.")} == set()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_the_simulator_measures_is_possible(scenario: str) -> None:
    simulation = SCENARIOS[scenario].simulation(1, seconds=60)
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


def test_what_a_network_measures_is_possible_whatever_happens_in_it() -> None:
    trouble = (
        Impairment("blackout", "gnb1", 2, 3),
        Impairment("sleeping-cell", "gnb2/s1/2100", 1, 4, 40),
        Impairment("backhaul-congestion", "gnb3", 1, 4, 0.5),
    )
    simulation = NetworkSimulation(replace(TOWN, impairments=trouble), 1)
    labels = {name: Label(bin_x=1) for name in BINS}
    offers = [view.measures() for view in simulation.gnbs]
    columns = {
        per_ue: [offers[0].column(Measurement(name, labels.get(name, WHOLE)), per_ue) for name in names]
        for per_ue, names in ((False, measured.CELL_NAMES), (True, measured.UE_NAMES))
    }
    meters = [offer.meter(REPORTED_EVERY * simulation.tick_us) for offer in offers]
    told = dict.fromkeys((*measured.CELL_NAMES, *measured.UE_NAMES), 0)
    for tick in range(1, TICKS + 1):
        simulation.advance()
        for reading in [meter.close() for meter in meters] if tick % REPORTED_EVERY == 0 else ():
            for per_ue, wanted in columns.items():
                for column in wanted:
                    assert column is not None
                    values = (reading.ues if per_ue else reading.cells)(column)
                    assert len(values) == (len(reading.users) if per_ue else 3)
                    known, (low, high) = values[~np.isnan(values)], measure(column.name).range
                    assert ((known >= low) & (known <= high)).all(), (column.name, known)
                    told[column.name] += len(known)
    assert all(told.values())
