"""Versions of one small model, for tests of how they take turns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from ricloop.cli import build
from ricloop.store import Artifact
from tests.engine.networks import Made, drawn, everything, plain
from tests.store.test_store import saved


def version(root: Path, number: str, seed: int = 0, *, headline: float = 1.0, **changes: Any) -> Artifact:
    """`small-one` of this number; another seed, another network. `headline`: its recorded mean absolute error."""
    graph, asked = everything(seed), drawn(64)
    made = Made(graph, (asked, plain(asked, graph)))
    return saved(root / number, made, version=number, headline=headline, **changes)


def command(*words: object) -> None:
    """A real `ricloop models …`; raises what it raises."""
    told = CliRunner().invoke(build("models"), ["models", *map(str, words)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
