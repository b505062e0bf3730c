"""How long the loop took: from the arrival of the frames that a report waited for last to the control's bytes handed
to the socket.

Of frames that came together (no pause of more than 2 ms between them) the first counts. Where a report went out
without a node that stayed away, it counts from the last frames that did come: the waiting is in it.
"""

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
