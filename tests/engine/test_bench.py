"""`ricloop bench engine`: what it writes, and what it says of words that it cannot use. How fast is not tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ricloop.bench import engine as bench
from ricloop.core.errors import RicloopError


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "LEAST_RUNS", 3)
    monkeypatch.setattr(bench, "CASE_S", 0.0)


@pytest.mark.usefixtures("quick")
def test_a_row_per_engine_and_batch_with_one_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    bench.bench_engine("32,1", ["anomaly-ae"], "numpy,onnxruntime", file)
    rows = json.loads(file.read_text())
    assert [(row["engine"], row["batch"]) for row in rows] == [
        ("numpy", 1),
        ("numpy", 32),
        ("onnxruntime", 1),
        ("onnxruntime", 32),
    ]
    for row in rows:
        assert set(row) >= {"model", "engine", "batch", "p50_us", "p99_us", "p999_us", "ratio", "default"}
        assert 0 < row["p50_us"] <= row["p99_us"] <= row["p999_us"]
        assert row["default"] is (row["engine"] == "onnxruntime")
    assert "onnxruntime (default)" in capsys.readouterr().out


@pytest.mark.usefixtures("quick")
def test_an_engine_that_is_missing_is_listed_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ricloop.engine.registry.find_spec", lambda name: None)
    bench.bench_engine("1", ["anomaly-ae"], "numpy,torch", None)
    assert "torch: engine torch: torch is not installed: pip install 'ricloop[ml]'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("batch", "model", "engines", "says"),
    [
        ("1,zwei", None, "numpy", "'zwei' is no number of rows from 1"),
        ("0", None, "numpy", "'0' is no number"),
        ("1", ["anomly-ae"], "numpy", "Did you mean 'anomaly-ae'"),
        ("1", None, "onxruntime", "Did you mean 'onnxruntime'"),
    ],
)
def test_words_that_cannot_be_used_are_named(batch: str, model: list[str] | None, engines: str, says: str) -> None:
    with pytest.raises(RicloopError, match=says):
        bench.bench_engine(batch, model, engines, None)
