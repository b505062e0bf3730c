"""Standard input of a process that another one drives."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.patience import PATIENCE_S


@pytest.mark.parametrize("command", [["ric"], ["sim", "run", "office", "--connect", "tcp://127.0.0.1:1"]])
def test_a_file_where_a_pipe_is_needed_is_refused_not_waited_for(command: list[str]) -> None:
    line = [sys.executable, "-m", "ricloop", *command, "--harness"]
    ran = subprocess.run(
        line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert ran.returncode == 2
    assert "standard input is a file or closed" in ran.stderr
