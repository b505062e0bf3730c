"""Which processors a process runs on: the loop on one of its own, what is beside it on the others."""

from __future__ import annotations

import os

from ricloop.core.errors import ConfigError

VARIABLE = "RICLOOP_CPUS_BESIDE"
"""Numbers with commas, for the processes that the loop starts."""


def reserve(cpu: int) -> None:
    """What is started from now on leaves `cpu` alone. Raises ConfigError for a processor that is not ours to have."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else frozenset[int]()
    if cpu not in allowed:
        there = ", ".join(map(str, sorted(allowed))) or "no processor of its choice: this system has no such thing"
        raise ConfigError(f"--cpu {cpu}: this process may run on {there}")
    os.environ[VARIABLE] = ",".join(map(str, sorted(allowed - {cpu} or allowed)))


def keep_to(cpu: int) -> None:
    """This process runs there and nowhere else."""
    os.sched_setaffinity(0, {cpu})


def step_aside() -> None:
    """In a process beside the loop: run where the loop does not."""
    if beside := os.environ.get(VARIABLE):
        os.sched_setaffinity(0, {int(number) for number in beside.split(",")})
