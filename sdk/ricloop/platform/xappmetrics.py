"""What the process of one xApp counts, and how Prometheus reads it.

Counting is adding to plain numbers; the series are made when somebody asks for them. All of them are always there, and
none grows with cells or users.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import Metric

from ricloop.platform.families import as_text, counter, gauge, histogram

HANDLER = "handler"
OUTCOMES = (HANDLER, "late", "error", "silent", "tripped", "no model", "no time", "filling")
"""The handler's own answer, or why it was another."""
EDGES_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
RMR_FATES = ("answered", "ignored", "bad")


class XAppMetrics:
    """The instruments of one xApp."""

    def __init__(self, xapp: str) -> None:
        self._xapp = xapp
        self.connected = False
        self.registered = False
        self.questions = 0
        self.streams = 0
        """How often its RIC let it in."""
        self.answers = dict.fromkeys(OUTCOMES, 0)
        self.rmr = dict.fromkeys(RMR_FATES, 0)
        self._took_ns = 0
        self._took = [0] * (len(EDGES_S) + 1)

    def answered(self, cause: str, took_ns: int) -> None:
        """A question was answered, by the handler where `cause` is empty."""
        outcome = cause or HANDLER
        # A model of one's own may raise a NoTime of its own kind.
        self.answers[outcome if outcome in self.answers else "no time"] += 1
        self._took_ns += took_ns
        self._took[bisect_left(EDGES_S, took_ns / 1e9)] += 1

    def metrics(self) -> Iterator[Metric]:
        own = (self._xapp,)
        for title, text, now in (
            ("connected", "1 while the RIC has let this xApp in.", self.connected),
            ("registered", "1 while this xApp is registered with the app manager.", self.registered),
        ):
            yield gauge(f"ricloop_xapp_{title}", text, {own: now}, "xapp")
        for title, text, count in (
            ("questions", "Questions of the RIC's, those asked again among them.", self.questions),
            ("reconnects", "Streams to the RIC after the first.", max(0, self.streams - 1)),
        ):
            yield counter(f"ricloop_xapp_{title}", text, {own: count}, "xapp")
        for title, text, label, counts in (
            ("answers", "Answers: the handler's, or why it was another.", "outcome", self.answers),
            ("rmr_messages", "Messages that came by RMR.", "fate", self.rmr),
        ):
            yield counter(f"ricloop_xapp_{title}", text, {(*own, of): n for of, n in counts.items()}, "xapp", label)
        buckets = list(zip(EDGES_S, accumulate(self._took), strict=False))
        yield histogram(
            "ricloop_xapp_decide_seconds",
            "From reading a question to its answer, sending left out.",
            {self._xapp: (buckets, sum(self._took), self._took_ns / 1e9)},
            "xapp",
        )

    def exposition(self) -> bytes:
        """As Prometheus reads it."""
        return as_text(self.metrics())
