"""`ricloop sim …` with whole networks: the twelve by name, files, sizes, pace, truth, pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ricloop.core.errors import ConfigError
from ricloop_e2sim.cli import app
from ricloop_e2sim.scenarios import NETWORKS

TWELVE = [
    "quiet-night", "dense-urban-day", "stadium", "highway", "indoor-hotspot", "sleeping-cell", "interference",
    "backhaul-congestion", "slice-sla", "lossy-e2", "mixed-vendor", "blackout",
]  # fmt: skip


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def run(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    file = tmp_path / "result.json"
    invoke("run", *arguments, "--quiet", "--json", str(file))
    result: dict[str, Any] = json.loads(file.read_text())
    return result


def test_all_twelve_are_listed_beside_the_others() -> None:
    rows = {row["name"]: row for row in json.loads(invoke("list", "--json"))}
    assert set(TWELVE) == set(NETWORKS)
    assert set(TWELVE) < set(rows)
    assert (rows["dense-urban-day"]["cells"], rows["dense-urban-day"]["ues"]) == (21, 200)
    assert {name for name, row in rows.items() if row.get("anomalies")} == {
        "sleeping-cell", "interference", "backhaul-congestion", "slice-sla", "blackout",
    }  # fmt: skip


def test_a_run_says_its_size_speed_digest_energy_and_kpis(tmp_path: Path) -> None:
    result = run(tmp_path, "dense-urban-day", "--seed", "1", "--seconds", "3", "--speed", "max")
    assert {"cells", "ues", "steps", "speedup", "us_per_step", "digest", "energy_kwh", "kpis"} <= set(result)
    assert (result["cells"], result["ues"], result["steps"]) == (21, 200, 30)
    assert result["speedup"] == pytest.approx(1e5 / result["us_per_step"])
    assert result["energy_kwh"] > 0
    assert result["kpis"]["served_mbps"] > 0
    again = run(tmp_path, "dense-urban-day", "--seed", "1", "--seconds", "3", "--clock", "free")
    assert again["digest"] == result["digest"]
    assert (
        run(tmp_path, "dense-urban-day", "--seed", "2", "--seconds", "3", "--speed", "max")["digest"] != again["digest"]
    )


def test_a_network_of_several_slices_tells_each_ones_figures(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    said = invoke("run", "slice-sla", "--seconds", "3", "--speed", "max", "--json", str(file)).splitlines()
    web, gaming, meters = json.loads(file.read_text())["slices"]
    assert [(one["s_nssai"], one["ues"]) for one in (web, gaming, meters)] == [("1", 145), ("128", 25), ("3", 30)]
    assert gaming["offered_mbps"] == pytest.approx(25 * 8, rel=0.1)
    assert f"128      slice cloud-gaming: 25 users, {gaming['served_mbps']:.1f} of" in "\n".join(said)
    assert "slice" not in invoke("run", "highway", "--seconds", "1", "--speed", "max")


def test_other_sizes_and_a_pace(tmp_path: Path) -> None:
    result = run(tmp_path, "highway", "--seconds", "1", "--speed", "20", "--sites", "3", "--ues", "30")
    assert (result["cells"], result["ues"]) == (6, 30)
    assert result["drift_ms"] >= 0, "no tick is done before its time"


def test_truth_is_written_for_who_judges_detectors(tmp_path: Path) -> None:
    invoke("run", "blackout", "--seconds", "1", "--speed", "max", "--quiet", "--truth", str(tmp_path / "truth.json"))
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert truth["anomalies"]
    for anomaly in truth["anomalies"]:
        assert {"kind", "entity", "start", "end"} <= set(anomaly)


def test_a_file_is_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("schema: 1\nbased_on: dense-urban-day\nname: mine\ntitle: mine\nseconds: 1\n")
    assert run(tmp_path, str(file), "--speed", "max")["scenario"] == "mine"
    assert len(json.loads(invoke("topology", str(file)))["cells"]) == 21


def test_editors_are_given_a_schema() -> None:
    assert {"groups", "deployment", "impairments"} <= set(json.loads(invoke("schema"))["properties"])


def test_a_map_is_a_page_or_a_sheet(tmp_path: Path) -> None:
    said = invoke("map", "highway", "--seconds", "2", "--ues", "20", "-o", str(tmp_path / "map.html"))
    assert said == f"written: {tmp_path / 'map.html'}\n"
    assert "<html" in (tmp_path / "map.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "dense-urban-dy"), "Did you mean 'dense-urban-day'"),
        (("run", "no.yaml"), "No such file"),
        (("run", "highway", "--only", "gnb1"), "make one network"),
        (("run", "highway", "--speed", "fast"), "give max, or"),
        (("run", "highway", "--speed", "2", "--clock", "free"), "give one of them"),
        (("run", "highway", "--speed", "2", "--clock", "lockstep"), "leave it out"),
        (("run", "highway", "--speed", "max", "--connect", "tcp://127.0.0.1:1"), "leave --connect out"),
        (("run", "three-sites", "--ues", "4"), "a size of its own"),
        (("run", "highway", "--ues", "1"), "at least one"),
        (("run", "sleeping-cell", "--sites", "3"), "sleeping-cell with 3 sites: sleeping-cell at 'gnb4/s2/2100'"),
        (("map", "office", "-o", "x.png"), "single gNBs"),
        (("map", "highway", "-o", "x.gif"), "no picture ends in '.gif'"),
        (("import", "/no/such/config.conf", "-o", "x.yaml"), "No such file"),
    ],
)
def test_what_cannot_be_is_an_error_with_the_way_out(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
