"""Kernel SCTP for real: the SCTP tests and the conformance check, on User-Mode Linux."""

from __future__ import annotations

import sys

import pytest

from tests.uml import run_in_uml

RAN = (
    "test_a_whole_association_runs_over_sctp",
    "test_a_transport_keeps_the_rules[sctp]",
    "test_a_transport_keeps_the_rules_on_uvloop[sctp]",
    "test_a_node_with_two_paths_keeps_its_association_when_one_is_cut",
    "test_a_peer_that_lost_power_is_given_up_and_named_on_both_sides",
    "test_a_peer_that_comes_back_from_the_same_port_is_a_new_one_and_the_old_one_is_over",
)
FILES = ("tests/transport/test_sctp.py", "tests/transport/test_sctp_paths.py", "tests/contracts/test_transports.py")


@pytest.mark.uml
def test_sctp_on_a_kernel_that_has_it() -> None:
    line = [
        "env",
        "RICLOOP_OWN_NETWORK=1",
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-p",
        "no:cacheprovider",
        "-k",
        "sctp",
        *FILES,
    ]
    result = run_in_uml(line)
    assert result.returncode == 0, result.stdout + result.stderr
    for name in RAN:
        assert f"{name} PASSED" in result.stdout, result.stdout
