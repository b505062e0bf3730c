"""Learned models of xApps apart: what they are shown, when they are started, and what the RIC hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop import Decision, Tick, XApp, every, ms, on
from ricloop.core.errors import ConfigError, DecodeError
from ricloop.core.predictions import Forecast
from ricloop.core.time import NS_PER_MS, ManualClock
from ricloop.e2sm import kpm
from ricloop.engine import choose
from ricloop.rpc import messages, wire_ric, wire_xapp
from ricloop.rpc import xapp_pb2 as pb
from ricloop.runtime.inference.predict import RESERVE_NS, LoopModel
from ricloop.runtime.loop.decider import Source
from ricloop.runtime.remote import seen as seen_module
from ricloop.runtime.remote.seen import Seen
from ricloop.runtime.remote.way import Way
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from ricloop.store import find
from ricloop.testing import TestLoop
from tests.rpc.far import Apart, FarWorld
from tests.rpc.modelled import PRB, Forecasting, Told, Watching, ahead_of
from tests.rpc.sleepers import plain
from tests.runtime.test_models import AHEAD, FAULTS, WINDOW, Modelled, Sum, forecast
from tests.runtime.world import World


def shipped(app: XApp[Any]) -> dict[Any, Any]:
    """The model that it declares, ready for as many cells as there are here."""
    ref = app.handlers()[0].model
    assert ref is not None
    artifact, clock = find(ref.name), ManualClock()
    measured = choose(artifact, ["numpy"], (1, 32), clock=clock)
    return {ref: LoopModel(ref.name, artifact.window, measured, artifact.prediction, version=artifact.version)}


def summing(inference: Sum) -> LoopModel:
    return LoopModel("ahead", WINDOW, inference, forecast, version="ahead@1")


def skip_turns(world: World, ticks: int) -> None:
    """The RIC takes no turn meanwhile: of what comes only the newest is decided on."""
    turn, world.ric.turn = world.ric.turn, lambda: 0  # type: ignore[method-assign]
    world.step(ticks)
    world.ric.turn = turn  # type: ignore[method-assign]
    world.exchange()


def decider(world: FarWorld, name: str = "modelled") -> Any:
    session = world.remotes.find(name)
    assert session is not None
    assert session.runner is not None
    return session.runner.apart["decide"]


# --------------------------------------------------------------------------------------------------------- the same


@pytest.mark.parametrize("make", [Forecasting, Watching], ids=["traffic-forecast-mlp", "anomaly-ae"])
def test_an_xapp_with_a_model_decides_apart_what_it_decides_in_the_ric(make: type[Told]) -> None:
    near, far = make(), make()
    here = World(near, gnb=None, models=shipped(near))
    there = FarWorld(gnb=None)
    there.join(far, models=shipped(far))
    for world in (here, there):
        world.step(40)
        skip_turns(world, 6)
        world.step(20)
    assert here.ric.account.superseded == there.ric.account.superseded > 0
    records = [plain(record) for record in here.decisions()]
    assert [plain(record) for record in there.decisions()] == records
    # The next turn finds an indication that is late already: the rule's time.
    asked = [record for record in records if not record["cause"]]
    assert len(asked) > len(records) - 4
    version = find(make.handlers()[0].model.name).version  # type: ignore[union-attr]
    assert {record["model"] for record in asked} == {version}
    assert len(near.said) == len(far.said)
    assert all(map(np.array_equal, near.said, far.said)), "to the last bit"


def test_reports_that_were_superseded_are_in_the_windows_of_a_model_apart() -> None:
    inference = Sum()
    world = FarWorld()
    world.join(Modelled(), models={AHEAD: summing(inference)})
    world.step(3)
    asked = len(inference.seen)
    skip_turns(world, 3)
    assert world.ric.account.superseded == 2 * 4
    assert len(inference.seen) == asked + 1
    earlier, latest = np.array(inference.seen[asked - 1]), np.array(inference.seen[-1])
    assert not np.isnan(latest).any()
    assert not np.array_equal(latest[:, 0], earlier[:, -1]), "three new values each: nothing of before is left"
    world.ric.check()


@pytest.mark.parametrize("window", [1, 4])
@pytest.mark.parametrize("away", ["hangs", "cut before it was read", "cut after it was read"])
def test_what_a_model_apart_was_not_asked_about_in_time_is_in_its_windows_once(away: str, window: int) -> None:
    ours, theirs = Sum(), Sum()
    here = World(Modelled(), models={AHEAD: summing(ours)})
    here.step(12)
    world = FarWorld()
    apart = world.join(Modelled(), window=window, models={AHEAD: summing(theirs)})
    world.step(3)
    apart.hangs = True
    world.step(1)
    if away == "cut after it was read":
        for octets in apart.line.down:
            apart.worker.take(octets)
    if away.startswith("cut"):
        apart.cut()
        world.step(5)
        apart.connect()
    else:
        world.step(5)
    apart.hangs = False
    world.exchange()
    world.step(3)
    assert theirs.seen[-1] == ours.seen[-1]
    assert set(map(repr, theirs.seen)) <= set(map(repr, ours.seen)), "at no moment anything else"
    assert world.remotes.status()["unseen"] == 0


def test_a_gathered_report_is_in_the_windows_once() -> None:
    class Gathering(XApp):
        @on(kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl")), model=AHEAD, deadline=ms(90), gather=ms(50))
        def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none(str(ahead.values.tolist()))

    models = [Sum(), Sum()]
    for inference in models:
        inference.table = np.zeros((64, WINDOW.columns), np.float32)
    here = World(Gathering(), gnb=None, models={AHEAD: summing(models[0])})
    here.step(8)
    there = FarWorld(gnb=None)
    there.join(Gathering(), models={AHEAD: summing(models[1])})
    there.step(8)
    assert repr(models[0].seen) == repr(models[1].seen)
    assert len(models[0].seen[-1]) == 12, "the cells of all three at once"


# ---------------------------------------------------------------------------------------------- no time, and faults


def test_a_model_apart_that_cannot_finish_is_not_started_and_its_rule_answers() -> None:
    inference = Sum(takes_ms=9.8)
    world = FarWorld()
    world.join(Modelled(), models={AHEAD: summing(inference)})
    world.step(2)
    record = world.decisions()[-1]
    assert (record["source"], record["cause"], record["reason"]) == ("rule", "no time", "the rule")
    assert "takes up to 9.80 ms for 4 cells, and 10.00 ms are left" in record["error"]
    assert record["model"] == ""
    assert not inference.seen
    assert world.ric.status()["models_not_started"] == 2
    inference.expected = 0
    world.step(1)
    assert not np.isnan(np.array(inference.seen[-1])).any(), "what it was not asked about is in its window"
    assert world.decisions()[-1]["model"] == "ahead@1"


def test_the_way_back_is_left_of_the_deadline() -> None:
    """3 ms under way: of 10 ms the model has 7 less the reserve."""
    inference = Sum()
    world = FarWorld()
    apart = world.join(Modelled(), models={AHEAD: summing(inference)})
    for takes_ms, cause in ((0.1, ""),) * 40 + ((6.6, ""), (6.8, "no time")):
        inference.expected = round(takes_ms * NS_PER_MS)
        apart.hangs = True
        world.step(1)
        world.clock.advance(ms(3))
        apart.hangs = False
        world.exchange()
        assert world.decisions()[-1]["cause"] == cause
    assert decider(world).ready_by(4) == pytest.approx(6.8e6 + RESERVE_NS + 3e6, abs=2e5)


@pytest.mark.parametrize("kind", FAULTS)
def test_whatever_a_model_apart_does_instead_of_answering_the_rule_answers_and_the_ric_counts_it(kind: str) -> None:
    class Odd(LoopModel):
        def __call__(self, report: kpm.Report, *needs: Any) -> Any:
            return FAULTS[kind](report)

    world = FarWorld()
    world.join(Modelled(), models={AHEAD: Odd("ahead", WINDOW, Sum(), forecast)})
    world.step(2)
    record = world.decisions()[-1]
    assert (record["source"], record["cause"], record["reason"]) == ("rule", "error", "the rule")
    assert world.ric.status()["model_faults"] == {kind: 2}
    assert world.ric.status()["predictions"] == 0


def test_a_report_of_no_cells_is_a_fault_that_is_counted_here_and_apart() -> None:
    """An engine is asked about a row or more."""
    empty = kpm.Report.of([], {PRB: []})
    app = Forecasting()
    loop = TestLoop(app, models=shipped(app))
    answer = loop.give(ahead_of, empty).answer
    assert (answer.source, answer.cause, answer.fault) == (Source.RULE, "error", "failed")
    assert loop._runner.deciders["decide"].counts.faults == {"failed": 1}
    far = Forecasting()
    apart = FarWorld().join(far, models=shipped(far))
    said: Any = apart.worker.take(wire_ric.ask(100, 100, 0, 10**7, False, empty, []))
    _, told = wire_ric.from_xapp(said)
    assert isinstance(told, messages.Said)
    assert told.model is not None
    assert (told.source, told.cause, told.model.fault) == ("rule", "error", "failed")


def test_a_model_apart_that_is_a_little_late_is_answered_for_by_its_rule_in_time() -> None:
    """3 ms back: it may work for 7 ms of 10, takes 7.5, and there are 2.5 left for the way."""
    world, inference = FarWorld(), Sum()

    class Slow(LoopModel):
        takes = timedelta(0)

        def __call__(self, report: kpm.Report, *needs: Any) -> Any:
            world.clock.advance(self.takes)
            return super().__call__(report, *needs)

    slow = Slow("ahead", WINDOW, inference, forecast)
    apart = world.join(Modelled(), models={AHEAD: slow})
    for takes_us, back_us in ((0, 3000),) * 40 + ((7500, 2400),):
        slow.takes = timedelta(microseconds=takes_us)
        apart.hangs = True
        world.step(1)
        said = [apart.worker.take(octets) for octets in apart.line.down]
        apart.line.down.clear()
        world.clock.advance(timedelta(microseconds=back_us))
        apart.line.up += [octets for octets in said if octets is not None]
        apart.hangs = False
        world.exchange()
    record = world.decisions()[-1]
    assert (record["source"], record["cause"], record["reason"]) == ("rule", "late", "the rule")
    assert record["model_ms"] == 7.5
    assert inference.misses == 1


def test_a_model_apart_that_is_late_is_held_in_time_and_told_so() -> None:
    inference = Sum()
    world = FarWorld()

    class Slow(LoopModel):
        def __call__(self, report: kpm.Report, *needs: Any) -> Any:
            world.clock.advance(ms(50))
            return super().__call__(report, *needs)

    world.join(Modelled(), models={AHEAD: Slow("ahead", WINDOW, inference, forecast)})
    world.step(1)
    assert inference.misses == 1
    record = world.decisions()[-1]
    assert (record["source"], record["cause"]) == ("hold", "late")
    world.ric.check()


def test_instruments_tell_which_model_answers_and_how_often() -> None:
    app = Forecasting()
    world = FarWorld()
    world.join(app, models=shipped(app))
    world.step(10)
    version = find("traffic-forecast-mlp").version
    told = snapshot(world.ric)
    assert told["models"] == [{"xapp": "forecasting", "handler": "decide", "model": version}]
    assert told["status"]["predictions"] == len(app.said) == 5
    text = exposition(told).decode()
    assert f'ricloop_model_info{{handler="decide",model="{version}",xapp="forecasting"}} 1.0' in text
    assert "ricloop_reports_unseen_total 0.0" in text


def test_a_model_that_is_not_there_is_an_error_where_the_xapp_starts() -> None:
    with pytest.raises(ConfigError, match="xApp 'modelled' needs the model 'ahead', which is not there"):
        Apart(FarWorld(), Modelled())


def test_a_model_of_what_is_no_cell_report_is_refused() -> None:
    class Ticking(XApp):
        @on(every(ms(100)))
        def decide(self, tick: Tick) -> Decision:
            return Decision.none()

    message = pb.FromXApp.FromString(wire_xapp.hello(Ticking(), "", 0, 4, False, "active"))
    message.hello.description.handlers[0].model.version = "odd@1"
    with pytest.raises(DecodeError, match="a model looks at periodic cell reports"):
        wire_ric.from_xapp(message.SerializeToString())


def test_a_handler_without_a_model_is_told_nothing_more() -> None:
    class Plain(XApp):
        @on(kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl")))
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    world = FarWorld()
    apart = world.join(Plain())
    apart.hangs = True
    world.step(3)
    asks = [said for _, said in map(wire_xapp.to_xapp, apart.line.down) if isinstance(said, messages.Ask)]
    assert len(asks) == 3
    assert [len(ask.message.seen) for ask in asks] == [0, 0, 0]


# ------------------------------------------------------------------------------------------------------- what is kept


def one(value: int, cells: int = 1) -> kpm.Report:
    return kpm.Report.of(range(1, cells + 1), {kpm.Metric("RRU.PrbTotDl"): [float(value)] * cells})


def test_what_is_kept_for_a_model_is_bounded_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_module, "MOST_REPORTS", 3)
    monkeypatch.setattr(seen_module, "MOST_ROWS", 20)
    log = Seen()
    reports = [one(n) for n in range(5)]
    for report in reports:
        log.add(report)
    assert log.untold(log.place) == reports[2:]
    assert log.dropped == 2
    large = one(5, cells=19)
    log.add(large)
    assert log.untold(log.place) == [reports[4], large]
    log.add(one(6, cells=0))
    assert log.place == 6, "an empty one says nothing"


@given(st.lists(st.sampled_from(["report", "ask", "send", "read", "break"]), max_size=60))
def test_every_report_is_told_once_and_in_order_whatever_breaks(steps: list[str]) -> None:
    """A reader that takes messages in the order they were sent, each once, until a stream breaks."""
    log, made, waiting, under_way, number = Seen(), 0, list[int](), list[tuple[int, list[Any]]](), 0
    read: list[Any] = []
    sent: list[kpm.Report] = []

    def send(place: int) -> None:
        nonlocal number
        number += 1
        under_way.append((number, log.untold(place)))
        log.told(place, number)

    def take() -> None:
        taken, reports = under_way.pop(0)
        read.extend(reports)
        log.read(taken)

    for step in steps:
        if step == "report":
            sent.append(one(made))
            log.add(sent[-1])
            made += 1
        elif step == "ask":
            waiting.append(log.place)
        elif step == "send" and waiting:
            send(waiting.pop(0))
        elif step == "read" and under_way:
            take()
        elif step == "break":
            under_way.clear()
            log.again()
    send(log.place)
    while under_way:
        take()
    assert read == sent
    assert log.dropped == 0


@pytest.mark.parametrize(
    ("taken", "expected"),
    [([], 0), ([4_000_000], 12_000_000), ([4_000_000] * 200, 4_000_000)],
    ids=["unknown", "the first counts its half as its deviation, four times", "one that never changes"],
)
def test_the_way_is_expected_as_acknowledgements_are(taken: list[int], expected: int) -> None:
    way = Way()
    for took in taken:
        way.took(took)
    assert way.ns == pytest.approx(expected, abs=100)


def test_a_way_that_varies_is_expected_to_be_long() -> None:
    rng = np.random.default_rng(1)
    way = Way()
    draws: Callable[[], int] = lambda: int(rng.exponential(1e6)) + 500_000  # noqa: E731
    for _ in range(200):
        way.took(draws())
    within = []
    for _ in range(2000):
        took = draws()
        within.append(took <= way.ns)
        way.took(took)
    assert np.mean(within) > 0.95
