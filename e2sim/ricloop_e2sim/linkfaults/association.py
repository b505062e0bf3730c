"""Faults of E2 associations: lost for a time, hung for a time, E2 Setups that are refused or never answered.

Plain data, and what of it is in force at a simulated time. Where a fault strikes several nodes, each may come to it a
little later than the last (`spread_s`), drawn from a stream of its link's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from numpy.random import Generator

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.bounds import within

LOST: Final = "lost"
HUNG: Final = "hung"
REFUSED: Final = "refused"
UNANSWERED: Final = "unanswered"
KINDS = {
    LOST: "it is closed, and cannot be made again before the end",
    HUNG: "no octet passes either way; what was sent meanwhile arrives after the end",
    REFUSED: "E2 Setups are refused; amount: how many",
    UNANSWERED: "E2 Setups get no answer, and nothing else comes from the RIC either; amount: how many",
}
"""What each does, and what its amount means."""


@dataclass(frozen=True, slots=True)
class AssociationFault:
    """One fault of the associations of some gNBs' nodes. Raises ConfigError for what cannot be."""

    kind: str
    """One of `KINDS`."""
    start_s: float = 0.0
    end_s: float = math.inf
    gnb: str = ""
    """Whose nodes', as `gnb2`; empty: everybody's."""
    amount: int = 1
    spread_s: float = 0.0
    """Each node's begins and ends up to this much later."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"no association is {self.kind!r}.{nearest(self.kind, KINDS)} Known: {', '.join(KINDS)}")
        within(1, 64, amount=self.amount)
        within(0, 3600, spread_s=self.spread_s)
        if not 0 <= self.start_s < self.end_s:
            raise ConfigError(f"{self.kind} from {self.start_s:g} to {self.end_s:g} s: give an end after the start")
        if self.kind in (LOST, HUNG) and (self.start_s == 0 or self.end_s == math.inf):
            raise ConfigError(
                f"{self.kind} from {self.start_s:g} to {self.end_s:g} s: time begins when all nodes are associated, so "
                "give a start after 0, and an end"
            )

    def truth(self) -> dict[str, Any]:
        """`kind` as `association-lost`, `entity`, `start` and `end` in s, None where it has no end of its own."""
        return {
            "kind": f"association-{self.kind}",
            "entity": self.gnb or "all",
            "start": self.start_s,
            "end": None if self.end_s == math.inf else self.end_s,
        }


@dataclass(slots=True)
class _Own:
    """A fault as it strikes one node."""

    kind: str
    start_us: float
    end_us: float
    left: int
    """E2 Setups that it still strikes."""

    def holds(self, kind: str, time_us: int) -> bool:
        return self.kind == kind and self.start_us <= time_us < self.end_us


class AssociationFaults:
    """Of one node."""

    def __init__(self, planned: Sequence[AssociationFault], gnb: str, generator: Generator) -> None:
        """Those of `planned` that are this gNB's; the generator gives one number for each planned."""
        late = generator.random(len(planned))
        self._own = [
            _Own(
                one.kind,
                (one.start_s + share * one.spread_s) * 1e6,
                (one.end_s + share * one.spread_s) * 1e6,
                one.amount,
            )
            for one, share in zip(planned, late.tolist(), strict=True)
            if one.gnb in ("", gnb)
        ]

    def lost(self, time_us: int) -> bool:
        """There is no association, and none can be made."""
        return any(one.holds(LOST, time_us) for one in self._own)

    def hung(self, time_us: int) -> bool:
        """Nothing passes."""
        return any(one.holds(HUNG, time_us) for one in self._own)

    def meet_setup(self, time_us: int) -> str:
        """What becomes of an E2 Setup that begins now: `REFUSED`, `UNANSWERED`, or nothing: empty."""
        for one in self._own:
            if one.left and (one.holds(REFUSED, time_us) or one.holds(UNANSWERED, time_us)):
                one.left -= 1
                return one.kind
        return ""
