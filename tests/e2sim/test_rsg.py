"""Import of the AI RSG's scenario files: a small one written for this test, and the published sample where it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError
from ricloop_e2sim.flows.schedule import Block
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.scenarios.document import Document
from ricloop_e2sim.scenarios.file import dump, loads
from ricloop_e2sim.scenarios.rsg import imported

CONFIG = """
Cells:
  Advanced_RF_Models:
  - {name: Other, scenario: RMa}
  - {name: Sector, scenario: UMa-Buildings, fastfadingEnabled: false}
  Advanced_Traffic_Models:
  - {name: TDD, frame: UL|DL|DL|DL|, multiplexing: {type: TDD}, schedAlgorithm: QoS-Aware Proportional Fairness}
  Cell_Profiles:
  - band: High
    name: H
    cellsConfig:
    - {arf: Sector, atm: TDD, azimuth: 0, energy_profile: RU, height: 20, power: 44, tilt: 6}
    - {arf: Sector, atm: TDD, azimuth: 180, energy_profile: RU, height: 20, power: 44, tilt: 9}
  - band: Low
    cellsConfig:
    - {arf: Sector, atm: TDD, azimuth: 0, energy_profile: RU, height: 20, power: 47, tilt: 6}
    - {arf: Sector, atm: TDD, azimuth: 180, energy_profile: RU, height: 20, power: 47, tilt: 6}
  Frequency_Bands:
  - name: Low
    frequency: 700
    rat: {bandwidth: 10, numerology: 0, type: NR}
    thresholds: {handover: {inter-freq_ho: {rsrp_offset: '6'}, intra-freq_ho: {hysteresis: 2, rsrp_offset: '4'}}}
  - name: High
    frequency: 3600
    rat: {bandwidth: 100, numerology: 1, type: NR}
    thresholds: {handover: {inter-freq_ho: {rsrp_offset: '-2'}, intra-freq_ho: {hysteresis: 2, rsrp_offset: '4'}}}
  RU_Models:
  - {name: RU, micro-sleep-power: 50, light-sleep-power: 30, deep-sleep-power: 5}
Data Set Generator:
  Configuration: {total_days: 2}
  Weekly Schedule:
  - Day: Tuesday
    Daily Schedule:
    - {Starting hour: 0, Hours: 8, UEs ratio: 0.5, Traffic ratio: 1}
  - Day: Sunday
    Daily Schedule:
    - {Starting hour: 8, Hours: 16, UEs ratio: 2, Traffic ratio: 3}
E2 Test: {procedures: {Versions: {e2ap: v3.00, kpm: v2.00}}}
Scenario_Generation:
  buildings: {types: [{floors: 4}, {floors: 10}]}
  map: {number: 2, distribution: {distance: 800}}
Slices:
  Slices:
  - {name: eMBB, Dedicated-PRB-Policy-Ratio: 10, Min-PRB-Policy-Ratio: 0, Max-PRB-Policy-Ratio: 90}
  - {name: gold, Dedicated-PRB-Policy-Ratio: 0, Min-PRB-Policy-Ratio: 20, Max-PRB-Policy-Ratio: 100}
System: {report_ms: 1000}
UE_Configuration:
  UE_Groups:
  - global-id: Indoor-{ue}
    distribution: [{ues: 5}, {ues: 6}]
    mobility: {type: short range, speed: 0}
    serviceConfig: [{slice: gold, targetTput_Mbps: 8, Average call duration: 60}]
  - global-id: Car-{ue}
    distribution: [{ues: 4}]
    mobility: {type: Manhattan, speed: 30}
    serviceConfig: [{slice: eMBB, targetTput_Mbps: 4}]
