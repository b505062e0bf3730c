"""Running the command as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ricloop(tmp_path: Path) -> Run:
    """`ricloop("demo", "--seconds", "4")`, from an empty folder; never raises for a bad exit status."""
    return run_in(tmp_path)


def run_in(folder: Path) -> Run:
    """The same, from a folder."""

    def run(*arguments: str, stdin: str | None = None, timeout: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ricloop", *arguments],
            cwd=folder,
            env={**os.environ, "COLUMNS": "200"},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run
