"""What one xApp did in a run: who answered, what was sent and refused, and how old the values of other xApps were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ricloop.app import Handler
from ricloop.core.feeds import Latest, Shared
from ricloop.core.time import ns
from ricloop.runtime.books.stats import Latencies
from ricloop.runtime.loop.decider import Answer, Source

MODEL = "model"
ANSWERS = (MODEL, *(source.value for source in Source))
"""Who answered: the handler by its model, the handler without one, the rule, or nobody (`hold`)."""


@dataclass(slots=True)
class Reads:
    """A shared value as one xApp met it."""

    unknown: int = 0
    """Decisions for which nobody had published it yet."""
    ages: Latencies = field(default_factory=Latencies)

    def as_dict(self) -> dict[str, Any]:
        """`read` times, `unknown` times; `age_ms` by quantiles."""
        return {"read": len(self.ages), "unknown": self.unknown, "age_ms": dict(self.ages.quantiles())}


class Tally:
    """Counted since the start."""

    def __init__(self, handlers: Iterable[Handler]) -> None:
        self.answers: Counter[str] = Counter()
        self.sent = self.refused = 0
        self._shared = {
            handler.name: [(place, need.name) for place, need in enumerate(handler.needs) if isinstance(need, Shared)]
            for handler in handlers
        }
        self.reads = {name: Reads() for places in self._shared.values() for _, name in places}

    def read(self, handler: Handler, needs: Sequence[Latest[Any]]) -> None:
        """The handler is asked, and given these."""
        for place, name in self._shared[handler.name]:
            latest = needs[place]
            if latest.known:
                self.reads[name].ages.add(ns(latest.age))
            else:
                self.reads[name].unknown += 1

    def settled(self, answer: Answer, sent: int, refused: int) -> None:
        """It was answered for, and so many controls were sent and refused."""
        by_model = answer.source is Source.HANDLER and answer.model
        self.answers[MODEL if by_model else answer.source.value] += 1
        self.sent += sent
        self.refused += refused

    def status(self) -> dict[str, int]:
        """Counters of now; cheap. `decisions`, by who answered, and what came of them."""
        answers = self.answers
        return {
            "decisions": answers.total(),
            **{f"by_{name}": answers[name] for name in ANSWERS},
            "sent": self.sent,
            "refused": self.refused,
        }

    def summary(self) -> dict[str, Any]:
        """The same, and of every shared value that it reads how often and how old: `reads`."""
        return {**self.status(), "reads": {name: reads.as_dict() for name, reads in self.reads.items()}}
