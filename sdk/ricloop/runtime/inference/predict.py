"""A learned model at work in the loop: windows kept, time looked at before it is started, its answer checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, ModelRef
from ricloop.core.ids import Cells
from ricloop.core.model import BadAnswer, Filling, Inference, NoTime, Table, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.e2sm.kpm import Metric, Report
from ricloop.e2sm.kpm.feeds import Every
from ricloop.features import Inputs
from ricloop.features.calendar import NS_PER_DAY
from ricloop.runtime.inference.isolated import Isolated

Predict: TypeAlias = Callable[..., Any]
"""A learned model: called with the report and each need, like the handler, it answers with its prediction."""

RESERVE_NS = 300_000
"""Of the time that is left when a model is started: what comes after it (the handler, guards, encoding)."""


def _nothing() -> None:
    """Nothing is held."""


@dataclass(eq=False)
class Version:
    """One version of a model, ready to be asked."""

    name: str
    """For people, as `anomaly-ae@1.0.0+` and twelve digits of the digest."""
    window: Window
    inference: Inference
    prediction: Callable[[Table, Cells], Any]
    """Makes the handler's value of the answers' table."""
    day_ns: int = NS_PER_DAY
    """How long a day takes, as `Windows` takes it."""
    source: str = ""
    """Where it comes from: a folder, or code of one's own."""
    release: Callable[[], None] = _nothing
    """Gives back what its engine holds."""

    def ask(self, inputs: Inputs, cells: Cells, time_ns: int) -> Any:
        """What it says of these cells, by what it knows of them. Raises ModelError."""
        count = len(cells)
        inputs.fill(cells, time_ns, self.inference.input(count))
        said = self.prediction(self.inference.infer(count), cells)
        if isinstance(said, Anomalies):
            inputs.judge(said.cells, said.unusual)
        return said


class Follower(Protocol):
    """Who looks at what a model is shown and says, when there is time for it."""

    def seen(self, report: Report, cells: Cells, values: NDArray[np.float32]) -> None:
        """What went into the windows of a report: its cells that are not stale, shape [metrics, cells]."""

    def answered(self, report: Report, said: Any, took_ns: int) -> None:
        """The model's checked answer, and how long it took."""


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
    def answered(self, report: Report, said: Any, took_ns: int) -> None:
        """Its answer was checked, and goes to the handler."""

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
        """As `Version` has them."""
        self.name = name
        self.active = Version(version or name, window, inference, prediction, NS_PER_DAY if day_ns is None else day_ns)
        self.previous: Version | None = None
        """What `swap` replaced: still loaded, to go back to at once."""
        self.inputs = Inputs(window, day_ns=self.active.day_ns)
        self.follower: Follower | None = None
        self.feed: Every | None = None
        """What it was checked against."""
        self._filling = False
        self._columns: list[int] | None = None

    def swap(self, version: Version, inputs: Inputs | None = None) -> None:
        """Let another version answer from now on. It goes on with what is known of the cells where it looks at the
        same, or with what it brings; else it begins with nothing, and is not started until its windows are filled.

        Raises ConfigError where the feed does not report what it looks at: then nothing has changed.
        """
        self._check(version.window, self.feed)
        old = self.active
        if inputs is None and not self.inputs.fits(version.window, version.day_ns):
            inputs, self._filling = Inputs(version.window, day_ns=version.day_ns), True
        if inputs is not None:
            self.inputs = inputs
        self._columns = None
        if self.previous is not None and self.previous is not version:
            self.previous.release()
        self.previous, self.active = old, version

    @property
    def window(self) -> Window:
        """What it looks at."""
        return self.active.window

    def check(self, feed: Feed[Any]) -> None:
        if not isinstance(feed, Every):
            raise ConfigError(f"model '{self.name}' looks at periodic cell reports (kpm.every), not at {feed.title}")
        self._check(self.window, feed)
        self.feed = feed

    def _check(self, window: Window, feed: Every | None) -> None:
        asked = {str(metric) for metric in (() if feed is None else feed.metrics)}
        if feed is not None and (missing := [name for name in window.metrics if name not in asked]):
            raise ConfigError(
                f"model '{self.name}' looks at {', '.join(missing)}, which the feed does not ask for: "
                f"kpm.every(period, {', '.join(f'kpm.Metric({name!r})' for name in window.metrics)})"
            )

    def see(self, report: Report) -> None:
        cells, values = report.cells, report.values[self._rows_of(report)]
        stale = report.stale()
        if stale.any():
            cells, values = cells[~stale], values[:, ~stale]
        self.inputs.put(cells, report.time, values)
        if self.follower is not None:
            self.follower.seen(report, cells, values)

    def admit(self, report: Report, remaining_ns: int) -> None:
        if self._filling:
            self._filling = not self.inputs.filled()
            if not self.inputs.filled(report.cells):
                looks_at = self.window.length
                raise Filling(f"model '{self.active.name}' looks at {looks_at} periods, and its windows began anew")
        expected = self.expected_ns(len(report))
        if expected + RESERVE_NS > remaining_ns:
            raise NoTime(
                f"model '{self.name}' takes up to {expected / 1e6:.2f} ms for {len(report)} cells, and "
                f"{max(0, remaining_ns) / 1e6:.2f} ms are left"
            )

    def missed(self) -> None:
        self.active.inference.missed()

    def answered(self, report: Report, said: Any, took_ns: int) -> None:
        if self.follower is not None:
            self.follower.answered(report, said, took_ns)

    def expected_ns(self, rows: int) -> int:
        return self.active.inference.expected_ns(rows)

    @property
    def version(self) -> str:
        return self.active.name

    def __call__(self, report: Report, *needs: Any) -> Any:
        return self.active.ask(self.inputs, report.cells, report.time)

    def _rows_of(self, report: Report) -> list[int]:
        # The same for every report of the feed, as long as the same version looks at it.
        if self._columns is None:
            self._columns = [report.rows[Metric(name)] for name in self.window.metrics]
        return self._columns


class IsolatedModel(LoopModel):
    """A model in a process of its own: it is given what time there is, and no more."""

    def __init__(self, name: str, inference: Isolated, prediction: Callable[[Table, Cells], Any]) -> None:
        super().__init__(name, inference.window, inference, prediction, version=f"{name} of {inference.target}")
        self.active.source = inference.target
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
