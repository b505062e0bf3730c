"""How one E2 node speaks: what no message announces and deployed nodes differ in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ricloop.core.vendor import Vendor


class Family(Enum):
    """Which ASN.1 the service models of a node were compiled from."""

    STANDARD = "standard"
    """As published: srsRAN, the O-RAN SC stack."""
    FLEXRIC = "flexric"
    """Extension additions moved into the root: FlexRIC and what is built on its library."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Passed to every function that encodes or decodes a node's service-model payload."""

    family: Family = Family.STANDARD
    kpm_time_octets: int = 8
    """Length of E2SM-KPM's TimeStamp: 8 (NTP seconds and fraction, v3) or 4 (seconds, v2)."""
    e2ap_version: int = 2
    """Major version of E2AP that its E2 Setup was written in: 1, 2 or 3."""
    ppid: int = 70
    """SCTP payload protocol identifier that it is sent: 70 is E2AP's, FlexRIC sends 0."""

    vendor: Vendor | None = None
    """How it names and counts measurements; None: as the standard does."""

    def __post_init__(self) -> None:
        if self.kpm_time_octets not in (4, 8):
            raise ValueError(f"a KPM TimeStamp has 4 or 8 octets, not {self.kpm_time_octets}")
        if self.e2ap_version not in (1, 2, 3):
            raise ValueError(f"E2AP has versions 1, 2 and 3, not {self.e2ap_version}")
        if not 0 <= self.ppid < 1 << 32:
            raise ValueError(f"a PPID has 32 bits; {self.ppid} has more")

    def __str__(self) -> str:
        vendor = "" if self.vendor is None else f", vendor {self.vendor.name}"
        return f"{self.family.value}, {self.kpm_time_octets} octets of KPM time{vendor}"


STANDARD = Dialect()
FLEXRIC = Dialect(Family.FLEXRIC, ppid=0)
