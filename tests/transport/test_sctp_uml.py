"""Kernel SCTP for real: the SCTP tests and the conformance check, on User-Mode Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = {"linux.uml": "user-mode-linux", "modprobe": "kmod", "ip": "iproute2"}
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
RAN = ("test_a_whole_association_runs_over_sctp", "test_a_transport_keeps_the_rules[sctp]")


def missing_packages() -> list[str]:
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    return [package for program, package in PACKAGES.items() if shutil.which(program, path=path) is None]


@pytest.mark.uml
def test_sctp_on_a_kernel_that_has_it() -> None:
    missing = missing_packages()
    if missing:
        reason = f"not installed: {', '.join(missing)} (apt-get install {' '.join(missing)})"
        if os.environ.get("RICLOOP_REQUIRE_UML") == "1":
            pytest.fail(f"RICLOOP_REQUIRE_UML is set and what it needs is {reason}")
        pytest.skip(reason)
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    tests = ["tests/transport/test_sctp.py", "tests/contracts/test_transports.py"]
    pytest_line = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", "sctp", *tests]
    python_path = os.pathsep.join(entry for entry in sys.path if entry)
    result = subprocess.run(
        [str(HERE / "uml_run.sh"), "240", *pytest_line],
        cwd=ROOT,
        env=os.environ | {"PATH": path, "PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    for name in RAN:
        assert f"{name} PASSED" in result.stdout, result.stdout
