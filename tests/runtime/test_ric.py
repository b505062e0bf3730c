"""The RIC against simulated nodes, over the real codec: subscriptions, decisions, controls, accounting, failures."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop import Decision, KeepCoverage, Latest, Outcomes, Tick, Topology, XApp, every, model, ms, on, outcomes
from ricloop.core.errors import ConfigError
from ricloop.core.ids import NodeId
from ricloop.core.time import ManualClock
from ricloop.e2ap.fast_indication import decode_indication, encode_indication
from ricloop.e2sm import ccc, kpm, rc
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.stage import Stage
from ricloop_xapps.minimal.xapp import Minimal
from tests.runtime.world import World

PRB = kpm.Metric("RRU.PrbTotDl")
CONNECTED = kpm.Metric("RRC.ConnMean")
RSRP = kpm.Metric("RSRP")

load = kpm.every(ms(100), PRB, CONNECTED)
users = kpm.every_ue(ms(100), RSRP, CONNECTED)
state = ccc.watch(ccc.EnergySaving)


class Watcher(XApp):
    """Keeps what it is shown, and does what it is told."""

    guards = (KeepCoverage(),)

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[kpm.Report, Latest[ccc.States], Latest[kpm.UeReport]]] = []
        self.to_do: list[Any] = []
        self.life: list[str] = []
        self.told: list[Any] = []

    @on(load, state, users)
    def decide(self, report: kpm.Report, states: Latest[ccc.States], located: Latest[kpm.UeReport]) -> Decision:
        self.seen.append((report, states, located))
        actions, self.to_do = self.to_do, []
        return Decision.of(actions, reason="told to")

    @on(outcomes)
    def heard(self, told: Outcomes) -> Decision:
        self.told += told
        return Decision.none()

    def started(self) -> None:
        self.life.append("started")

    def stopping(self) -> None:
        self.life.append("stopping")

    def node_connected(self, node: NodeId) -> None:
        self.life.append(f"+{node}")

    def node_lost(self, node: NodeId) -> None:
        self.life.append(f"-{node}")


def test_a_report_has_every_cell_once_with_all_its_metrics_also_of_a_split_gnb() -> None:
    for gnb in ("gnb1", "gnb3"):
        app = Watcher()
        world = World(app, gnb=gnb)
        world.step(3)
        report, states, located = app.seen[-1]
        assert len(report) == 4
        assert list(report.cells) == sorted({cell for node in world.ric.nodes for cell in node.own_cells})
        for metric in (PRB, CONNECTED):
            assert not any(value != value for value in report[metric]), "no value is missing"
        assert states.value.known(report.cells).all()
        assert located.known
        assert len(app.seen) == 3
        world.ric.check()


def test_a_split_gnbs_ue_is_one_and_is_handed_over_by_its_cu() -> None:
    app = Watcher()
    world = World(app, gnb="gnb3")
    world.step(10)
    located = app.seen[-1][2].value
    assert located.cells.all(), "every UE's cell is known, from the DU or the CU-CP"
    ue, source = int(located.ues[0]), located.cell_of(int(located.ues[0]))
    assert world.ric.ues.called_by(next(iter(world.ric.nodes)).id, ue) is not None
    cells = [int(cell) for cell in app.seen[-1][0].cells]
    target = next(cell for cell in world.ric.topology.covering(source or 0) or cells if cell != source)
    app.to_do = [rc.handover(ue, target)]
    world.step(4)
    (record,) = [d for d in world.decisions() if d["controls"]]
    assert record["controls"][0]["request"][0] == "gnb-00101-3"
    assert world.outcomes()[:3] == ["sent", "acknowledged", "accepted"]


def test_a_cell_sleeps_and_the_state_report_confirms_it() -> None:
    app = Watcher()
    world = World(app)
    world.step(2)
    capacity = next(cell for cell in world.ric.topology.cells if world.ric.topology.covering(cell))
    app.to_do = [ccc.sleep(capacity)]
    world.step(10)
    assert world.outcomes() == ["sent", "acknowledged", "accepted", "effect_confirmed"]
    assert app.seen[-1][1].value.state_of(capacity) is True
    assert [outcome.state.value for outcome in app.told] == world.outcomes()
    counts = world.ric.controls.counts
    assert (counts.sent, counts.accepted, counts.effect_confirmed) == (1, 1, 1)


def test_what_cannot_be_routed_or_is_unsafe_is_refused_with_the_reason() -> None:
    app = Watcher()
    world = World(app)
    world.step(1)
    cover = next(cell for cell in world.ric.topology.cells if world.ric.topology.covered(cell))
    stranger = next(c for c in world.ric.topology.cells if c not in {x for n in world.ric.nodes for x in n.own_cells})
    app.to_do = [ccc.sleep(cover), ccc.wake(stranger), rc.handover(4711, cover)]
    world.step(1)
    reasons = [refused["reason"] for refused in world.decisions()[-1]["refused"]] or [
        refused["reason"] for decision in world.decisions() for refused in decision["refused"]
    ]
    assert "--topology" in reasons[0]
    assert "is no connected node's" in reasons[1]
    assert "unresolved" in reasons[2]
    assert world.ric.controls.counts.refused == 3
    assert world.ric.controls.counts.sent == 0


def test_a_second_node_of_the_same_id_is_refused_and_the_first_stays() -> None:
    app = Watcher()
    world = World(app)
    first = world.simulation.nodes[0]
    impostor = World(Watcher()).simulation.nodes[0]
    association = world.ric.attach("memory://impostor")
    impostor.renew().connect(0)
    for data in impostor.session.data_to_send():
        association.receive(data)
    for data in association.data_to_send():
        impostor.session.receive(data, 0)
    assert [type(event).__name__ for event in impostor.session.events()] == ["SetupRefused"]
    assert len(world.ric.nodes) == 1
    world.step(2)
    assert len(app.seen) == 2
    assert first.session.ready


def test_a_node_that_comes_back_is_subscribed_again() -> None:
    app = Watcher()
    world = World(app)
    world.step(2)
    node = world.simulation.nodes[0]
    world.disconnect(node)
    assert world.ric.subscriber.active() == 0
    assert len(world.ric.states) == 0
    world.connect(node)
    world.step(2)
    assert len(app.seen) == 4
    assert app.life == ["started", f"+{node.name}", f"-{node.name}", f"+{node.name}"]
    world.ric.check()


def test_a_node_lost_with_a_control_in_flight_times_it_out() -> None:
    app = Watcher()
    world = World(app)
    world.step(2)
    node = world.simulation.nodes[0]
    capacity = next(cell for cell in world.ric.topology.cells if world.ric.topology.covering(cell))
    app.to_do = [ccc.sleep(capacity)]
    world.simulation.advance()
    node.release()
    for data in node.session.data_to_send():
        world.pairs[node].receive(data)
    world.ric.turn()
    world.disconnect(node)
    assert world.outcomes() == ["sent", "timed_out"]
    assert world.ric.controls.pending() == ()


def test_the_end_deletes_every_subscription_and_accounts_for_what_waits() -> None:
    app = Watcher()
    world = World(app)
    world.step(2)
    node = world.simulation.nodes[0]
    assert node.session.subscriptions
    world.simulation.advance()
    node.release()
    for data in node.session.data_to_send():
        world.pairs[node].receive(data)
    world.ric.shutdown()
    world.exchange()
    assert not node.session.subscriptions
    summary = world.ric.summary()
    assert summary["received"] == summary["decided"] + summary["superseded"] + summary["refused"]
    assert summary["refused"] > 0
    assert app.life[-1] == "stopping"


def test_after_quiesce_it_decides_and_sends_nothing() -> None:
    app = Watcher()
    world = World(app)
    world.step(1)
    world.ric.quiesce()
    app.to_do = [ccc.wake(int(app.seen[0][0].cells[0]))]
    world.step(1)
    assert world.ric.controls.counts.sent == 0
    assert [r["reason"] for d in world.decisions() for r in d["refused"]] == ["the run is ending: no new controls"]


def test_a_shadow_decides_and_sends_nothing_and_an_xapp_that_is_off_is_not_asked() -> None:
    app = Watcher()
    world = World(app, stages=Stage.SHADOW)
    world.step(1)
    capacity = next(cell for cell in world.ric.topology.cells if world.ric.topology.covering(cell))
    app.to_do = [ccc.sleep(capacity)]
    world.step(1)
    assert world.ric.controls.counts.sent == 0
    assert any(decision["admitted"] for decision in world.decisions())

    off = Watcher()
    world = World(off, stages={"watcher": Stage.OFF})
    world.step(2)
    assert off.seen == []
    assert off.life == []
    account = world.ric.account
    assert account.received == account.refused > 0
    assert set(account.reasons) == {"xApp is off"}


def test_an_xapp_that_raises_is_told_of_once_and_harms_nobody() -> None:
    class Broken(XApp):
        @on(load)
        def decide(self, report: kpm.Report) -> Decision:
            raise ZeroDivisionError("again")

        def node_connected(self, node: NodeId) -> None:
            raise RuntimeError("not today")

    app = Watcher()
    world = World(Broken(), app)
    world.step(3)
    assert len(app.seen) == 3
    assert world.ric.status()["handler_errors"] == 3
    assert {d["error"] for d in world.decisions() if d["xapp"] == "broken"} == {"ZeroDivisionError: again"}


def test_the_xapp_of_higher_priority_wins_the_cell() -> None:
    class Sleeper(XApp):
        priority = 1

        @on(load, state)
        def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
            return Decision.of(map(ccc.sleep, report.cells[-1:]), reason="mine")

    class Waker(XApp):
        @on(load, state)
        def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
            return Decision.of(map(ccc.wake, report.cells[-1:]), reason="no, mine")

    world = World(Waker(), Sleeper())
    world.step(1)
    first, second = world.decisions()
    assert first["xapp"] == "sleeper"
    assert first["controls"]
    assert second["refused"][0]["by"] == "arbiter"


def test_timers_and_silence_run_on_the_loops_clock() -> None:
    class Patient(XApp):
        def __init__(self) -> None:
            super().__init__()
            self.ticks: list[int] = []
            self.silences = 0

        def quiet(self, report: kpm.Report) -> Decision:
            self.silences += 1
            return Decision.none("quiet")

        @on(load, silent=(3, quiet))
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

        @on(every(ms(250)))
        def tick(self, tick: Tick) -> Decision:
            self.ticks.append(tick.number)
            return Decision.none()

    app = Patient()
    world = World(app)
    world.step(5)
    assert app.ticks == [1, 2]
    assert app.silences == 0
    for _ in range(4):
        world.clock.advance(ms(100))
        world.ric.handle_timer(world.clock.now())
    assert app.silences == 1
    assert app.ticks == [1, 2, 3]


def test_gather_hands_over_the_cells_of_all_gnbs_at_once() -> None:
    class Gatherer(XApp):
        def __init__(self) -> None:
            super().__init__()
            self.sizes: list[int] = []

        @on(load, state, gather=ms(2))
        def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
            self.sizes.append(len(report))
            return Decision.none()

    app = Gatherer()
    world = World(app, gnb=None)
    world.step(3)
    assert app.sizes == [12, 12, 12]
    world.ric.check()


def test_bytes_that_are_no_indication_are_counted_and_stop_nothing() -> None:
    app = Watcher()
    world = World(app)
    world.step(1)
    node = world.simulation.nodes[0]
    world.simulation.advance()
    node.prepare()
    good = [decode_indication(frame.data) for frame in node.ready]
    for indication in good:
        assert indication is not None
        broken = type(indication)(
            request_id=indication.request_id,
            function_id=indication.function_id,
            action_id=indication.action_id,
            sequence=indication.sequence,
            header=b"\xff",
            message=b"\xff\xff",
        )
        world.pairs[node].receive(encode_indication(broken))
    assert world.ric.account.reasons["undecodable"] == len(good)
    world.step(1)
    assert len(app.seen) == 2


def test_what_cannot_be_run_is_told_at_the_start() -> None:
    class Learned(XApp):
        @on(load, model=model("forecast", float))
        def decide(self, report: kpm.Report, ahead: float) -> Decision:
            return Decision.none()

    with pytest.raises(ConfigError, match="'forecast'"):
        NearRtRic([Learned()], clock=ManualClock())
    with pytest.raises(ConfigError, match="two xApps"):
        NearRtRic([Watcher(), Watcher()], clock=ManualClock())


def test_cells_are_learnt_from_nodes_where_no_file_names_them() -> None:
    app = Watcher()
    world = World(app, topology=Topology())
    world.step(1)
    assert len(world.ric.topology.cells) == 4
    assert world.ric.topology.source == "E2"


def test_a_split_gnb_whose_cells_only_the_du_names_is_asked_per_cell() -> None:
    app = Watcher()
    world = World(app, gnb="gnb3", topology=Topology())
    world.step(3)
    report = app.seen[-1][0]
    assert len(report) == 4
    assert not any(value != value for value in report[CONNECTED])


def test_one_seed_gives_one_audit() -> None:
    def run() -> list[dict[str, Any]]:
        world = World(Minimal(), gnb="gnb3")
        world.step(30)
        return [{key: value for key, value in record.items() if key != "loop_ms"} for record in world.audit.records]

    assert run() == run()
