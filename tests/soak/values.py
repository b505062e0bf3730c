"""Random values by the hundred thousand, of every type of message: the tests marked `values`, block by block."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.soak.stage import BLOCK

ROOT = Path(__file__).resolve().parents[2]


def of(tests: str) -> Callable[[int], str]:
    """A stage's work over the marked tests of a file: so many values of each type, others for each block."""

    def work(block: int) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "values", f"--hypothesis-seed={block}"]
        environment = {**os.environ, "RICLOOP_VALUES": str(BLOCK)}
        ended = subprocess.run(
            [*command, tests], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise AssertionError(
                f"RICLOOP_VALUES={BLOCK} pytest --hypothesis-seed={block} {tests}\n"
                f"{ended.stdout[-4000:]}{ended.stderr[-1000:]}"
            )
        return f"each of {ended.stdout.split(' passed')[0].split()[-1]} types"

    return work
