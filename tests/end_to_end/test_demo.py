"""The whole loop: nodes, RIC and xApp in processes of their own, over real sockets and over memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Run
from tests.interop.wireshark import assert_dissects, folder


def demo(ricloop: Run, tmp_path: Path, *arguments: str) -> dict[str, Any]:
    file = tmp_path / "result.json"
    done = ricloop("demo", "--json", str(file), "--quiet", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    result: dict[str, Any] = json.loads(file.read_text())
    return result


def promises(result: dict[str, Any]) -> None:
    controls = result["controls"]
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    assert controls["accepted"] == controls["effect_confirmed"] > 0
    assert controls["rejected"] == controls["timed_out"] == 0
    assert result["uncovered_cell_seconds"] == 0
    assert result["energy_kwh"] < result["energy_baseline_kwh"]
    assert 0 < result["energy_saved_percent"] <= result["clairvoyant_saved_percent"]


def test_the_loop_closes_over_real_sockets(ricloop: Run, tmp_path: Path) -> None:
    result = demo(ricloop, tmp_path, "--seconds", "8", "--transport", "tcp")
    promises(result)
    assert result["nodes"] >= 3
    assert result["cells"] >= 9
    assert result["e2e_ms"]["count"] == result["controls"]["sent"]
    assert result["digest"] is None


def test_one_seed_is_one_digest_over_memory_and_sockets_by_either_clock(ricloop: Run, tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        result = demo(ricloop, tmp_path, "--seconds", "8", *arguments)
        promises(result)
        return result["digest"]

    memory = run("--transport", "memory", "--clock", "free")
    assert run("--transport", "memory", "--clock", "lockstep") == memory
    assert run("--transport", "tcp", "--clock", "lockstep") == memory
    assert run("--transport", "memory", "--clock", "free", "--seed", "2") != memory


def test_without_the_native_module_the_demo_says_so_and_is_the_same(
    ricloop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ("--transport", "memory", "--clock", "lockstep", "--seconds", "4")
    native = demo(ricloop, tmp_path, *run)
    monkeypatch.setenv("RICLOOP_NATIVE", "0")
    file = tmp_path / "pure.json"
    said = ricloop("demo", *run, "--json", str(file)).stdout.splitlines()
    assert json.loads(file.read_text())["digest"] == native["digest"]
    assert [line.split(maxsplit=1)[1] for line in said if line.startswith("codec")] == [
        "pure Python (RICLOOP_NATIVE=0)"
    ]


def test_not_draining_visibly_loses_traffic(ricloop: Run, tmp_path: Path) -> None:
    run = ("--transport", "memory", "--clock", "lockstep", "--seconds", "20")
    drained = demo(ricloop, tmp_path, *run)
    cut = demo(ricloop, tmp_path, *run, "--set", "energy-saving.drain=false")
    assert cut["lost_traffic_percent"] > 2 * drained["lost_traffic_percent"] + 0.1


def test_a_run_can_be_kept(ricloop: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = ricloop("demo", "--transport", "memory", "--clock", "free", "--seconds", "4", "--run-dir", str(kept))
    assert done.returncode == 0, done.stderr
    assert "seen to take effect" in done.stdout
    assert {"report.html", "result.json", "audit.jsonl", "e2.pcapng"} <= {path.name for path in kept.iterdir()}
    tree = ricloop("decode", str(kept / "e2.pcapng"))
    assert tree.returncode == 0
    for message in ("E2setupRequest", "RICsubscriptionRequest", "RICindication", "RICcontrolRequest"):
        assert message in tree.stdout


@pytest.mark.oracle
def test_wireshark_accepts_everything_that_a_demo_sends(ricloop: Run, tmp_path: Path) -> None:
    folder()
    kept = tmp_path / "kept"
    demo(ricloop, tmp_path, "--transport", "tcp", "--seconds", "6", "--run-dir", str(kept))
    frames = assert_dissects(kept / "e2.pcapng")
    assert {frame.info.split(",")[0] for frame in frames} == {
        "E2setupRequest",
        "E2setupResponse",
        "RICsubscriptionRequest",
        "RICsubscriptionResponse",
        "RICsubscriptionDeleteRequest",
        "RICsubscriptionDeleteResponse",
        "RICindication",
        "RICcontrolRequest",
        "RICcontrolAcknowledge",
    }


def test_the_smallest_xapp_saves_in_the_office(ricloop: Run, tmp_path: Path) -> None:
    run = ("--transport", "memory", "--clock", "free", "--xapps", "minimal", "--scenario", "office")
    promises(demo(ricloop, tmp_path, *run))


def test_what_the_xapp_raises_is_told(ricloop: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    done = ricloop("demo", "--transport", "memory", "--clock", "free", "--seconds", "3", "--xapps", "broken:Broken")
    assert done.returncode == 4
    assert "ValueError: my bug" in done.stderr


BROKEN = """
from ricloop import Decision, Settings, XApp, ms, on
from ricloop.e2sm import kpm

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))


class Broken(XApp[Settings]):
    @on(load)
    def decide(self, report: kpm.Report) -> Decision:
        raise ValueError("my bug")
"""
