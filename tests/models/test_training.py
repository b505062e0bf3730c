"""A training run, made small, ends in an artifact that keeps the rules; the same seed gives the same octets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ricloop import store
from ricloop.cli import build
from ricloop.core.errors import ConfigError
from ricloop.core.time import ManualClock
from ricloop.testing.model import check_model
from ricloop_models.commands.training import beyond
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


def test_a_small_run_of_each_detector_gives_an_artifact_and_one_goes_on_from_the_other_s_days(tmp_path: Path) -> None:
    out = tmp_path / "one"
    for name, own, resume in (("anomaly-pca", {}, False), ("anomaly-ae", {"steps": 20, "batch": 64}, True)):
        kind, train = training(name)
        artifact = train(kind(**TOWN, **own), Run(out, console=Console(quiet=True), resume=resume))
        check_model(store.load(out))
        assert (artifact.name, artifact.manifest.output.threshold) == (name, 1.0)
        assert artifact.manifest.window.context is not None
        assert len(list(tmp_path.glob("one.days-*.checkpoint"))) == 3


@pytest.mark.parametrize("name", ["traffic-forecast-mlp"])
def test_a_small_run_gives_an_artifact_and_again_the_same(name: str, tmp_path: Path) -> None:
    """But for the times, which are measured. Once by the command, which has the settings as options."""
    options = [word for key, value in SMALL.items() for word in (f"--{key.replace('_', '-')}", str(value))]
    files = ["--out", str(tmp_path / "one"), "--json", str(tmp_path / "one.json"), "--as-version", "7.0.0"]
    told = CliRunner().invoke(build("models"), ["models", "train", name, *options, *files], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    said, one = json.loads((tmp_path / "one.json").read_text()), store.load(tmp_path / "one")
    check_model(one)
    assert (said["model"], one.manifest.version) == (one.version, "7.0.0")
    assert not list(tmp_path.glob("*.checkpoint")), "they go when the artifact is there"
    kind, train = training(name)
    run = Run(tmp_path / "again", version="7.0.0", console=Console(quiet=True), clock=ManualClock())
    again = train(kind(**SMALL), run)
    assert (one.content, one.onnx) == (again.content, again.onnx)
    assert one.latency != again.latency


@pytest.mark.parametrize("name", store.shipped())
@pytest.mark.skipif("RICLOOP_RETRAIN" not in os.environ, reason="minutes for each: make retrain")
def test_a_shipped_model_trained_again_has_its_scores(name: str, tmp_path: Path) -> None:
    shipped = store.find(name)
    kind, train = training(name)
    artifact = train(kind(**shipped.lineage.settings), Run(tmp_path / "again", console=Console(quiet=True)))
    assert shipped.scores is not None
    assert artifact.scores is not None
    assert shipped.scores.tolerance, "it says how far a training may be off"
    assert beyond(artifact.scores, shipped.scores) == {}


def test_scores_that_are_off_by_more_than_was_recorded_are_named() -> None:
    def scored(**figures: float) -> store.Scores:
        rows = {"this model": figures, "naive": figures}
        return store.Scores(
            protocol="", model="this model", headline="mae", baselines=("naive",), scores=rows, tolerance={"mae": 0.1}
        )

    assert beyond(scored(mae=1.05, inside=0.1), scored(mae=1.0, inside=0.9)) == {}
    assert beyond(scored(mae=0.8), scored(mae=1.0)) == {"mae": (0.8, 1.0, 0.1)}
    assert list(beyond(scored(mae=1.2), scored(mae=1.0))) == ["mae"], "better is off as well"


def test_words_that_cannot_be_meant_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing trains 'anomaly-a'\. Did you mean 'anomaly-ae'"):
        training("anomaly-a")
    kind, train = training("anomaly-ae")
    with pytest.raises(ConfigError, match="learns from the simulator alone; leave it out"):
        train(kind(**SMALL), Run(tmp_path / "x", data=tmp_path))
