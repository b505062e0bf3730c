"""Prometheus's own judge of what `/metrics` says."""

from __future__ import annotations

import shutil
import subprocess

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.predictions import Forecast
from ricloop.core.time import ManualClock
from ricloop.e2sm import kpm
from ricloop.runtime.models.resolve import loaded
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from tests.interop.oracles import missing
from tests.runtime.world import World

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))


class Forecasting(XApp):
    @on(load, model=model("traffic-forecast-mlp", Forecast))
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        return Decision.none()


def test_promtool_finds_nothing_in_the_metrics_of_a_run() -> None:
    if shutil.which("promtool") is None:
        missing("no promtool: apt-get install prometheus")
    app, clock = Forecasting(), ManualClock()
    world = World(app, models=loaded([app], {}, clock))
    world.step(3)
    text = exposition(snapshot(world.ric))
    assert b"ricloop_model_info" in text
    judged = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (judged.returncode, judged.stdout, judged.stderr) == (0, b"", b"")
