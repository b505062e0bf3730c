"""Several xApps in one demo: all of them at work, who wins where two want one cell, and what one reads of another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ricloop_e2sim.gnb.traffic import Surge
from ricloop_xapps.demo.together import ALL, stutter
from tests.end_to_end.conftest import Run, run_in
from tests.end_to_end.test_demo import demo, promises

NEEDED = {"cell 00101-000004002", "cell 00101-000004004"}
"""The first site's capacity cells, which the demo's event needs."""


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """One run of all, as fast as it goes, and what it kept."""
    folder = tmp_path_factory.mktemp("together")
    kept = folder / "kept"
    arguments = ("--transport", "memory", "--clock", "free", "--seconds", "20", "--run-dir", str(kept))
    return demo(run_in(folder), folder, "--xapps", "all", *arguments), kept


def test_every_xapp_decides_and_what_it_did_is_told(free: tuple[dict[str, Any], Path]) -> None:
    result, _ = free
    promises(result)
    assert set(result["xapps"]) == set(ALL)
    for told in result["xapps"].values():
        assert told["decisions"] == sum(told[f"by_{who}"] for who in ("model", "handler", "rule", "hold")) > 0
    for name in ("traffic-prediction", "anomaly-detection"):
        assert result["xapps"][name]["by_model"] > 0
    assert sum(told["sent"] for told in result["xapps"].values()) == result["controls"]["sent"]
    assert sum(told["refused"] for told in result["xapps"].values()) == result["controls"]["refused"]


def test_the_arbiter_gives_the_cell_to_the_one_that_needs_it(free: tuple[dict[str, Any], Path]) -> None:
    result, kept = free
    conflicts = result["conflicts"]
    assert conflicts["decided"] == sum(row["count"] for row in conflicts["rows"]) > 0
    who = {(row["winner"], row["loser"], row["why"]) for row in conflicts["rows"]}
    assert who == {("planned-events", "energy-saving", "priority")}
    assert {row["resource"] for row in conflicts["rows"]} <= NEEDED
    with (kept / "audit.jsonl").open() as lines:
        records = [json.loads(line) for line in lines]
    refused = [one for r in records if r["kind"] == "decision" for one in r["refused"] if one["by"] == "arbiter"]
    assert refused
    assert all("held by xApp 'planned-events'" in one["reason"] for one in refused)


def test_an_injected_drift_is_alarmed_and_clears(free: tuple[dict[str, Any], Path]) -> None:
    drift = free[0]["drift"]
    begin, end = drift["injected_s"]
    changes = [(change["state"], change["time_s"]) for change in drift["changes"]]
    assert begin < min(at for state, at in changes if state == "drifting") < begin + 1.5
    assert end < max(at for state, at in changes if state == "ok") < end + 3.5
    assert drift["alarmed"] > 0
    assert drift["open"] == 0


def test_what_one_publishes_the_other_reads(free: tuple[dict[str, Any], Path]) -> None:
    read = free[0]["forecast"]["energy-saving"]
    with (free[1] / "audit.jsonl").open() as lines:
        records = [json.loads(line) for line in lines]
    asked = [one for one in records if one.get("xapp") == "energy-saving" and one.get("handler") == "decide"]
    assert read["read"] + read["unknown"] == len(asked)
    assert read["unknown"] <= 3 * 5, "three gNBs, before the first forecasts"
    assert 0 <= read["age_ms"]["p50"] <= read["age_ms"]["max"] <= 300


def test_the_page_shows_all_of_it(free: tuple[dict[str, Any], Path]) -> None:
    result, kept = free
    page = (kept / "report.html").read_text()
    for words in (
        "traffic-prediction",
        "Conflicts that the arbiter decided",
        "planned event",
        "demand stutters",
        "a signal drifts",
    ):
        assert words in page
    assert page.count("<svg") == 3
    assert str(result["xapps"]["energy-saving"]["decisions"]) in page


def test_over_sockets_it_is_the_same_run(ricloop: Run, tmp_path: Path) -> None:
    run = ("--xapps", "all", "--clock", "lockstep", "--seconds", "4")
    memory, tcp = (demo(ricloop, tmp_path, *run, "--transport", wire) for wire in ("memory", "tcp"))
    for key in ("digest", "controls", "xapps", "conflicts", "forecast", "drift"):
        assert tcp[key] == memory[key]
    assert tcp["forecast"]["energy-saving"]["read"] > 0


def test_one_xapp_is_given_no_event_and_no_surge(ricloop: Run, tmp_path: Path) -> None:
    run = ("--transport", "memory", "--clock", "free", "--seconds", "4")
    plain = demo(ricloop, tmp_path, *run)
    assert demo(ricloop, tmp_path, *run, "--xapps", "energy-saving")["digest"] == plain["digest"]
    assert plain["conflicts"] == {"decided": 0, "rows": []}


def test_demand_stutters_where_there_is_time_to_notice_and_to_be_over_it() -> None:
    assert stutter(19.9) == ()
    surges = stutter(20.0)
    assert surges[:2] == (Surge(11.0, 11.1, 0.0), Surge(11.2, 11.3, 0.0))
    assert surges[-1] == Surge(14.4, 14.5, 0.0)
    assert stutter(600.0)[-1].end_s == 333.9
