"""Octets whose meaning is known, with their origin. A row of `rows.tsv`: syntax, type, name, octets, origin.

`found.tsv` has what the fuzzer found and was mended: target, octets, and what they did.
"""

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


@dataclass(frozen=True, slots=True)
class Found:
    target: str
    """Name in `tests.fuzz.targets`."""
    octets: bytes
    did: str

    def __str__(self) -> str:
        return f"{self.target}: {self.did}"


def _lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _found(line: str) -> Found:
    target, octets, did = line.split("\t")
    return Found(target, bytes.fromhex(octets), did)


VECTORS = tuple(map(_read, _lines("rows.tsv")))
FOUND = tuple(map(_found, _lines("found.tsv")))
