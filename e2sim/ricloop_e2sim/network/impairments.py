"""What goes wrong in a network, when, and the record of it that detectors are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats
from ricloop_e2sim.network.deployment import Deployment

KINDS = {
    "sleeping-cell": "nobody can connect to it or come to it, and it tells nothing of that; amount: dB of lost power",
    "interference": "noise from outside, at users and at their cells; amount: dB above the thermal noise",
    "backhaul-congestion": "the gNB's transport carries less; amount: Mbit/s",
    "slice-sla": "a misconfigured cap of a slice; amount: the slice's greatest share of PRBs, percent",
    "blackout": "the gNB is without power; amount: of no effect",
}
"""Of anomalies: what each does, and what its amount means."""


@dataclass(frozen=True, slots=True)
class Impairment:
    """One anomaly. Raises ConfigError for what cannot be."""

    kind: str
    entity: str
    """A cell by its title, as `gnb2/s1/2100`, or a gNB, as `gnb2`: all its cells."""
    start_s: float
    end_s: float
    amount: float = 0.0
    slice: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"no anomaly is {self.kind!r}.{nearest(self.kind, KINDS)} Known: {', '.join(KINDS)}")
        if not 0 <= self.start_s < self.end_s:
            raise ConfigError(f"{self.kind} from {self.start_s:g} to {self.end_s:g} s: give an end after the start")

    def truth(self) -> dict[str, Any]:
        """`kind`, `entity`, `start` and `end` in s of simulated time."""
        return {"kind": self.kind, "entity": self.entity, "start": self.start_s, "end": self.end_s}


class Impairments:
    """The state of all anomalies, as arrays over cells [c] and gNBs [g]; made anew when one begins or ends."""

    def __init__(self, planned: Sequence[Impairment], deployment: Deployment, slices: int) -> None:
        self.planned, self._deployment = tuple(planned), deployment
        self._cells: list[Bools] = [_cells_of(one, deployment) for one in self.planned]
        for one in self.planned:
            if not 0 <= one.slice < slices:
                raise ConfigError(f"slice {one.slice} of {one.kind} at {one.entity}: there are {slices}, from 0")
        edges = {round(at * 1e6) for one in self.planned for at in (one.start_s, one.end_s)}
        self._edges = sorted(edges, reverse=True)
        self._slices = slices
        self._clear()

    def _clear(self) -> None:
        count = self._deployment.cell_count
        self.barred: Bools = np.zeros(count, dtype=np.bool_)
        self.dark: Bools = np.zeros(count, dtype=np.bool_)
        """[c]: without power."""
        self.power_db: Floats = np.zeros(count)
        """[c]: what is lost of the power that a cell sends."""
        self.noise_db: Floats = np.zeros(count)
        """[c]: above the thermal noise, both ways."""
        self.backhaul_bps: Floats = np.full(len(self._deployment.names), np.inf)
        self.congested = False
        """Whether any gNB's transport has a limit."""
        self.cap: Floats = np.ones((count, self._slices))
        """[c, slices]: greatest share of PRBs."""

    def begin_tick(self, start_us: int) -> bool:
        """True where something begins or ends now."""
        if not self._edges or self._edges[-1] > start_us:
            return False
        while self._edges and self._edges[-1] <= start_us:
            self._edges.pop()
        self._clear()
        for one, cells in zip(self.planned, self._cells, strict=True):
            if round(one.start_s * 1e6) <= start_us < round(one.end_s * 1e6):
                self._apply(one, cells)
        return True

    def _apply(self, one: Impairment, cells: Bools) -> None:
        if one.kind == "sleeping-cell":
            self.barred |= cells
            self.power_db[cells] += one.amount
        elif one.kind == "interference":
            self.noise_db[cells] += one.amount
        elif one.kind == "backhaul-congestion":
            gnbs = np.unique(self._deployment.gnb[cells])
            self.backhaul_bps[gnbs] = np.minimum(self.backhaul_bps[gnbs], one.amount * 1e6)
            self.congested = True
        elif one.kind == "slice-sla":
            self.cap[cells, one.slice] = np.minimum(self.cap[cells, one.slice], one.amount / 100)
        else:
            self.dark |= cells


def _cells_of(one: Impairment, deployment: Deployment) -> Bools:
    if one.entity in deployment.names:
        return np.asarray(deployment.gnb == deployment.names.index(one.entity))
    if one.entity not in deployment.titles:
        names = (*deployment.names, *deployment.titles)
        raise ConfigError(f"{one.kind} at {one.entity!r}: there is no such cell or gNB.{nearest(one.entity, names)}")
    found: Bools = np.zeros(deployment.cell_count, dtype=np.bool_)
    found[deployment.titles.index(one.entity)] = True
    return found
