"""`ricloop sim run --checkpoint` and `--resume`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ricloop.core.errors import ConfigError
from ricloop_e2sim.cli import app
from tests.patience import PATIENCE_S


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    file = folder / "result.json"
    done = CliRunner().invoke(
        app, ["run", *arguments, "--speed", "max", "--quiet", "--json", str(file)], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(file.read_text())
    return result


OUTCOME = ("scenario", "seed", "cells", "ues", "steps", "seconds", "digest", "energy_kwh", "kpis", "truth")


def outcome(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in OUTCOME}


def test_a_run_in_three_parts_is_the_run_in_one(tmp_path: Path) -> None:
    first, second = str(tmp_path / "first.ckpt"), str(tmp_path / "second.ckpt")
    size = ("highway", "--ues", "40", "--seed", "7")
    whole = run(tmp_path, *size, "--seconds", "4")
    assert "checkpoint" not in whole
    assert "resumed" not in whole
    begun = run(tmp_path, *size, "--seconds", "1", "--checkpoint", first)
    assert begun["checkpoint"] == {"file": first, "seconds": 1.0}
    more = run(tmp_path, "--resume", first, "--seconds", "2.5", "--checkpoint", second)
    assert (more["resumed"], more["checkpoint"]) == (
        {"file": first, "seconds": 1.0}, {"file": second, "seconds": 2.5},
    )  # fmt: skip
    last = run(tmp_path, "--resume", second, "--seconds", "4")
    assert outcome(last) == outcome(whole)
    # Of the 1.5 s that it ran itself, not of all 4.
    assert last["speedup"] == pytest.approx(1e5 / last["us_per_step"])


def test_a_run_that_is_stopped_is_kept_and_goes_on_to_its_own_end(tmp_path: Path) -> None:
    kept, told = tmp_path / "at.ckpt", tmp_path / "told.json"
    arguments = ["sim", "run", "highway", "--ues", "40", "--seconds", "30", "--checkpoint", str(kept)]
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "ricloop", *arguments, "--json", str(told)],
        stdout=subprocess.PIPE, text=True, env=os.environ,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while "%" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    result = json.loads(told.read_text())
    assert result["interrupted"]
    assert result["checkpoint"] == {"file": str(kept), "seconds": result["seconds"]}
    assert 0 < result["seconds"] < 30
    last = run(tmp_path, "--resume", str(kept))
    assert last["resumed"]["seconds"] == result["seconds"]
    assert outcome(last) == outcome(run(tmp_path, "highway", "--ues", "40", "--seconds", "30"))


def test_what_cannot_be_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    kept, text = str(tmp_path / "at.ckpt"), tmp_path / "text"
    run(tmp_path, "highway", "--ues", "40", "--seconds", "1", "--checkpoint", kept)
    text.write_text("no checkpoint")
    wrong = [
        ((), "nothing to run: give a scenario"),
        (("--resume", kept), "at its end, 1 s; give --seconds above"),
        (("--resume", kept, "--seconds", "0.5"), "at 1 s already; give more"),
        (("highway", "--resume", kept), "leave out SCENARIO highway"),
        (("--resume", kept, "--seed", "0"), "leave out --seed 0"),
        (("--resume", kept, "--ues", "3"), "leave out --ues 3"),
        (("--resume", kept, "--connect", "tcp://127.0.0.1:1"), "--resume .* a run against a RIC cannot be kept"),
        (("highway", "--checkpoint", kept, "--connect", "tcp://127.0.0.1:1"), "--checkpoint .* cannot be kept"),
        (("three-sites", "--checkpoint", kept), "only networks are kept"),
        (("highway", "--checkpoint", str(tmp_path)), "that is a folder"),
        (("--resume", str(tmp_path / "none")), "none: No such file"),
        (("--resume", str(text)), "text: this is no checkpoint"),
    ]
    for arguments, said in wrong:
        with pytest.raises(ConfigError, match=said):
            CliRunner().invoke(app, ["run", *arguments], catch_exceptions=False)
