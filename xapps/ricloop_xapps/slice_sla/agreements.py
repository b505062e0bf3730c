"""What an operator promises to which slices, and how far the xApp may go to keep it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ricloop import ConfigError, Settings
from ricloop.e2sm import kpm

MEASURED = ("DRB.UEThpDl", "RRU.PrbUsedDl", "DRB.RlcSduTransmittedVolumeDL")
"""Of each user in each slice: kbit/s while it had data, PRBs, kbit."""

Percent = Annotated[int, Field(ge=1, le=100)]


class Agreements(Settings):
    slices: tuple[str, ...] = ("128",)
    """S-NSSAI of each slice that is promised something: SST, or SST-SD with six hexadecimal digits, as 1-00000a. The
    first is served first where all together want more than `most`."""
    mbps: tuple[float, ...] = (8.0,)
    """Mbit/s that each user of each of these slices is promised while it has data to receive."""
    headroom: Annotated[float, Field(ge=1)] = 1.25
    """Times what is needed, that is reserved: users move, and PRBs carry more or less."""
    most: Percent = 60
    """Percent of the PRBs that these slices have reserved at most, all together. Nodes refuse more than 100 less what
    they owe to others."""
    step_up: Percent = 25
    """Percent of the PRBs by which a share rises at once, at most."""
    step_down: Percent = 5
    """Percent of the PRBs by which a share falls at once, at most."""
    slack: Percent = 5
    """Percent of the PRBs above what is needed, that a slice may keep."""
    patience: Annotated[int, Field(ge=1)] = 5
    """Reports in a row with more than that, after which a share falls; and reports between two tellings of a share that
    a node accepted and does not keep."""
    period_ms: Annotated[int, Field(ge=10)] = 1000
    """Milliseconds between two reports."""

    @property
    def wanted(self) -> tuple[kpm.Slice, ...]:
        """`slices`, read. Raises ConfigError for what is none, twice there, or without a promise."""
        if len(self.slices) != len(self.mbps) or len(set(self.slices)) != len(self.slices) or not self.slices:
            raise ConfigError(
                f"slice-sla: slices {self.slices} and mbps {self.mbps}: one rate for each slice, each once"
            )
        return tuple(map(kpm.Slice.of, self.slices))


def columns(agreements: Agreements) -> tuple[tuple[kpm.Metric, ...], ...]:
    """[measured][slices]: what is asked for each user."""
    labels = [kpm.Label(slice=one) for one in agreements.wanted]
    return tuple(tuple(kpm.Metric(name, label) for label in labels) for name in MEASURED)
