"""How one E2 node speaks: what no message announces and deployed nodes differ in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """Passed to every function that encodes or decodes a node's service-model payload."""

    kpm_time_octets: int = 8
    """Length of E2SM-KPM's TimeStamp: 8 (NTP seconds and fraction, v3) or 4 (seconds, v2)."""

    def __post_init__(self) -> None:
        if self.kpm_time_octets not in (4, 8):
            raise ValueError(f"a KPM TimeStamp has 4 or 8 octets, not {self.kpm_time_octets}")


STANDARD = Dialect()
