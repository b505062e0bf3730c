"""How many random values each type of message is given, and the dice that make them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

COUNT = int(os.environ.get("RICLOOP_VALUES", "100"))
"""RICLOOP_VALUES: how many per type; `.ci/run` asks for 2,000 and `make soak` for 100,000, in blocks."""


@dataclass
class Dice:
    """COUNT generators of random numbers, each of a seed of its own: for the makers of `tests/makers.py`."""

    seed: str
    number: int = -1

    def __iter__(self) -> Iterator[Random]:
        for self.number in range(COUNT):
            yield Random(f"{self.seed} {self.number}")
