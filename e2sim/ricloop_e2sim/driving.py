"""What drives a run with E2 nodes needs of it; `engine.Simulation` and `network.simulation` have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ricloop.session.events import NodeEvent
from ricloop_e2sim.alone import Runnable
from ricloop_e2sim.faults import LinkFaults
from ricloop_e2sim.frames import ReadyFrame
from ricloop_e2sim.node import SimNode


class Driven(Runnable, Protocol):
    """A world and its E2 nodes, moved tick by tick, without sockets or clocks. `advance` encodes what they report."""

    @property
    def nodes(self) -> Sequence[SimNode]: ...

    @property
    def faults(self) -> Mapping[str, LinkFaults]:
        """Of the links of nodes, by their names; none: they lose nothing."""
        ...

    def release(self, node: SimNode) -> Sequence[ReadyFrame]:
        """Hand a node's ready frames to its session, at the node's time. Returns those that it took."""
        ...

    def handle(self, node: SimNode, event: NodeEvent, now: int) -> None:
        """Answer one event of a node's session; `now` is the driver's clock in ns."""
        ...
