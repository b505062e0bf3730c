"""What a 5QI promises: rows of TS 23.501 table 5.7.4-1, those that the services of this package use among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ricloop.core.errors import ConfigError


class Resource(Enum):
    """Resource type (TS 23.501, 5.7.3.2)."""

    GBR = "GBR"
    NON_GBR = "non-GBR"
    DELAY_CRITICAL_GBR = "delay-critical GBR"


@dataclass(frozen=True, slots=True)
class Qos:
    """One row of TS 23.501 table 5.7.4-1."""

    five_qi: int
    resource: Resource
    priority: int
    """Default priority level; lower is served first."""
    budget_ms: int
    """Packet delay budget, between the UE and the N6 termination of the UPF."""
    error_rate: float
    """Packet error rate."""

    @property
    def guaranteed(self) -> bool:
        """Whether a bit rate is guaranteed."""
        return self.resource is not Resource.NON_GBR


_GBR, _NON, _CRITICAL = Resource.GBR, Resource.NON_GBR, Resource.DELAY_CRITICAL_GBR

TABLE = {
    row.five_qi: row
    for row in (
        Qos(1, _GBR, 20, 100, 1e-2),
        Qos(2, _GBR, 40, 150, 1e-3),
        Qos(3, _GBR, 30, 50, 1e-3),
        Qos(4, _GBR, 50, 300, 1e-6),
        Qos(5, _NON, 10, 100, 1e-6),
        Qos(6, _NON, 60, 300, 1e-6),
        Qos(7, _NON, 70, 100, 1e-3),
        Qos(8, _NON, 80, 300, 1e-6),
        Qos(9, _NON, 90, 300, 1e-6),
        Qos(79, _NON, 65, 50, 1e-2),
        Qos(80, _NON, 68, 10, 1e-6),
        Qos(82, _CRITICAL, 19, 10, 1e-4),
        Qos(83, _CRITICAL, 22, 10, 1e-4),
        Qos(84, _CRITICAL, 24, 30, 1e-5),
        Qos(85, _CRITICAL, 21, 5, 1e-5),
        Qos(89, _CRITICAL, 25, 15, 1e-4),
    )
}
"""By 5QI."""


def qos(five_qi: int) -> Qos:
    """The row of a 5QI; `ConfigError` for one that is not in `TABLE`."""
    try:
        return TABLE[five_qi]
    except KeyError:
        known = ", ".join(map(str, TABLE))
        raise ConfigError(f"5QI {five_qi} has no row here; known: {known}") from None
