"""What drives a run needs of it: `engine.Simulation` and `network.simulation.NetworkSimulation` have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ricloop.session.events import NodeEvent
from ricloop_e2sim.frames import ReadyFrame
from ricloop_e2sim.node import SimNode


class Driven(Protocol):
    """A world and its E2 nodes, moved tick by tick, without sockets or clocks."""

    @property
    def title(self) -> str: ...

    @property
    def tick_us(self) -> int: ...

    @property
    def ticks(self) -> int: ...

    @property
    def done_ticks(self) -> int: ...

    @property
    def nodes(self) -> Sequence[SimNode]: ...

    @property
    def time_us(self) -> int:
        """Simulated time so far."""

    @property
    def done(self) -> bool: ...

    def advance(self) -> None:
        """One tick; then encode what each node has to report."""

    def release(self, node: SimNode) -> Sequence[ReadyFrame]:
        """Hand a node's ready frames to its session, at the node's time. Returns those that it took."""

    def handle(self, node: SimNode, event: NodeEvent, now: int) -> None:
        """Answer one event of a node's session; `now` is the driver's clock in ns."""

    def status(self) -> dict[str, Any]:
        """The last tick, JSON-able."""

    def result(self) -> dict[str, Any]:
        """The whole run, JSON-able."""
