"""What a demo run is asked to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ricloop_e2sim.gnb.traffic import Surge


class Wire(StrEnum):
    """What carries E2 between the nodes and the RIC."""

    TCP = "tcp"
    SCTP = "sctp"
    MEMORY = "memory"


class Pace(StrEnum):
    """Which clock drives the world."""

    REAL = "real"
    LOCKSTEP = "lockstep"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """See the command's help for each."""

    seconds: float
    scenario: str
    seed: int
    wire: Wire
    pace: Pace
    xapps: tuple[str, ...]
    overrides: tuple[str, ...]
    settings_file: Path | None
    run_dir: Path
    policies: Path | None
    """A1 policies, as `ricloop ric --policies` reads them."""
    pcap: Path | None
    """Where every E2AP message is written, if anywhere: it costs the RIC's process time."""

    event: tuple[float, float] | None = None
    """The planned event that the demo itself makes a policy of: from and to, in simulated seconds."""
    surges: tuple[Surge, ...] = ()
    """Shifts of demand that models have to notice."""

    @property
    def quiet_seconds(self) -> float:
        """No new controls this long before the end, so that the effect of each can still be seen."""
        return min(2.0, self.seconds / 4)
