"""A block of calls in a process of its own."""

from __future__ import annotations

from tests.asan.build import NATIVE, built, lacking, run

CALLS = 20_000
"""In every run of the tests."""
BLOCK = 100_000
"""In the soak, at once: what an interruption costs at most. To begin costs as much as a hundred thousand."""


def thrown(block: int, count: int = BLOCK) -> str:
    """How many calls there were of each kind. AssertionError for a fault, with what the sanitizers said, and where the
    module cannot be built."""
    if (reason := lacking()) is not None:
        raise AssertionError(reason)
    arguments = ["-m", "tests.asan.throw", str(built(NATIVE)), str(block), str(count)]
    ended = run(*arguments)
    if ended.returncode:
        raise AssertionError(f"{' '.join(arguments)} ended with {ended.returncode}\n{ended.stderr[-6000:]}")
    return ended.stdout.strip()
