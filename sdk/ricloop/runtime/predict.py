"""A learned model at work in the loop: windows kept, time looked at before it is started, its answer checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, ModelRef
from ricloop.core.ids import Cells
from ricloop.core.model import BadAnswer, Inference, NoTime, Table, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.e2sm.kpm import Metric, Report
from ricloop.e2sm.kpm.feeds import Every
from ricloop.features import Context, Windows
from ricloop.features.calendar import NS_PER_DAY
from ricloop.runtime.isolated import Isolated

Predict: TypeAlias = Callable[..., Any]
"""A learned model: called with the report and each need, like the handler, it answers with its prediction."""

RESERVE_NS = 300_000
"""Of the time that is left when a model is started: what comes after it (the handler, guards, encoding)."""


class Seer(ABC):
    """A model that also looks at reports nobody asks it about, and knows how long it takes."""

    @abstractmethod
    def check(self, feed: Feed[Any]) -> None:
        """Raises ConfigError for a feed that does not report what the model looks at."""

    @abstractmethod
    def see(self, report: Report) -> None:
        """A report came, or the part of one that a newer one superseded."""

    @abstractmethod
    def admit(self, report: Report, remaining_ns: int) -> None:
        """Raises NoTime where it cannot answer in what is left."""

    @abstractmethod
    def missed(self) -> None:
        """Its answer was too late."""

    @abstractmethod
    def expected_ns(self, rows: int) -> int:
        """How long it takes for so many cells, at the most."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Which model it is, for people."""

    @abstractmethod
    def __call__(self, report: Report, *needs: Any) -> Any:
        """What the model says of the report's cells. Raises ModelError."""


class LoopModel(Seer):
    """A model that looks at windows of periodic cell reports. It belongs to one handler."""

    def __init__(
        self,
        name: str,
        window: Window,
        inference: Inference,
        prediction: Callable[[Table, Cells], Any],
        *,
        day_ns: int | None = None,
        version: str = "",
    ) -> None:
        """`prediction` makes the handler's value of the answers' table. `day_ns` as `Windows` takes it."""
        self.name, self.window = name, window
        self._version = version or name
        self._inference, self._prediction = inference, prediction
        day = NS_PER_DAY if day_ns is None else day_ns
        self.windows = Windows(window, day_ns=day)
        self.context = None if window.context is None else Context(window.context, day_ns=day)
        """Where the model looks at values beside what is usual of their cell: learned by every report it sees."""
        self._columns: list[int] | None = None

    def check(self, feed: Feed[Any]) -> None:
        if not isinstance(feed, Every):
            raise ConfigError(f"model '{self.name}' looks at periodic cell reports (kpm.every), not at {feed.title}")
        asked = {str(metric) for metric in feed.metrics}
        if missing := [name for name in self.window.metrics if name not in asked]:
            raise ConfigError(
                f"model '{self.name}' looks at {', '.join(missing)}, which the feed does not ask for: "
                f"kpm.every(period, {', '.join(f'kpm.Metric({name!r})' for name in self.window.metrics)})"
            )

    def see(self, report: Report) -> None:
        cells, values = report.cells, report.values[self._rows_of(report)]
        stale = report.stale()
        if stale.any():
            cells, values = cells[~stale], values[:, ~stale]
        if self.context is None:
            self.windows.put(cells, values)
            return
        self.windows.put(cells, self.context.scale(cells, report.time, values))
        self.context.update(cells, report.time, values)

    def admit(self, report: Report, remaining_ns: int) -> None:
        expected = self._inference.expected_ns(len(report))
        if expected + RESERVE_NS > remaining_ns:
            raise NoTime(
                f"model '{self.name}' takes up to {expected / 1e6:.2f} ms for {len(report)} cells, and "
                f"{max(0, remaining_ns) / 1e6:.2f} ms are left"
            )

    def missed(self) -> None:
        self._inference.missed()

    def expected_ns(self, rows: int) -> int:
        return self._inference.expected_ns(rows)

    @property
    def version(self) -> str:
        return self._version

    def __call__(self, report: Report, *needs: Any) -> Any:
        count = len(report)
        self.windows.fill(report.cells, report.time, self._inference.input(count))
        said = self._prediction(self._inference.infer(count), report.cells)
        if self.context is not None and isinstance(said, Anomalies):
            self.context.judge(said.cells, said.unusual)
        return said

    def _rows_of(self, report: Report) -> list[int]:
        # The same for every report of the feed.
        if self._columns is None:
            self._columns = [report.rows[Metric(name)] for name in self.window.metrics]
        return self._columns


class IsolatedModel(LoopModel):
    """A model in a process of its own: it is given what time there is, and no more."""

    def __init__(self, name: str, inference: Isolated, prediction: Callable[[Table, Cells], Any]) -> None:
        super().__init__(name, inference.window, inference, prediction, version=f"{name} of {inference.target}")
        self._isolated = inference

    def close(self) -> None:
        """End its process."""
        self._isolated.close()

    def admit(self, report: Report, remaining_ns: int) -> None:
        if remaining_ns <= RESERVE_NS:
            raise NoTime(f"model '{self.name}' is not asked: {max(0, remaining_ns) / 1e6:.2f} ms are left")
        self._isolated.within(remaining_ns - RESERVE_NS)


def check_answer(ref: ModelRef[Any], answer: Any, report: Any) -> None:
    """Raises BadAnswer unless a model's answer is what its declaration says: the type, a row for each cell of the
    report, and numbers only."""
    if isinstance(ref.type, type) and not isinstance(answer, ref.type):
        raise BadAnswer(
            f"model '{ref.name}' answered with a {type(answer).__name__}, not a {ref.type.__name__}", "type"
        )
    if isinstance(answer, Forecast | Anomalies) and isinstance(report, Report):
        rows = answer.values if isinstance(answer, Forecast) else answer.scores
        if not np.array_equal(answer.cells, report.cells) or len(rows) != len(report):
            raise BadAnswer(
                f"model '{ref.name}' answered for {len(rows)} cells where the report has {len(report)}", "shape"
            )
    for name, array in _arrays(answer):
        if not np.isfinite(array).all():
            raise BadAnswer(f"model '{ref.name}' answered with numbers that are none in '{name}'", "not finite")


def _arrays(answer: Any) -> list[tuple[str, Any]]:
    """The arrays of floats that an answer is, or holds."""
    named = (
        [(field.name, getattr(answer, field.name)) for field in fields(answer)]
        if is_dataclass(answer)
        else [("its answer", answer)]
    )
    return [(name, a) for name, a in named if isinstance(a, np.ndarray) and np.issubdtype(a.dtype, np.floating)]
