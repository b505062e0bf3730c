"""How long the loop took: from the arrival of the frames that a report waited for last to the control's bytes handed
to the socket; and where in the loop that time went.

Of frames that came together (no pause of more than 2 ms between them) the first counts. Where a report went out
without a node that stayed away, it counts from the last frames that did come: the waiting is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ricloop.runtime.books.histogram import Histogram
from ricloop.runtime.books.stats import Latencies

STAGES = ("receive", "assemble", "needs", "decide", "guard", "send", "record")
"""`receive`: arrival, decoding and waiting for the turn. `assemble`: parts become a report, and enter the models'
windows. `decide`: the rule, the model and the handler. `guard`: guards, arbiter and encoding. `send`: to the socket.
`record`: the audit. They add up, but for `record`, to the loop's time."""


@dataclass
class LoopStats:
    """Decisions that send a control apart from those that do not."""

    with_control: Latencies = field(default_factory=Latencies)
    without_control: Latencies = field(default_factory=Latencies)
    stages: tuple[Histogram, ...] = field(default_factory=lambda: tuple(Histogram() for _ in STAGES))
    """By the order of `STAGES`, of decisions that a report started."""
    model: Histogram = field(default_factory=Histogram)
    """Of `decide`, the model's part."""

    def add(self, sent: int, nanoseconds: int) -> None:
        (self.with_control if sent else self.without_control).add(nanoseconds)

    def add_stages(self, instants: tuple[int, ...]) -> None:
        """The instants between which the stages lie, one more than stages."""
        for stage, begun, ended in zip(self.stages, instants, instants[1:], strict=False):
            stage.add(ended - begun)

    def stages_us(self) -> dict[str, dict[str, Any]]:
        """Per stage, microseconds."""
        named = zip((*STAGES, "model"), (*self.stages, self.model), strict=True)
        return {name: _microseconds(histogram) for name, histogram in named}


def _microseconds(histogram: Histogram) -> dict[str, Any]:
    p50, p99, p999 = (None if ns is None else round(ns / 1e3, 1) for ns in histogram.quantiles((0.5, 0.99, 0.999)))
    return {"count": len(histogram), "p50": p50, "p99": p99, "p999": p999, "max": round(histogram.largest / 1e3, 1)}
