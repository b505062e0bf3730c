"""The whole loop over kernel SCTP gives what it gives without a network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.uml import run_in_uml


@pytest.mark.uml
def test_the_digest_is_the_same_over_sctp_and_over_memory(ricloop: Run, tmp_path: Path) -> None:
    run = ["demo", "--seconds", "4", "--quiet", "--clock", "lockstep"]
    over_sctp, over_memory = tmp_path / "sctp.json", tmp_path / "memory.json"
    command = [sys.executable, "-m", "ricloop", *run, "--transport", "sctp", "--json", str(over_sctp)]
    done = run_in_uml(command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ricloop(*run, "--transport", "memory", "--json", str(over_memory)).returncode == 0
    sctp, memory = (json.loads(file.read_text()) for file in (over_sctp, over_memory))
    assert sctp["controls"] == memory["controls"]
    assert sctp["controls"]["sent"] > 0
    assert sctp["digest"] == memory["digest"]
