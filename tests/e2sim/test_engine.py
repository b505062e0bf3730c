"""Whole runs: the same seed gives the same digest, and a gNB's part does not depend on the others."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cgi
from ricloop_e2sim.e2node.timing import REPORTING_SHARE
from ricloop_e2sim.gnb.result import combine, combine_digests
from ricloop_e2sim.gnb.simulation import Simulation
from ricloop_e2sim.scenarios import SCENARIOS, find


def finished(name: str = "three-sites", seed: int = 1, only: str | None = None, seconds: float = 3.0) -> Simulation:
    simulation = find(name).simulation(seed, only, seconds=seconds)
    while not simulation.done:
        simulation.advance()
    return simulation


@pytest.mark.parametrize("name", SCENARIOS)
def test_one_seed_gives_one_digest(name: str) -> None:
    first, again, other = (finished(name, seed, seconds=1.0).result()["digest"] for seed in (1, 1, 2))
    assert first == again != other


def test_the_parts_run_apart_make_the_same_digest_as_the_whole() -> None:
    whole = finished().result()
    parts = [finished(only=gnb).result() for gnb in ("gnb1", "gnb2", "gnb3")]
    assert combine_digests([part["digest"] for part in parts]) == whole["digest"]
    combined = combine(parts)
    for key in ("energy_kwh", "offered_bits", "clairvoyant_saved_percent", "cells", "ues", "nodes", "digest"):
        assert combined[key] == pytest.approx(whole[key]) if isinstance(whole[key], float) else whole[key]


def test_nobody_controls_a_run_alone_so_nothing_is_saved_and_the_twin_is_equal() -> None:
    result = finished().result()
    assert result["energy_kwh"] == result["energy_baseline_kwh"] > 0
    assert result["energy_saved_percent"] == 0
    assert result["lost_bits"] == result["baseline_lost_bits"]


def test_the_nodes_phases_are_the_same_alone_and_together_and_leave_room_for_answers() -> None:
    together = {node.name: node.phase_us for node in find("three-sites").simulation().nodes}
    alone = {node.name: node.phase_us for node in find("three-sites").simulation(only="gnb3").nodes}
    assert alone.items() <= together.items()
    assert len(set(together.values())) == 4
    assert max(together.values()) < REPORTING_SHARE * 100_000


def test_the_default_scenario_has_a_night_to_sleep_in_and_an_evening_to_be_awake_for() -> None:
    simulation = finished(seconds=20)
    demand = [part._log.demand() for part in simulation.parts]
    for day in demand:
        capacity = day.umbrella != np.arange(len(day.umbrella))
        on_coverage = day.own_prbs.copy()
        on_coverage[:, capacity] = day.umbrella_prbs[:, capacity]
        load = np.stack(
            [on_coverage[:, day.umbrella == c].sum(axis=1) / day.prbs[c] for c in np.flatnonzero(~capacity)]
        )
        assert load[:, 40:80].mean() < 0.25
        assert load[:, 150:].mean() > 1.0
    result = simulation.result()
    assert 3 < result["clairvoyant_saved_percent"] < 30
    assert result["lost_traffic_percent"] < 1


def test_the_topology_names_every_cell_of_the_simulation_once() -> None:
    plan = find("three-sites")
    topology = plan.topology()
    simulated = [str(Cgi.unpack(c)) for part in plan.simulation().parts for c in part.layout.cells]
    assert [cell["cell"] for cell in topology["cells"]] == simulated
    full = [r for r in topology["relations"] if r["es_covered_by"] == "full"]
    assert len(full) == 6
    by_cell = {cell["cell"]: cell for cell in topology["cells"]}
    for relation in full:
        covered, cover = by_cell[relation["cell"]], by_cell[relation["neighbour"]]
        assert (covered["frequency_mhz"], cover["frequency_mhz"]) == (2100, 700)
        assert (covered["gnb"], covered["sector"]) == (cover["gnb"], cover["sector"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_user_is_served_by_its_home_and_by_the_cell_that_covers_it(name: str) -> None:
    for part in find(name).simulation(5).parts:
        layout = part.layout
        users = np.arange(layout.user_count)
        assert (layout.rate[users, layout.home] > 0).all()
        assert (layout.rate[users, layout.umbrella[layout.home]] > 0).all()


def test_misspelt_names_are_errors_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'three-sites'"):
        find("tree-sites").simulation()
    with pytest.raises(ConfigError, match=r"no gNB 'gnb4'.*gnb1, gnb2, gnb3"):
        find("three-sites").simulation(only="gnb4")
