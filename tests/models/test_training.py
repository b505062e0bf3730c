"""A training run, made small, ends in an artifact that keeps the rules; the same seed gives the same octets."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from ricloop import store
from ricloop.testing.model import check_model

pytest.importorskip("torch", reason="torch is not installed: pip install 'ricloop[ml]'")

SMALL = ["--training", "2", "--validation", "1", "--held-out", "2", "--steps", "20", "--batch", "64", "--days", "2"]


@pytest.mark.parametrize("name", ["traffic-forecast-mlp", "anomaly-ae"])
def test_a_small_run_gives_an_artifact_and_again_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module(f"ricloop_models.train.{name.replace('-', '_')}")
    digests = {}
    for folder, seed in (("one", 1), ("again", 1), ("other", 2)):
        monkeypatch.setattr(sys, "argv", ["train", *SMALL, "--seed", str(seed), "--out", str(tmp_path / folder)])
        module.main()
        digests[folder] = store.load(tmp_path / folder).digest
    check_model(store.load(tmp_path / "one"))
    assert digests["one"] == digests["again"] != digests["other"]


def test_a_setting_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["train", "--sed", "1"])
    with pytest.raises(SystemExit):
        import_module("ricloop_models.train.anomaly_ae").main()