"""


def write(folder: Path, change: Callable[[Any], None] = lambda whole: None) -> Path:
    whole = yaml.safe_load(CONFIG)
    change(whole)
    path = folder / "config.conf"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return path


def test_sites_bands_cells_and_rules_map(tmp_path: Path) -> None:
    scenario, _ = imported(write(tmp_path))
    how = scenario.deployment
    assert (how.sites, how.sectors, how.distance_m, how.height_m, how.tilt_deg) == (2, 2, 800, 20, 6)
    # From north clockwise to from east against the clock.
    assert how.azimuths_deg == (90, -90)
    low, high = how.layers
    assert (low.frequency_mhz, low.bandwidth_mhz, low.spacing_khz, low.power_dbm) == (700, 10, 15, 47)
    assert (high.frequency_mhz, high.bandwidth_mhz, high.spacing_khz, high.power_dbm) == (3600, 100, 30, 44)
    assert low.duplex == high.duplex == 0.75
    # (−2 − 6) / 2: cells of the high band are left 4 dB earlier and entered 4 dB later than by the 4 dB within a band.
    assert (low.preference_db, high.preference_db) == (0, -4)
    assert (scenario.rules.a3.hysteresis_db, scenario.rules.a3_offset_db) == (2, 4)
    assert scenario.rules.policy is Policy.QOS_PROPORTIONAL_FAIR
    assert how.dialect == Dialect(kpm_time_octets=4, e2ap_version=3)
    assert (scenario.tick_us, scenario.seconds) == (1_000_000, 2 * 86_400)


def test_users_their_week_and_slices_map(tmp_path: Path) -> None:
    scenario, _ = imported(write(tmp_path))
    indoor, cars = scenario.groups
    # As many as in the fullest hour: twice as many.
    assert (indoor.users, indoor.moves, indoor.indoor, indoor.floors, indoor.slice) == (22, "static", 1, 7, 1)
    assert (cars.users, cars.moves, cars.speed_kmh, cars.indoor, cars.slice) == (8, "streets", 30, 0, 0)
    assert indoor.blocks == (Block(0, 8, 0.5, 1.0, (1,)), Block(8, 24, 2.0, 1.0, (6,)))
    embb, gold = scenario.slices
    assert (embb.sst, embb.dedicated, embb.minimum, embb.maximum) == (1, 10, 10, 90)
    assert (gold.sst, gold.minimum) == (129, 20)


def test_all_that_does_not_map_is_listed_and_nothing_else(tmp_path: Path) -> None:
    _, missing = imported(write(tmp_path))
    assert sorted(missing) == [
        "Cells/Advanced_RF_Models[0]",
        "Cells/Cell_Profiles[0]/cellsConfig[1]/tilt",
        "Cells/Cell_Profiles[0]/name",
        "Cells/Frequency_Bands[1]/thresholds/handover/intra-freq_ho",
        "Cells/RU_Models[0]/light-sleep-power",
        "Data Set Generator/Weekly Schedule[1]/Daily Schedule[0]/Traffic ratio",
        "UE_Configuration/UE_Groups[1]/serviceConfig[0]/targetTput_Mbps",
    ]


def test_an_imported_scenario_runs_and_can_be_written(tmp_path: Path) -> None:
    scenario, _ = imported(write(tmp_path))
    assert loads(dump(scenario)) == scenario
    run = NetworkRun(scenario, 1, 5.0)
    while not run.done:
        run.advance()
    assert run.result()["ues"] == 30


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda whole: whole["Scenario_Generation"]["map"].pop("number"), "Scenario_Generation/map/number is missing"),
        (lambda whole: whole["System"].update(report_ms="fast"), "System/report_ms is 'fast'; give a number"),
        (lambda whole: whole["Cells"]["Cell_Profiles"][0].update(band="X"), "Cells/Frequency_Bands has nothing called"),
        (lambda whole: whole["Cells"]["Cell_Profiles"][0]["cellsConfig"].pop(), "1 cells in one profile"),
        (lambda whole: whole["Cells"].pop("Cell_Profiles"), "Cells/Cell_Profiles is missing"),
        (lambda whole: whole["Slices"]["Slices"].pop(), "a group is in slice 'gold'; there are embb"),
        (lambda whole: whole["E2 Test"]["procedures"]["Versions"].update(e2ap="v9.00"), "Versions: E2AP has versions"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, change: Callable[[Any], None], why: str) -> None:
    with pytest.raises(ConfigError, match=rf"config\.conf: .*{why}"):
        imported(write(tmp_path, change))


def test_a_file_that_is_no_yaml_or_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.conf"
    with pytest.raises(ConfigError, match="No such file"):
        imported(path)
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="no YAML"):
        imported(path)


def test_a_document_lists_a_branch_by_its_root_and_a_half_read_one_by_its_leaves() -> None:
    document = Document({"a": {"b": [1, 2], "c": 3}, "d": {"e": 4, "f": {"g": 5}}, "h": 6})
    assert (document.take("d", "e"), document.take("a", "b", 1), document.take("x")) == (4, 2, None)
    assert document.unread() == ["a/b[0]", "a/c", "d/f", "h"]


def test_the_published_sample_maps(sample_data: Callable[[str], Path]) -> None:
    """The numbers are read off its file and its reports."""
    folder = sample_data("viavi_rsg")
    scenario, missing = imported(folder / "config.conf", folder / "CellReports.csv")
    how = scenario.deployment
    assert (how.sites, scenario.cells, how.azimuths_deg) == (7, 42, (90, -30, -150))
    assert (how.points[0], how.points[6]) == ((-535, 907), (917, -760))
    assert [(one.frequency_mhz, one.bandwidth_mhz, one.duplex, one.unit) for one in how.layers] == [
        (700, 20, 0.9, "ai-rsg"),
        (2100, 20, 0.9, "ai-rsg"),
    ]
    assert [group.users for group in scenario.groups] == [100, 300]
    assert [one.name for one in scenario.slices] == ["embb", "urllc", "miot", "v2x", "hmtc", "user"]
    assert "Security" in missing
    assert "Anomalies" in missing
    assert not any(path.endswith(("/azimuth", "/power", "/frequency", "/ues")) for path in missing)
    # At one in the morning a tenth of 200 users make calls at 8 Mbit/s: binomial of 400 at 0.05, deviation 4.4.
    run = NetworkRun(scenario, 1, 3.0)
    while not run.done:
        run.advance()
    assert run.result()["kpis"]["connected_mean"] == pytest.approx(20, abs=14)


def test_reports_of_another_scenario_are_refused(sample_data: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"2 sites, but .*CellReports\.csv has 7"):
        imported(write(tmp_path), sample_data("viavi_rsg") / "CellReports.csv")
