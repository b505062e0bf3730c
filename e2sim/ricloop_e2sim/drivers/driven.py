"""What a driver needs of a run: `Runnable` of any, `Driven` of one with E2 nodes.

`gnb.simulation`, `network.simulation` and, without nodes, `network.run` have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.linkfaults.messages import LinkFaults


class Runnable(Protocol):
    """What moves tick by tick to its end: of single gNBs or of a network."""

    @property
    def title(self) -> str:
        """For people."""
        ...

    @property
    def ticks(self) -> int:
        """How many there are."""
        ...

    @property
    def done_ticks(self) -> int: ...

    @property
    def done(self) -> bool: ...

    @property
    def tick_us(self) -> int: ...

    @property
    def time_us(self) -> int:
        """Simulated time so far."""
        ...

    def advance(self) -> None:
        """One tick."""
        ...

    def status(self) -> dict[str, Any]:
        """The last tick: `time_us`, `asleep`, `power_w`, and `table` with a row per cell."""
        ...

    def result(self) -> dict[str, Any]:
        """The whole run, JSON-able."""
        ...


class Driven(Runnable, Protocol):
    """A world and its E2 nodes, moved tick by tick, without sockets or clocks. `advance` encodes what they report."""

    @property
    def nodes(self) -> Sequence[SimNode]: ...

    @property
    def faults(self) -> Mapping[str, LinkFaults]:
        """Of the links of nodes, by their names; none: they lose nothing."""
        ...
