"""`manifest.json`: what a model looks at and says, and the digest of each file beside it. Schema 2."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from ricloop.core.model import ContextPlan, Window

SCHEMA = 2
MODEL, WEIGHTS, GOLDEN = "model.onnx", "model.safetensors", "golden.npy"
CARD, LINEAGE, SCORES, CALIBRATION, LATENCY = (
    "card.md",
    "lineage.json",
    "eval.json",
    "calibration.json",
    "latency.json",
)
FILES = tuple(sorted((MODEL, WEIGHTS, GOLDEN, CARD, LINEAGE, SCORES, CALIBRATION, LATENCY)))
"""Of every artifact, beside the manifest and its signature."""
Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
FileName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$")]
"""Plain: nothing that leads out of the folder."""
Version: TypeAlias = Annotated[str, Field(pattern=r"^\d{1,9}\.\d{1,9}\.\d{1,9}$")]
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


class Facts(Closed):
    """What a manifest of any schema tells a loop."""

    name: Name
    version: Version
    window: WindowSpec
    output: Annotated[ForecastSpec | AnomaliesSpec, Field(discriminator="kind")]
    input_tensor: Tensor
    output_tensor: Tensor
    parameters: Annotated[int, Field(ge=0)]
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 1e-5
    """How far an engine's golden answers may be off, relative to each column's size."""
    files: Annotated[dict[FileName, FileEntry], Field(max_length=32)]
    """Every file of the folder but the manifest and its signature."""

    @model_validator(mode="after")
    def _adds_up(self) -> Facts:
        for what, tensor, needed in (
            ("input", self.input_tensor, self.window.window().columns),
            ("output", self.output_tensor, self.output.columns(self.window)),
        ):
            if tensor.columns != needed:
                raise ValueError(f"the {what} has {tensor.columns} columns, its description {needed}")
        return self


class Manifest(Facts):
    """The whole of `manifest.json`."""

    schema_: Annotated[Literal[2], Field(alias="schema")]
    engines: Annotated[tuple[str, ...], Field(min_length=1, max_length=16)] = ("onnxruntime", "numpy")
    """Those that may run it; each gave the golden answers when it was published."""
    checksum: Sha256
    """Of this file with zeros in this place: no octet of it changes unseen, signed or not."""

    @model_validator(mode="after")
    def _lists_every_file(self) -> Manifest:
        if missing := [name for name in FILES if name not in self.files]:
            raise ValueError(f"files does not list {missing[0]}")
        if unknown := sorted(set(self.files) - set(FILES)):
            raise ValueError(f"files lists {unknown[0]}, which is no file of a model; there are: {', '.join(FILES)}")
        return self
