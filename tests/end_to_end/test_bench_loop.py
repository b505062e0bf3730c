"""`ricloop bench loop` and `bench scale`, as a person runs them: what they say adds up. How fast is not asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ricloop import ms
from ricloop.cli import build
from ricloop.core.errors import ConfigError
from ricloop.runtime.books.loopstats import STAGES
from ricloop_xapps.bench import far

KEYS = {
    "loop_ms", "e2e_ms", "stages", "received", "decided", "superseded", "misses_percent", "indications_per_s",
    "cpu_percent", "echo_ms",
}  # fmt: skip


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build("bench"), ["bench", *arguments], catch_exceptions=False, env={"COLUMNS": "160"})


@pytest.mark.parametrize("model", [None, "traffic-forecast-mlp", "anomaly-ae"])
def test_the_loop_is_measured_with_and_without_a_model(model: str | None, tmp_path: Path) -> None:
    file, trace = tmp_path / "result.json", tmp_path / "trace.json"
    load = ["--nodes", "2", "--cells", "2", "--period-ms", "50", "--seconds", "3"]
    asked = ["--model", model] if model else []
    shown = run("loop", *load, *asked, "--json", str(file), "--trace", str(trace))
    assert shown.exit_code == 0, shown.output
    assert "echo_ms" in shown.output
    result = json.loads(file.read_text())
    assert result.keys() >= KEYS
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    assert result["decisions"] >= result["loop_ms"]["count"] > 20
    # A busy machine takes some of the controls out of the blocks that are looked at.
    assert result["e2e_ms"]["count"] >= 0.9 * result["loop_ms"]["count"]
    assert set(result["stages"]) == {*STAGES, "model"}
    assert (result["stages"]["model"]["count"] > 0) is (model is not None)
    events = json.loads(trace.read_text())["traceEvents"]
    spans = [event for event in events if event["ph"] == "X"]
    assert {event["name"] for event in spans} == {"bench: decision", *STAGES}
    assert {event["args"]["name"] for event in events if event["ph"] == "M"} == {"gnb-00101-1", "gnb-00101-2"}
    assert all(event["dur"] >= 0 for event in spans)


def test_sizes_are_measured_one_after_the_other(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    shown = run("scale", "--size", "16@100", "--size", "32@50", "--seconds", "3", "--json", str(file))
    assert shown.exit_code == 0, shown.output
    result = json.loads(file.read_text())
    assert [(point["cells"], point["period_ms"]) for point in result["points"]] == [(16, 100), (32, 50)]
    assert isinstance(result["exponent"], float)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["loop", "--model", "traffic-forcast-mlp"], "Did you mean 'traffic-forecast-mlp'?"),
        (["rpc", "--model", "anomaly-ea"], "Did you mean 'anomaly-ae'?"),
        (["scale", "--size", "many"], "--size many: write CELLS@PERIOD in ms, as 1000@100"),
        (["loop", "--json", "/nowhere/result.json"], "there is no folder /nowhere"),
    ],
)
def test_what_cannot_be_meant_is_explained(arguments: list[str], words: str) -> None:
    with pytest.raises(ConfigError) as told:
        run(*arguments)
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("end", "model"), [("", None), ("Forecast", "traffic-forecast-mlp"), ("Anomalies", "anomaly-ae")]
)
def test_the_same_xapp_is_measured_here_and_apart(end: str, model: str | None) -> None:
    handlers = [getattr(far, f"{name}Every20{end}").handlers()[0] for name in ("Here", "Apart3", "Hangs")]
    assert [one.model.name if one.model else None for one in handlers] == [model] * 3
    assert [one.deadline for one in handlers] == [ms(10)] * 3
    assert {one.feed.period for one in handlers} == {ms(20)}
