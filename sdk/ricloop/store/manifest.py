"""`manifest.json`: what a model looks at and says, where it comes from, and the digest of each file. Schema 1."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from ricloop.core.model import ContextPlan, Window

SCHEMA = 1
Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
FileName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$")]
"""Plain: nothing that leads out of the folder."""
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Metric: TypeAlias = Annotated[str, Field(min_length=1, max_length=150)]
Columns: TypeAlias = Annotated[int, Field(ge=1, le=100_000)]


class Closed(BaseModel):
    """A key that nobody reads is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContextSpec(Closed):
    """As `core.model.ContextPlan`; a number per metric of the window."""

    bins: Annotated[int, Field(ge=1, le=1440)]
    memory: Annotated[int, Field(ge=1, le=1_000_000)]
    minimum: Annotated[int, Field(ge=1, le=1_000_000)]
    centre: tuple[FiniteFloat, ...]
    spread: tuple[Annotated[FiniteFloat, Field(gt=0)], ...]
    logarithmic: tuple[bool, ...]
    patience: Annotated[int, Field(ge=1, le=1_000_000)]


class WindowSpec(Closed):
    """What a row of the input is, as `core.model.Window`, and how time is counted in it."""

    metrics: Annotated[tuple[Metric, ...], Field(min_length=1, max_length=256)]
    length: Annotated[int, Field(ge=1, le=10_000)]
    """Periods."""
    calendar: Annotated[int, Field(ge=0, le=64, multiple_of=2)] = 0
    """Columns: sine and cosine of each harmonic of the day; NaN where the time of day is not known."""
    period_ms: Annotated[int, Field(ge=1)]
    """Of the reports that it was trained on."""
    day_ms: Annotated[int, Field(ge=1)] = 86_400_000
    """What a day takes: less in a simulated network whose day is compressed."""
    context: ContextSpec | None = None
    """Where given, values are put beside what is usual of their cell at their time of day."""

    @model_validator(mode="after")
    def _of_each_metric(self) -> WindowSpec:
        context = self.context
        if context and {len(context.centre), len(context.spread), len(context.logarithmic)} != {len(self.metrics)}:
            raise ValueError(f"context: a centre, a spread and a logarithmic for each of {len(self.metrics)} metrics")
        return self

    def window(self) -> Window:
        """The same for the feature windows."""
        context = None if self.context is None else ContextPlan(**self.context.model_dump())
        return Window(self.metrics, self.length, self.calendar, context)


class ForecastSpec(Closed):
    """One metric, some periods ahead. Columns: the horizons at the first quantile, at the second, and so on."""

    kind: Literal["forecast"] = "forecast"
    metric: Metric
    horizons: Annotated[int, Field(ge=1, le=10_000)]
    quantiles: Annotated[tuple[float, ...], Field(min_length=1, max_length=99)]

    @model_validator(mode="after")
    def _ascending(self) -> ForecastSpec:
        levels = (0.0, *self.quantiles, 1.0)
        if any(not low < high for low, high in pairwise(levels)):
            raise ValueError(f"quantiles ascend between 0 and 1, not {list(self.quantiles)}")
        return self

    def columns(self, window: WindowSpec) -> int:
        return self.horizons * len(self.quantiles)


class AnomaliesSpec(Closed):
    """How unusual. Columns: the score, then each metric's part."""

    kind: Literal["anomalies"] = "anomalies"
    threshold: Annotated[FiniteFloat, Field(ge=0)]
    """The score above which a cell is called unusual."""

    def columns(self, window: WindowSpec) -> int:
        return 1 + len(window.metrics)


class Tensor(Closed):
    """The network's input or output, [rows, columns] of float32."""

    name: str
    columns: Columns


class FileEntry(Closed):
    """A file of the folder."""

    sha256: Sha256
    size: Annotated[int, Field(ge=0)]
    """Octets."""


class Lineage(Closed):
    """Where the weights come from, and how good they were on what they had not seen."""

    scenario: str
    """Of the simulator."""
    training_seeds: tuple[int, ...]
    validation_seeds: tuple[int, ...]
    held_out_seeds: tuple[int, ...]
    settings: dict[str, int | float | str]
    """Of the training run."""
    code: str
    """Digest or revision of the code that trained it."""
    data_sha256: Sha256
    """Of the training tables."""
    packages: dict[str, str]
    """Name and version of what computed it."""
    scores: dict[str, dict[str, float]]
    """On the held-out seeds: the model and its baselines, each with the same figures."""


class Manifest(Closed):
    """The whole of `manifest.json`."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    name: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    window: WindowSpec
    output: Annotated[ForecastSpec | AnomaliesSpec, Field(discriminator="kind")]
    input_tensor: Tensor
    output_tensor: Tensor
    parameters: Annotated[int, Field(ge=0)]
    model: FileName = "model.onnx"
    golden: FileName = "golden.npy"
    """[cases, input and output columns] of float32."""
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 1e-5
    """How far an engine's golden answers may be off, relative to each column's size."""
    lineage: Lineage
    files: Annotated[dict[FileName, FileEntry], Field(max_length=32)]
    """Every file of the folder but the manifest."""

    @model_validator(mode="after")
    def _fits(self) -> Manifest:
        for what, tensor, needed in (
            ("input", self.input_tensor, self.window.window().columns),
            ("output", self.output_tensor, self.output.columns(self.window)),
        ):
            if tensor.columns != needed:
                raise ValueError(f"the {what} has {tensor.columns} columns, its description {needed}")
        for name in (self.model, self.golden):
            if name not in self.files:
                raise ValueError(f"files does not list {name}")
        if not all(math.isfinite(value) for scores in self.lineage.scores.values() for value in scores.values()):
            raise ValueError("scores are finite numbers")
        return self
