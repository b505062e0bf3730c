"""Octets whose meaning is known, with their origin. A row of `rows.tsv`: syntax, type, name, octets, origin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Vector:
    syntax: str
    """Name in `ricloop.asn1`: `E2AP`, `KPM`, `RC`, or one of their variants."""
    type: str
    name: str
    octets: bytes
    origin: str

    def __str__(self) -> str:
        return f"{self.type}: {self.name}"


def _read(line: str) -> Vector:
    syntax, type_name, name, octets, origin = line.split("\t")
    return Vector(syntax, type_name, name, bytes.fromhex(octets), origin)


VECTORS = tuple(
    _read(line)
    for line in (Path(__file__).parent / "rows.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
