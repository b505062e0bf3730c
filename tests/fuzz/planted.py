"""A target with a fault that only a guided search meets: what the fuzzer itself is tested with."""

from __future__ import annotations

from tests.fuzz.target import Target

NEEDLE = b"ricloop"


def _needle(data: bytes) -> None:
    if data[:7] == NEEDLE:
        raise IndexError("the needle")


TARGETS: dict[str, Target] = {"planted": Target("a planted fault", _needle, lambda: [b"a seed"])}
