"""How one vendor's nodes name and count what they measure, where that is not the standard's way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alias:
    """One measurement of the standard as a vendor's nodes send it."""

    standard: str
    own: str
    """The vendor's name; the standard's where only the unit differs."""
    factor: float = 1.0
    """The vendor's number times this is the standard's."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A profile. Of two aliases of one measurement the later holds, so that profiles can be joined."""

    name: str
    aliases: tuple[Alias, ...]

    def __add__(self, other: Vendor) -> Vendor:
        return Vendor(f"{self.name}, {other.name}", self.aliases + other.aliases)
