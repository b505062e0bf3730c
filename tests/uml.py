"""Running a command on a kernel that has SCTP: User-Mode Linux over this machine's own files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

PACKAGES = {"linux.uml": "user-mode-linux", "modprobe": "kmod", "ip": "iproute2"}
HERE = Path(__file__).parent
PATH = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"


def run_in_uml(command: list[str]) -> subprocess.CompletedProcess[str]:
    """The command's status and output. Skips for want of a package, or fails where RICLOOP_REQUIRE_UML=1."""
    needed = dict(PACKAGES)
    if "amx_tile" in Path("/proc/cpuinfo").read_text(encoding="ascii").split():
        needed["cc"] = "gcc"  # tests/uml_xstate.c says why
    missing = [package for program, package in needed.items() if shutil.which(program, path=PATH) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)} (apt-get install {' '.join(missing)})"
        if os.environ.get("RICLOOP_REQUIRE_UML") == "1":
            pytest.fail(f"RICLOOP_REQUIRE_UML is set and what it needs is {reason}")
        pytest.skip(reason)
    python_path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        [str(HERE / "uml_run.sh"), str(round(2 * PATIENCE_S)), *command],
        cwd=HERE.parent,
        env=os.environ | {"PATH": PATH, "PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=False,
    )
