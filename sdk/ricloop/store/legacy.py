"""Schema 1, which is read and never written: four files, with lineage and scores inside the manifest."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from ricloop.store.documents import Lineage, Scores
from ricloop.store.manifest import Closed, Facts, FileName, Sha256


class LineageOne(Closed):
    """Where the weights come from, and how good they were on what they had not seen."""

    scenario: str
    training_seeds: tuple[int, ...]
    validation_seeds: tuple[int, ...]
    held_out_seeds: tuple[int, ...]
    settings: dict[str, int | float | str]
    code: str
    data_sha256: Sha256
    packages: dict[str, str]
    scores: dict[str, dict[str, FiniteFloat]]


class ManifestOne(Facts):
    """The whole of a `manifest.json` of schema 1."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    model: FileName = "model.onnx"
    golden: FileName = "golden.npy"
    lineage: LineageOne

    @model_validator(mode="after")
    def _lists_what_it_names(self) -> ManifestOne:
        for name in (self.model, self.golden):
            if name not in self.files:
                raise ValueError(f"files does not list {name}")
        return self


def lineage_of(manifest: ManifestOne) -> Lineage:
    """The same as schema 2 has it."""
    old = manifest.lineage
    return Lineage(
        source=old.scenario,
        seeds={"training": old.training_seeds, "validation": old.validation_seeds, "held_out": old.held_out_seeds},
        settings=dict(old.settings),
        code=old.code,
        data_sha256=old.data_sha256,
        packages=old.packages,
    )


def scores_of(manifest: ManifestOne) -> Scores | None:
    """The same as schema 2 has it: its first row is the model's, its first figure the headline. None without scores."""
    rows = manifest.lineage.scores
    if not rows:
        return None
    model, *others = rows
    headline = next(iter(rows[model]))
    return Scores(protocol="", model=model, headline=headline, baselines=tuple(others), scores=rows)
