"""Kernel SCTP for real: the SCTP tests and the conformance check, on User-Mode Linux."""

from __future__ import annotations

import sys

import pytest

from tests.uml import run_in_uml

RAN = ("test_a_whole_association_runs_over_sctp", "test_a_transport_keeps_the_rules[sctp]")


@pytest.mark.uml
def test_sctp_on_a_kernel_that_has_it() -> None:
    tests = ["tests/transport/test_sctp.py", "tests/contracts/test_transports.py"]
    line = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", "sctp", *tests]
    result = run_in_uml(line, 240)
    assert result.returncode == 0, result.stdout + result.stderr
    for name in RAN:
        assert f"{name} PASSED" in result.stdout, result.stdout
