"""What a learned model is to the loop: a table of features in, a table of predictions out, in buffers made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import RicloopError

Table: TypeAlias = NDArray[np.float32]
"""Shape [rows, columns]; a row per cell."""

BUCKETS = (1, 32, 256, 1024, 4096)
"""Numbers of rows that an engine is made ready for; a batch is padded to the next."""


class ModelError(RicloopError):
    """A model that cannot be loaded, or did not answer as it should."""

    kind = "failed"
    """Under which name it is counted: few, and short."""


class NoTime(ModelError):
    """The model was not started: it could not have answered in time."""

    kind = "no time"


class BadAnswer(ModelError):
    """The model answered with something that is no answer: another type or shape, or numbers that are none."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """How values are put beside what is usual of their own cell at their time of day, before a model sees them.

    A value becomes its distance from a running centre, in running spreads: of its cell and time of day; while that is
    young, of its cell; while that is young too, of the training. The spread is never less than the cell's own.
    """

    bins: int
    """Equal parts of a day, each with a centre and a spread of its own."""
    memory: int
    """Values over which each centre and spread is averaged."""
    minimum: int
    """Values below which a part, or a cell, is young."""
    centre: tuple[float, ...]
    """Of the training, of each metric, in its unit or the logarithm of it."""
    spread: tuple[float, ...]
    """The same; above 0."""
    logarithmic: tuple[bool, ...]
    """Metrics of which log(1 + x) is looked at: volumes, rates and counts, to which a factor is what a sum is to dB."""
    patience: int
    """Periods after which what is called unusual is learned all the same: a change that stays is the new usual."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a model looks at: the last values of some metrics of one cell, and the time of day.

    A row of its input table is, metric by metric, `length` values from the oldest to the newest, NaN for those that
    never came, then `calendar` values: sine and cosine of the day's first, second, … harmonic at the newest value.
    """

    metrics: tuple[str, ...]
    length: int
    """Periods."""
    calendar: int = 0
    """Even: two for each harmonic."""
    context: ContextPlan | None = None
    """Where given, the values are those that it makes of what was reported."""

    @property
    def columns(self) -> int:
        return len(self.metrics) * self.length + self.calendar


class Network(Protocol):
    """A trained network, whatever it is kept in: what an engine is made from."""

    @property
    def name(self) -> str: ...

    @property
    def onnx(self) -> bytes:
        """An ONNX file: one float32 input [rows, columns], one float32 output [rows, outputs]."""

    @property
    def golden(self) -> tuple[Table, Table]:
        """Some inputs, and what the network said of them when it was made."""

    @property
    def tolerance(self) -> float:
        """How far an engine's answer to the golden inputs may be off, relative to each column's size."""


class Engine(Protocol):
    """Runs one model on one kind of runtime. It belongs to one thread."""

    @property
    def name(self) -> str:
        """`numpy`, `onnxruntime` …"""

    @property
    def buckets(self) -> Sequence[int]:
        """Ascending."""

    def input(self, bucket: int) -> Table:
        """Where the caller writes what the model shall look at, shape [bucket, columns], C-contiguous, 64-byte aligned;
        the same array each time. Rows that are not asked for may hold anything."""

    def run(self, bucket: int, rows: int) -> Table:
        """The answers to the first `rows` rows, shape [rows, outputs]: a view of a buffer, good until the next run.

        Allocates nothing of a batch's size. Raises ModelError.
        """

    def close(self) -> None:
        """Give back what the runtime holds. Closing twice is fine."""


class Inference(Protocol):
    """An engine whose time is known: what the loop asks."""

    def input(self, rows: int) -> Table:
        """Where to write what the model shall look at: `rows` rows at the least, the same array for the same bucket."""

    def expected_ns(self, rows: int) -> int:
        """How long `infer` takes at the most, but for one time in a thousand."""

    def infer(self, rows: int) -> Table:
        """The answers to the first `rows` rows; good until the next call. Raises ModelError."""

    def missed(self) -> None:
        """What was expected was not kept: expect more for a while."""
