"""The JSON files beside a manifest: where a model comes from, how good and how fast it is, and what it was set to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import orjson
from pydantic import Field, FiniteFloat, JsonValue, ValidationError, model_validator

from ricloop.core.model import ModelError
from ricloop.store.manifest import Closed, Sha256

Figures: TypeAlias = dict[str, FiniteFloat]
Calibration: TypeAlias = Mapping[str, Any]
"""Scaling, thresholds, conformal state: JSON with finite numbers, as the model's own code reads it."""
DEEPEST = 8
"""Levels of lists and tables in a calibration."""
D = TypeVar("D", bound=Closed)


class Lineage(Closed):
    """`lineage.json`: where the weights come from."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    source: str
    """The simulator's scenario, or the data set."""
    seeds: dict[str, tuple[int, ...]]
    """By part: `training`, `validation`, `held_out`; none where the data are no rollouts."""
    settings: dict[str, JsonValue]
    """Of the training run."""
    code: str
    """Digest or revision of the code that trained it."""
    data_sha256: Sha256
    """Of the training tables."""
    packages: dict[str, str]
    """Name and version of what computed it."""
    trained: dict[str, str] = Field(default_factory=dict)
    """How: device, precision, whether it was compiled and why."""


class Scores(Closed):
    """`eval.json`: how good the model and each baseline were on what the model had not seen."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    protocol: str
    """What was scored, and what each figure is, with its unit."""
    model: str
    """Whose row of `scores` is the model's own."""
    headline: str
    """The figure that a promotion asks for."""
    baselines: tuple[str, ...]
    """Rows that the model must beat by the headline to be promoted."""
    scores: Annotated[dict[str, Figures], Field(max_length=256)]
    """The model and its baselines, each with the same figures."""
    tolerance: Figures = Field(default_factory=dict)
    """By figure: how far a training from the same seed may be off, and a successor worse."""

    @model_validator(mode="after")
    def _adds_up(self) -> Scores:
        for who in (self.model, *self.baselines):
            if who not in self.scores:
                raise ValueError(f"scores has no row {who!r}; it has: {', '.join(self.scores)}")
            if self.headline not in self.scores[who]:
                raise ValueError(f"the row {who!r} has no figure {self.headline!r}")
        return self

    @property
    def own(self) -> Figures:
        """The model's figures."""
        return self.scores[self.model]


class Percentiles(Closed):
    """Of one bucket."""

    p50_us: FiniteFloat
    p99_us: FiniteFloat
    p999_us: FiniteFloat


class Latency(Closed):
    """`latency.json`: what was measured where the model was published. The one file that the seed does not decide."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    host: dict[str, str]
    """Its class: CPU, cores, packages."""
    engines: dict[str, dict[int, Percentiles]]
    """By engine and rows."""


def parsed(kind: type[D], octets: bytes, where: object) -> D:
    """A document. Raises ModelError naming the file and what is wrong in it."""
    try:
        return kind.model_validate_json(octets)
    except ValidationError as error:
        raise ModelError(f"{where}: {first(error)}") from error


def calibration(octets: bytes, where: object) -> Calibration:
    """A calibration read. Raises ModelError for what is no JSON (infinities are none) or nested too deep."""
    try:
        found = orjson.loads(octets)
    except orjson.JSONDecodeError as error:
        raise ModelError(f"{where}: no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ModelError(f"{where}: a table is expected, not {type(found).__name__}")
    _check_depth(found, where, 0)
    return found


def octets_of(document: Closed | Calibration) -> bytes:
    """What is written, the same each time. Raises ModelError for what JSON does not have."""
    plain = document.model_dump(mode="json", by_alias=True) if isinstance(document, Closed) else document
    try:
        return (json.dumps(plain, indent=1, allow_nan=False) + "\n").encode()
    except (ValueError, TypeError) as error:
        raise ModelError(f"a calibration is JSON with finite numbers: {error}") from error


def first(error: ValidationError) -> str:
    """The first thing that is wrong, with its place."""
    found = error.errors(include_url=False)[0]
    where = ".".join(map(str, found["loc"]))
    return f"{where}: {found['msg']}" if where else str(found["msg"])


def _check_depth(value: Any, where: object, depth: int) -> None:
    if depth > DEEPEST:
        raise ModelError(f"{where}: nested deeper than {DEEPEST} levels")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_depth(part, where, depth + 1)
