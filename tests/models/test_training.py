"""A training run, made small, ends in an artifact that keeps the rules; the same seed gives the same octets."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from ricloop import store
from ricloop.testing.model import check_model
from ricloop_models.train.base import Run
from ricloop_models.train.registry import training

pytest.importorskip("torch", reason="torch is not installed: pip install 'ricloop[ml]'")

SMALL = {"training": 2, "validation": 1, "held_out": 2, "steps": 20, "batch": 64, "days": 2}
TOWN = {
    "sites": 1,
    "users": 8,
    "day_s": 800,
    "days": 2,
    "workers": 1,
    "training": 1,
    "validation": 1,
    "held_out": 1,
    "events": 1,
}
"""The smallest network with days that an event has room in."""


@pytest.mark.parametrize("name", ["anomaly-pca", "anomaly-ae"])
def test_a_small_run_of_a_detector_gives_an_artifact_that_keeps_the_rules(name: str, tmp_path: Path) -> None:
    kind, train = training(name)
    settings = kind(**TOWN, **({"steps": 20, "batch": 64} if name == "anomaly-ae" else {}))
    artifact = train(settings, Run(tmp_path / "one", console=Console(quiet=True)))
    check_model(store.load(tmp_path / "one"))
    assert artifact.manifest.window.context is not None
    assert len(list(tmp_path.glob("one.days-*.checkpoint"))) == 3, "for --resume"


@pytest.mark.parametrize("name", ["traffic-forecast-mlp"])
def test_a_small_run_gives_an_artifact_and_again_the_same(name: str, tmp_path: Path) -> None:
    """But for the times, which are measured."""
    kind, train = training(name)
    contents = {}
    for folder, seed in (("one", 1), ("again", 1), ("other", 2)):
        artifact = train(kind(seed=seed, **SMALL), Run(tmp_path / folder, console=Console(quiet=True)))
        contents[folder] = artifact.content
    check_model(store.load(tmp_path / "one"))
    assert contents["one"] == contents["again"] != contents["other"]
