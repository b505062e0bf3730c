"""What every model must do, checked: `check_model(artifact)`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ricloop.core.model import BUCKETS, Table
from ricloop.core.predictions import Forecast
from ricloop.engine import ENGINES, make
from ricloop.engine.choose import error_of, verify
from ricloop.store import Artifact

ROWS = 32


def check_model(artifact: Artifact, engines: Iterable[str] = ("numpy", "onnxruntime")) -> None:
    """Raises AssertionError that names the rule which the model breaks, or ModelError where an engine cannot run it.

    Every engine gives the golden answers in every bucket; an answer is float32, finite, of the shape that the manifest
    says, the same each time, and of a row alone: neither the order of the cells nor who is beside them changes it. Rows
    of nothing but missing values get an answer, and holes do not spread. The prediction holds what it says it holds.
    """
    for name in engines:
        assert name in ENGINES, f"engines are {', '.join(ENGINES)}, not {name!r}"
        engine = make(name, artifact, BUCKETS)
        verify(engine, artifact)
        engine.close()
        _check_rows(artifact, name)
    rows = artifact.golden[1][:2]
    said = artifact.prediction(rows, np.array([1, 2], np.uint64))
    if isinstance(said, Forecast):
        assert (np.diff(said.values, axis=2) >= 0).all(), f"{artifact.name}: quantiles must ascend"
    else:
        assert (said.scores >= 0).all(), f"{artifact.name}: scores are not below 0"
        assert said.residuals.shape == (2, len(said.metrics)), f"{artifact.name}: a residual per metric"


def _check_rows(artifact: Artifact, name: str) -> None:
    who = f"{artifact.name} on {name}"
    engine = make(name, artifact, (ROWS,))
    asked = np.resize(artifact.golden[0], (ROWS, artifact.golden[0].shape[1]))
    asked[0] = np.nan
    asked[1, ::2] = np.nan

    def answer(table: Table) -> Table:
        engine.input(ROWS)[: len(table)] = table
        return engine.run(ROWS, len(table)).copy()

    said = answer(asked)
    outputs = artifact.manifest.output_tensor.columns
    assert said.shape == (ROWS, outputs), f"{who}: {[ROWS, outputs]} expected, not {list(said.shape)}"
    assert said.dtype == np.float32, f"{who}: float32 expected, not {said.dtype}"
    assert np.isfinite(said).all(), f"{who}: missing values must not make an answer that is not finite"
    assert (answer(asked) == said).all(), f"{who}: the same rows must get the same answer"
    order = np.random.default_rng(0).permutation(ROWS)
    off = error_of(answer(asked[order]), said[order], said)
    assert off <= artifact.tolerance, f"{who}: the order of the cells changes answers by {off:.1e}"
    alone = np.vstack([answer(asked[row : row + 1]) for row in range(4)])
    off = error_of(alone, said[:4], said)
    assert off <= artifact.tolerance, f"{who}: the other cells change an answer by {off:.1e}"
    engine.close()
