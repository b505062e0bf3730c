"""A node that speaks otherwise than the standard is understood: by settings, or by what it sends first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from ricloop import Decision, XApp, ms, on
from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.vendor import Alias, Vendor
from ricloop.e2sm import kpm
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.gnb import simulation as engine
from tests.runtime.world import World

PRB, CONNECTED, RSRP = (kpm.Metric(name) for name in ("RRU.PrbTotDl", "RRC.ConnMean", "RSRP"))
load, users = kpm.every(ms(100), PRB, CONNECTED), kpm.every_ue(ms(100), RSRP)
SECONDS = Dialect(kpm_time_octets=4)


class Watcher(XApp):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[kpm.Report] = []
        self.users: list[kpm.UeReport] = []

    @on(load)
    def loaded(self, report: kpm.Report) -> Decision:
        self.loads.append(report)
        return Decision.none()

    @on(users)
    def used(self, report: kpm.UeReport) -> Decision:
        self.users.append(report)
        return Decision.none()


def world(monkeypatch: pytest.MonkeyPatch, spoken: Dialect, **options: Any) -> tuple[World, Watcher]:
    """A network whose nodes all speak one dialect."""
    monkeypatch.setattr(engine, "SimNode", lambda *args, **given: SimNode(*args, **given, dialect=spoken))
    app = Watcher()
    return World(app, gnb="gnb3", **options), app


@pytest.mark.parametrize("spoken", [STANDARD, FLEXRIC, Dialect(FLEXRIC.family, kpm_time_octets=4, ppid=0)])
def test_a_dialect_that_the_settings_name_is_spoken_from_the_first_message(
    monkeypatch: pytest.MonkeyPatch, spoken: Dialect
) -> None:
    with capture_logs() as logs:
        network, app = world(monkeypatch, spoken, dialects={"gnb-00101-*": spoken})
        network.step(15)
    assert app.loads
    assert app.users
    assert {node.dialect for node in network.ric.nodes} == {spoken}
    assert not [line for line in logs if line["log_level"] == "warning"]
    network.ric.check()


def test_a_time_of_four_octets_is_found_out_and_told_once_per_node(monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as logs:
        network, app = world(monkeypatch, SECONDS)
        network.step(15)
    assert app.loads
    assert app.users
    assert {node.dialect for node in network.ric.nodes} == {SECONDS}
    told = [line for line in logs if line["log_level"] == "warning"]
    assert sorted(line["node"] for line in told) == sorted(node.name for node in network.ric.nodes)
    assert all("4 octets of time" in line["reason"] for line in told)
    network.ric.check()


def test_settings_are_not_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    network, app = world(monkeypatch, SECONDS, dialects={"gnb-00101-*": STANDARD})
    network.step(5)
    assert not app.loads
    assert {node.dialect for node in network.ric.nodes} == {STANDARD}


def test_a_profile_alone_leaves_how_the_node_speaks_to_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Vendor("backwards", (Alias("RRU.PrbTotDl", "RRU.PrbTotDl", -1.0),))
    network, app = world(monkeypatch, SECONDS, dialects={"gnb-00101-*": Dialect(vendor=counts)})
    network.step(15)
    assert {node.dialect for node in network.ric.nodes} == {replace(SECONDS, vendor=counts)}
    assert (app.loads[-1][PRB] < 0).any()
    assert (app.loads[-1][CONNECTED] > 0).any()
    network.ric.check()
