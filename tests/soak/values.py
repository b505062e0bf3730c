"""Random values by the hundred thousand, of every type of message: the tests marked `values`, block by block."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.soak.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 10_000
"""Values of each type done at once: loading and compiling ASN.1 for each block costs as much as a thousand."""

FILES = {
    "E2AP": ("tests/codec/test_e2ap_values.py",),
    "KPM": ("tests/e2sm/test_kpm_values.py",),
    "RC": ("tests/e2sm/test_rc_values.py", "tests/e2sm/test_rc_template.py"),
    "CCC": ("tests/e2sm/test_ccc_values.py", "tests/e2sm/test_ccc_hostile.py"),
    "native": ("tests/e2sm/test_native.py",),
}
"""Where each stage's tests are."""


def stages() -> tuple[Stage, ...]:
    return tuple(
        Stage(name.lower(), f"random values of {name}", _work(files), 100_000, BLOCK) for name, files in FILES.items()
    )


def _work(files: tuple[str, ...]) -> Callable[[int], str]:
    """The marked tests of the files: so many values of each type, others for each block."""

    def work(block: int) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "values", f"--hypothesis-seed={block}"]
        environment = {**os.environ, "RICLOOP_VALUES": str(BLOCK)}
        ended = subprocess.run(
            [*command, *files], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise AssertionError(
                f"RICLOOP_VALUES={BLOCK} pytest --hypothesis-seed={block} -m values {' '.join(files)}\n"
                f"{ended.stdout[-4000:]}{ended.stderr[-1000:]}"
            )
        return f"each of {ended.stdout.split(' passed')[0].split()[-1]} types"

    return work
