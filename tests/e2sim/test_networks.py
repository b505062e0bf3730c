"""The scenarios of whole networks: each builds, runs to its end, repeats itself, and is what its story says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.dialect import STANDARD, Family
from ricloop.core.errors import ConfigError
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.scenarios import NETWORKS, find_network

NAMES = [
    *("quiet-night", "dense-urban-day", "stadium", "highway", "indoor-hotspot", "sleeping-cell", "interference"),
    *("backhaul-congestion", "slice-sla", "lossy-e2", "mixed-vendor", "blackout"),
]
WRONG = {"sleeping-cell", "interference", "backhaul-congestion", "slice-sla", "blackout"}


def run(scenario: NetworkScenario, seconds: float, seed: int = 1) -> NetworkRun:
    run = NetworkRun(scenario, seed, seconds)
    while not run.done:
        run.advance()
    return run


def test_there_are_twelve_and_the_nearest_is_named_for_another() -> None:
    assert set(NETWORKS) == set(NAMES)
    assert all(find_network(name).name == name for name in NAMES)
    with pytest.raises(ConfigError, match="'highway'"):
        find_network("higway")


@pytest.mark.parametrize("name", NAMES)
def test_each_runs_to_its_end_and_repeats_itself(name: str) -> None:
    short = find_network(name).scaled(users=40)
    first, again, other = run(short, 2.0), run(short, 2.0), run(short, 2.0, seed=2)
    result = first.result()
    assert (result["steps"], result["seconds"], result["ues"]) == (20, 2.0, 40)
    assert result["cells"] == short.cells == len(first.world.deployment.cells)
    assert result["kpis"]["served_mbps"] > 0
    assert first.digest == again.digest != other.digest


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_has_every_anomaly_within_the_run(name: str) -> None:
    scenario = find_network(name)
    truth = scenario.truth()
    assert len(truth) == len(scenario.impairments) + len(scenario.faults) + len(scenario.associations)
    if name in WRONG:
        assert len({one["entity"] for one in truth}) >= 3
        assert len({one["start"] for one in truth}) >= 3
        assert all(one["kind"] == name and 10 <= one["start"] < one["end"] <= scenario.seconds - 10 for one in truth)
    elif name != "lossy-e2":
        assert truth == []


def test_the_city_is_of_the_size_that_speed_is_stated_for() -> None:
    city = find_network("dense-urban-day")
    assert (city.deployment.sites, city.cells, city.users, city.tick_us) == (7, 21, 200, 100_000)


def test_at_night_the_capacity_layer_sleeps_at_a_profit() -> None:
    night = find_network("quiet-night")
    assert night.seconds == 3 * 3600
    awake, asleep = NetworkRun(night, 1, 60.0), NetworkRun(night, 1, 60.0)
    capacity = np.flatnonzero(asleep.world.deployment.frequency_mhz == 2100)
    for cell in capacity.tolist():
        asleep.world.availability.energy.sleep(cell, Depth.DEEP)
    for one in (awake, asleep):
        while not one.done:
            one.advance()
    before, after = awake.result(), asleep.result()
    # Half of the cells idle at 100 W, asleep at 2 W.
    assert after["energy_kwh"] < 0.75 * before["energy_kwh"]
    assert after["kpis"]["served_mbps"] > 0.95 * before["kpis"]["served_mbps"]


def test_on_the_highway_users_pass_from_cell_to_cell() -> None:
    road = find_network("highway")
    assert {group.moves for group in road.groups} == {"route"}
    one = run(road, 60.0)
    # 27 m/s through 866 m per cell: a connected user changes about twice a minute.
    assert one.result()["kpis"]["handovers"] > one.result()["kpis"]["connected_mean"]
    assert one.result()["kpis"]["handover_success_percent"] > 95


def test_the_office_is_served_from_its_ceiling() -> None:
    one = run(find_network("indoor-hotspot"), 20.0)
    world = one.world
    assert set(world.deployment.plan.scenario) == {"InH", "UMi"}
    indoors = world.population.group < 2
    served = world.serving[indoors & (world.serving >= 0)]
    assert len(served) > 20
    assert (world.deployment.gnb[served] < 4).mean() > 0.8


def test_the_crowd_of_the_stadium_is_dense_and_loads_the_roof() -> None:
    one = run(find_network("stadium"), 20.0)
    world = one.world
    assert (np.hypot(*world.population.xy.T) <= 120).sum() >= 580
    used, offered = (world.totals.cell[row] for row in (CellTotal.PRB_S, CellTotal.AVAILABLE_PRB_S))
    roof = world.deployment.gnb < 6
    assert used[roof].sum() / offered[roof].sum() > 0.5


def test_vendors_differ_in_units_carriers_and_dialects() -> None:
    where = deploy(find_network("mixed-vendor").deployment)
    assert [dialect.family for dialect in where.dialects].count(Family.FLEXRIC) == 2
    assert {dialect.e2ap_version for dialect in where.dialects} == {1, 2, 3}
    assert {dialect.kpm_time_octets for dialect in where.dialects} == {4, 8}
    assert len(set(where.units)) == 5
    units = {
        name: {u for u, g in zip(where.units, where.gnb, strict=True) if where.names[g] == name} for name in where.names
    }
    assert units["gnb3"] == {"ai-rsg"}
    assert units["gnb2"] == {"earth-macro", "earth-rrh"}
    assert set(deploy(find_network("dense-urban-day").deployment).dialects) == {STANDARD}


def test_faults_of_links_leave_the_network_as_it_is() -> None:
    lossy = find_network("lossy-e2").scaled(users=40)
    assert lossy.faults
    assert run(lossy, 2.0).digest == run(replace(lossy, faults=(), associations=()), 2.0).digest
    assert len(lossy.links(1)) == 7


@pytest.mark.parametrize("name", NAMES)
def test_each_grows_and_shrinks(name: str) -> None:
    scenario = find_network(name)
    assert scenario.scaled(users=100).users == 100
    if scenario.deployment.points:
        assert scenario.scaled(sites=2).deployment.points == scenario.deployment.points[:2]
        with pytest.raises(ConfigError, match="has places for"):
            scenario.scaled(sites=99)
    else:
        large = scenario.scaled(sites=19)
        assert len(deploy(large.deployment).names) == 19
        assert large.truth() == scenario.truth()
