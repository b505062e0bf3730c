"""A version takes over in a RIC process that is at work on a simulated network, and gives back: by commands."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.end_to_end.peers import free_port, listens, started, until
from tests.runtime.versions import command, version

SECONDS = "120"


def test_a_running_ric_follows_a_pointer_forth_and_back(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    first, second = version(tmp_path, "1.0.0"), version(tmp_path, "1.1.0", seed=1, headline=0.9)
    registry = ("--models", str(tmp_path / "models"))
    command("promote", "small-one", first.folder, *registry, "--reason", "the first")
    e2, web = free_port(), free_port()
    asked = (
        "ric", "--xapp", "tests.runtime.ahead:Ahead", *registry, "--listen", f"tcp://127.0.0.1:{e2}",
        "--metrics", f"127.0.0.1:{web}", "--audit", "audit.jsonl", "--json", "result.json",
        "--shadow", f"small-one={second.folder}", "--shadow-report", "report.json",
    )  # fmt: skip

    def model() -> dict[str, Any]:
        """What is told of the model; nothing before the loop has told anything."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{web}/models") as answer:
                found: dict[str, Any] = json.loads(answer.read())["models"][0]
        except OSError:
            return {"model": "", "shadow": {"decisions": 0}}
        return found

    def at_work(name: str) -> bool | None:
        found = model()
        return True if found["model"] == name and found["predictions"] > 0 else None

    with started(tmp_path, *asked) as ric:
        until("the RIC listens", lambda: True if listens(e2) else None)
        network = ("office", "--connect", f"tcp://127.0.0.1:{e2}", "--speed", "1", "--seconds", SECONDS)
        with started(tmp_path, "sim", "run", *network):
            until("the first version answers", lambda: at_work(first.version))
            assert model()["source"].endswith("small-one/1.0.0")
            until("both were compared", lambda: True if model()["shadow"]["decisions"] > 3 else None)
            command("promote", "small-one", second.folder, *registry, "--reason", "it is better")
            until("the second answers", lambda: at_work(second.version))
            command("rollback", "small-one", *registry, "--reason", "it was not")
            until("the first answers again", lambda: at_work(first.version))
        ric.terminate()
        ric.wait()
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    forth, back = result["lifecycle"]["swaps"]
    assert (forth["before"], forth["version"]) == (first.version, second.version) == (back["version"], back["before"])
    assert result["lifecycle"]["energy"]["joules_per_decision"] > 0
    records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    named = {record["model"] for record in records if record["kind"] == "decision"} - {""}
    assert named == {first.version, second.version}
    assert [record["kind"] for record in records].count("version") == 2
    said = json.loads((tmp_path / "report.json").read_text())
    assert (said["champion"], said["challenger"]) == (first.version, second.version)
