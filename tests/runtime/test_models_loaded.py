"""Models by name: shipped ones, folders, and code in a process of its own, as `ricloop ric --model` takes them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import structlog

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.errors import ConfigError
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import ManualClock
from ricloop.decide.arbiter import Arbiter
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.inference.predict import IsolatedModel, LoopModel
from ricloop.runtime.loop.decider import Source
from ricloop.runtime.loop.runner import Runner
from ricloop.runtime.models.resolve import loaded, sources
from ricloop.store import Registry, find, make_key, read_trust, sign
from ricloop.testing import TestLoop
from tests.store.test_store import saved

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
AHEAD = model("traffic-forecast-mlp", Forecast)
CELLS = range(0x4000, 0x4000 + 40)


class Forecasting(XApp):
    def started(self) -> None:
        self.seen: list[Forecast] = []

    @on(load, model=AHEAD)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        self.seen.append(ahead)
        return Decision.of(map(ccc.wake, report.cells[ahead.at(1, 0.9) > 60.0]), reason="a rush is coming")


def test_the_shipped_model_of_a_name_forecasts_for_each_cell() -> None:
    app, clock = Forecasting(), ManualClock()
    loop = TestLoop(app, models=loaded([app], {}, clock), clock=clock)
    rng = np.random.default_rng(1)
    for period in range(100):
        values = np.clip(30 + 20 * np.sin(period / 8) + rng.normal(0, 3, len(CELLS)), 0, 100)
        decided = loop.give(load, kpm.Report.of(CELLS, {PRB: values}, time=period * 200_000_000))
        assert decided.answer.source is Source.HANDLER, decided.answer.error
    seen = app.seen[-1]
    assert (seen.metric, seen.quantiles, seen.values.shape) == ("RRU.PrbTotDl", (0.1, 0.5, 0.9), (40, 24, 3))
    assert (np.diff(seen.values, axis=2) >= 0).all(), "quantiles ascend"
    assert np.abs(seen.at(1) - values).mean() < 15, "it follows what it is shown"


def test_anomalies_come_with_their_metrics() -> None:
    artifact = find("anomaly-ae")
    feed = kpm.every(ms(200), *map(kpm.Metric, artifact.window.metrics))
    odd = model("anomaly-ae", Anomalies)
    seen: list[Anomalies] = []

    class Watching(XApp):
        @on(feed, model=odd)
        def decide(self, report: kpm.Report, anomalies: Anomalies) -> Decision:
            seen.append(anomalies)
            return Decision.none()

    app, clock = Watching(), ManualClock()
    loop = TestLoop(app, models=loaded([app], {}, clock), clock=clock)
    columns = {metric: np.full(3, 1.0) for metric in feed.metrics}  # type: ignore[attr-defined]
    for _ in range(10):
        assert loop.give(feed, kpm.Report.of((1, 2, 3), columns)).answer.source is Source.HANDLER
    assert seen[-1].residuals.shape == (3, len(artifact.window.metrics))
    assert seen[-1].scores.shape == (3,)


def test_a_folder_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    app, folder = Forecasting(), find("traffic-forecast-mlp").folder
    assert loaded([app], {"traffic-forecast-mlp": str(folder)}, ManualClock())
    assert loaded([app], {"traffic-forecast-mlp": str(tmp_path)}, ManualClock()) == {AHEAD: None}


class Cautious(XApp):
    def rule(self, report: kpm.Report) -> Decision:
        return Decision.none("the rule")

    @on(load, model=AHEAD, late=rule)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        return Decision.none("the model")


def broken(folder: Path) -> None:
    octets = bytearray((folder / "model.onnx").read_bytes())
    octets[100] ^= 1
    (folder / "model.onnx").write_bytes(octets)


def elsewhere(folder: Path) -> None:
    """Sound, and it looks at what the feed does not report."""
    saved(folder, window={"metrics": ["DRB.UEThpDl"], "length": 10, "calendar": 2, "period_ms": 100})


def engineless(folder: Path) -> None:
    saved(folder, engines=["torch-cudagraf"])


def speechless(folder: Path) -> None:
    """It says something else than a forecast."""
    window = {"metrics": ["RRU.PrbTotDl", "DRB.UEThpDl"], "length": 6, "period_ms": 100}
    saved(folder, window=window, output={"kind": "anomalies", "threshold": 1.0})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (broken, "model.onnx: sha256"),
        (elsewhere, "looks at DRB.UEThpDl, which the feed does not ask for"),
        (engineless, "there is no engine 'torch-cudagraf'"),
        (speechless, "says Anomalies, the xApp expects Forecast"),
    ],
)
def test_a_model_that_is_refused_is_named_and_the_rule_stays(
    damage: Callable[[Path], None], says: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(find("traffic-forecast-mlp").folder, folder)
    damage(folder)
    app, clock = Cautious(), ManualClock()
    with structlog.testing.capture_logs() as told:
        models = loaded([app], {"traffic-forecast-mlp": str(folder)}, clock)
    (refusal,) = [event for event in told if event["event"] == "model refused, the rule answers"]
    assert refusal["model"] == "traffic-forecast-mlp"
    assert says in refusal["reason"]
    decided = TestLoop(app, models=models, clock=clock).give(load, kpm.Report.of((1, 2), {PRB: [3.0, 4.0]}))
    assert (decided.answer.source, decided.answer.decision.reason) == (Source.RULE, "the rule")
    Runner(app, clock, Arbiter(), models=models, need_models=True)


def test_a_ric_with_a_model_that_is_refused_runs_on(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(find("traffic-forecast-mlp").folder, folder)
    broken(folder)
    words = ["ric", "--xapp", "tests.runtime.test_models_loaded:Cautious", "--listen", "tcp://127.0.0.1:0"]
    asked = [*words, "--model", f"traffic-forecast-mlp={folder}", "--seconds", "0.1", "--json", str(tmp_path / "said")]
    done = subprocess.run([sys.executable, "-m", "ricloop", *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "model refused, the rule answers" in done.stderr + done.stdout
    assert f"{folder}/model.onnx: sha256" in done.stderr + done.stdout


def test_the_active_version_goes_before_the_shipped_one(tmp_path: Path) -> None:
    folder = saved(tmp_path / "mine", name="traffic-forecast-mlp", version="9.0.0").folder
    (tmp_path / "models").mkdir()
    registry, app = Registry(tmp_path / "models"), Forecasting()
    registry.add(folder)
    (before,) = loaded([app], {}, ManualClock(), registry=registry).values()
    registry.promote("traffic-forecast-mlp", "9.0.0", who="ann", when="now", reason="a test")
    (after,) = loaded([app], {}, ManualClock(), registry=registry).values()
    assert isinstance(before, LoopModel)
    assert isinstance(after, LoopModel)
    assert before.version == find("traffic-forecast-mlp").version
    assert after.version.startswith("traffic-forecast-mlp@9.0.0+")
    (registry.root / "traffic-forecast-mlp" / "pointer.json").write_text("{")
    assert loaded([app], {}, ManualClock(), registry=registry) == {AHEAD: None}


def test_a_signature_that_is_asked_for_is_asked_of_every_model(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    trust = read_trust(tmp_path / "key.pub", required=True, today=date(2026, 1, 1))
    assert loaded([Forecasting()], {}, ManualClock(), trust=trust) == {AHEAD: None}
    saved(tmp_path / "mine", name=AHEAD.name)
    sign(tmp_path / "mine", tmp_path / "key")
    (found,) = loaded([Forecasting()], {AHEAD.name: str(tmp_path / "mine")}, ManualClock(), trust=trust).values()
    assert isinstance(found, LoopModel)


def test_code_of_ones_own_runs_in_a_process_of_its_own() -> None:
    class Mine(XApp):
        @on(load, model=model("mine", Forecast), deadline=ms(10_000))
        def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none(f"{ahead.at(1).tolist()}")

    app = Mine()
    given = sources(["mine=tests.runtime.odd_models:Good"])
    (predict,) = loaded([app], given, ManualClock()).values()
    assert isinstance(predict, IsolatedModel)
    loop = TestLoop(app, models={app.handlers()[0].model: predict})  # type: ignore[dict-item]
    assert loop.give(load, kpm.Report.of((1, 2), {PRB: [3.0, 4.0]})).answer.decision.reason == "[6.0, 8.0]"
    predict.close()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("mine", "write NAME=FOLDER for an artifact, NAME=module:name"),
        ("traffic-forcast-mlp=x", "no xApp here declares it. Did you mean 'traffic-forecast-mlp'?"),
        ("traffic-forecast-mlp=tests.runtime.odd_models:Speechless", "`says` must tell what its columns mean"),
        ("traffic-forecast-mlp=tests.runtime.odd_models:NoModel", "has no window: a Window"),
    ],
)
def test_what_cannot_be_meant_is_explained(given: str, words: str) -> None:
    with pytest.raises(ConfigError) as told:
        loaded([Forecasting()], sources([given]), ManualClock())
    assert words in str(told.value)


def test_a_model_that_nobody_has_is_named_with_those_that_there_are() -> None:
    class Hopeful(XApp):
        @on(load, model=model("traffic-forecasts", Forecast))
        def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none()

    with pytest.raises(ConfigError, match=r"no model is called 'traffic-forecasts'.* Shipped: a"):
        loaded([Hopeful()], {}, ManualClock())


def test_a_ric_with_the_default_engine_never_imports_torch() -> None:
    run = (
        "import sys; from ricloop.core.time import ManualClock\n"
        "from ricloop.runtime.process.embed import embedded_ric\n"
        "embedded_ric(['tests.runtime.test_models_loaded:Forecasting'], clock=ManualClock())\n"
        "assert 'onnxruntime' in sys.modules; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", run], check=True)
