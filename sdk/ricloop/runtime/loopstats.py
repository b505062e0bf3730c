"""How long the loop took: from the frame's arrival to the control's bytes handed to the socket."""

from __future__ import annotations

from dataclasses import dataclass, field

from ricloop.runtime.stats import Latencies


@dataclass
class LoopStats:
    """Decisions that send a control apart from those that do not."""

    with_control: Latencies = field(default_factory=Latencies)
    without_control: Latencies = field(default_factory=Latencies)

    def add(self, sent: int, nanoseconds: int) -> None:
        (self.with_control if sent else self.without_control).add(nanoseconds)
