"""What was measured so far, a line of JSON each, so that a comparison goes on where it was left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.figures.checkout import Checkout, Measured


class Kept:
    """Rounds of runs by checkout; a file that is appended to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def rounds(self, checkout: Checkout, line: str) -> list[Measured]:
        """Those of this very tree and command."""
        return [
            Measured(each["values"], each["took_s"], each["absent"])
            for each in self._lines()
            if (each["tree"], each["command"]) == (checkout.identity, line)
        ]

    def add(self, checkout: Checkout, line: str, measured: Measured) -> None:
        entry = {"tree": checkout.identity, "command": line, **vars(measured)}
        with self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def _lines(self) -> Iterator[dict]:  # type: ignore[type-arg]
        if self._path.exists():
            yield from map(json.loads, self._path.read_text().splitlines())
