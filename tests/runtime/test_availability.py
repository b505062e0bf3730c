"""What the RIC does when others fail it: nodes that refuse, fall silent or say too much, gNBs that take UEs over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import ricloop_e2sim.e2node.node as sim_node
from ricloop import Decision, XApp, ms, on
from ricloop.core.ids import GnbId, Guami, NodeId, NodeKind, Plmn, UeId
from ricloop.core.time import Deadline, ns
from ricloop.e2ap.messages import Cause
from ricloop.e2sm import kpm
from ricloop.runtime.nodes.identity import UeRegister
from ricloop_e2sim.e2node.kpm.reports import KpmReports
from ricloop_xapps.minimal.xapp import Minimal
from tests.runtime.test_stream import CU, DU1, DU2, MS, Scene
from tests.runtime.world import World

PRB = kpm.Metric("RRU.PrbTotDl")
PLMN = Plmn("001", "01")
ONE, TWO = GnbId(PLMN, 1), GnbId(PLMN, 2)
DU = NodeId(ONE, NodeKind.GNB_DU, 1)
GUAMI = Guami(PLMN, 1, 1, 0)
load = kpm.every(ms(100), PRB)
of_both = kpm.every(ms(100), PRB, kpm.Metric("RRC.ConnMean"))
"""A DU brings the one, its CU-CP the other."""


class Reader(XApp):
    """Counts the reports that it is shown."""

    seen = 0

    @on(load)
    def decide(self, report: kpm.Report) -> Decision:
        self.seen += 1
        return Decision.none()


class Joined(XApp):
    """Counts the reports that two nodes bring together."""

    seen = 0

    @on(of_both)
    def decide(self, report: kpm.Report) -> Decision:
        self.seen += 1
        return Decision.none()


def refusing(monkeypatch: pytest.MonkeyPatch, cause: Cause, times: int) -> list[int]:
    """The node refuses its first `times` subscriptions; the list counts how often it was asked, by time in ticks."""
    asked: list[int] = []
    honest: Any = KpmReports.subscribe

    def subscribe(self: KpmReports, *arguments: Any) -> Any:
        asked.append(len(asked))
        return cause if len(asked) <= times else honest(self, *arguments)

    monkeypatch.setattr(KpmReports, "subscribe", subscribe)
    return asked


def test_a_subscription_refused_for_a_cause_that_passes_is_asked_for_again_with_growing_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = refusing(monkeypatch, Cause("misc", "control-processing-overload"), 2)
    app = Reader()
    world = World(app)
    counts = []
    for _ in range(5):
        world.step(10)
        counts.append(len(asked))
    assert counts == [1, 2, 2, 3, 3] or counts == [2, 2, 3, 3, 3]
    assert app.seen > 10
    assert world.ric.subscriber.timer_at() is None
    world.ric.check()


def test_a_subscription_refused_for_good_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = refusing(monkeypatch, Cause("ricRequest", "action-not-supported"), 99)
    world = World(Reader())
    world.step(100)
    assert len(asked) == 1
    assert world.ric.subscriber.timer_at() is None


def test_nothing_is_asked_again_of_a_node_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, Cause("misc", "control-processing-overload"), 99)
    world = World(Reader())
    assert world.ric.subscriber.timer_at() is not None
    world.disconnect(next(iter(world.pairs)))
    assert world.ric.subscriber.timer_at() is None


def test_a_refused_subscription_asks_the_event_loop_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, Cause("ricRequest", "system-not-ready"), 1)
    world = World(Reader())
    world.disconnect(next(iter(world.pairs)))
    refusing(monkeypatch, Cause("ricRequest", "system-not-ready"), 1)
    asked: list[bool] = []
    world.ric.on_work = lambda: asked.append(True)
    world.connect(world.simulation.nodes[0])
    assert asked


def test_a_node_that_announces_a_service_model_many_times_is_subscribed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = sim_node.ran_functions

    def many(*arguments: Any) -> Any:
        functions = honest(*arguments)
        one = next(function for function in functions if function.id == sim_node.KPM_ID)
        return (*functions, *(replace(one, id=100 + i) for i in range(100)))

    monkeypatch.setattr(sim_node, "ran_functions", many)
    app = Reader()
    world = World(app)
    world.step(3)
    assert world.ric.subscriber.active() == 1
    assert world.ric.subscriber.refused == 0, "nothing else was asked for"
    assert app.seen == 3


def test_more_than_an_association_carries_is_told_and_the_rest_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ricloop.session.subscription.MAX_SUBSCRIPTIONS", 1)
    feeds = [load, kpm.every(ms(200), PRB), kpm.every(ms(300), PRB)]

    class Three(XApp):
        seen = 0

        @on(feeds[0], *feeds[1:])
        def decide(self, report: kpm.Report, *_: Any) -> Decision:
            self.seen += 1
            return Decision.none()

    app = Three()
    world = World(app)
    world.step(3)
    assert world.ric.subscriber.active() == 1
    assert app.seen == 3


# ------------------------------------------------------------------------------------------------- silent nodes


def test_a_silent_node_is_waited_for_three_times_and_again_when_it_is_heard() -> None:
    scene = Scene()
    scene.put(0, 0, CU)
    assert scene.ready(2) is not None
    scene.put(25, 0, DU1, DU2)
    for period in (1, 2, 3):
        at = 100 * period
        scene.put(at, at, CU)
        assert scene.ready(at + 89) is None
        ready = scene.ready(at + 90)
        assert ready is not None
        assert ready.begun == (at + 90) * MS
        assert not Deadline(ready.begun, ns(ms(10))).missed((at + 90) * MS)
    scene.put(400, 400, CU)
    ready = scene.ready(400)
    assert ready is not None, "nobody waits for it any more"
    assert ready.begun is None
    scene.put(425, 400, DU1, DU2)
    scene.put(500, 500, CU)
    assert scene.ready(510) is None, "it was heard again"
    scene.put(525, 500, DU1, DU2)
    assert scene.ready(525) is not None


def test_an_xapp_decides_in_time_although_a_node_of_its_gnb_is_silent() -> None:
    app = Joined()
    world = World(app, gnb="gnb3")
    world.step(5)
    silent = world.simulation.nodes[-1]
    silent_release, seen = silent.release, app.seen
    silent.release = lambda: None  # type: ignore[method-assign]
    world.step(20)
    silent.release = silent_release  # type: ignore[method-assign]
    assert app.seen >= seen + 15
    assert world.ric.status()["deadline_misses"] == 0


def test_streams_of_a_gnb_that_is_gone_are_not_kept() -> None:
    world = World(Minimal())
    world.step(3)
    assert len(world.ric.inbox._streams) == 1
    world.disconnect(next(iter(world.pairs)))
    assert not world.ric.inbox._streams
    world.ric.check()


# ----------------------------------------------------------------------------------------------------- identity


def at_cu(amf: int, *f1ap: int) -> UeId:
    return UeId(amf_ue_ngap_id=amf, guami=GUAMI, f1ap=f1ap)


def test_a_ue_that_was_handed_over_is_controlled_where_it_was_heard_last() -> None:
    ues = UeRegister()
    handle = ues.handle(ONE, at_cu(7, 3))
    assert ues.handle(ONE, UeId(f1ap=(3,))) == handle
    assert ues.handle(TWO, UeId(f1ap=(9,))) != handle
    assert ues.handle(TWO, at_cu(7, 9)) == handle
    assert ues.gnbs_of(handle) == {TWO}
    assert ues.called_by(NodeId(ONE), handle) is None
    assert ues.called_by(NodeId(TWO), handle) == at_cu(7, 9)
    assert ues.handle(ONE, at_cu(7, 4)) == handle
    assert ues.gnbs_of(handle) == {ONE}


def test_an_f1ap_id_that_is_given_again_after_a_handover_names_another_ue() -> None:
    ues = UeRegister()
    first = ues.handle(ONE, at_cu(7, 3))
    ues.handle(TWO, at_cu(7, 9))
    assert ues.handle(ONE, UeId(f1ap=(3,))) != first
    assert ues.joined == 0


def test_an_f1ap_id_that_the_cu_gives_to_another_amf_id_names_another_ue() -> None:
    ues = UeRegister()
    first = ues.handle(ONE, at_cu(7, 3))
    assert ues.handle(ONE, UeId(f1ap=(3,))) == first
    second = ues.handle(ONE, at_cu(8, 3))
    assert second != first
    assert ues.handle(ONE, UeId(f1ap=(3,))) == second
    assert ues.called_by(DU, first) is None
    assert ues.handle(ONE, at_cu(7, 5)) == first
    assert ues.handle(ONE, at_cu(8, 3)) == second
    assert ues.joined == 0


def test_two_ues_with_amf_ids_are_never_joined_by_an_f1ap_id_that_went_from_one_to_the_other() -> None:
    ues = UeRegister()
    first, second = ues.handle(ONE, at_cu(7, 3)), ues.handle(ONE, at_cu(8, 4))
    assert ues.handle(ONE, at_cu(7, 4)) == first
    assert ues.handle(ONE, at_cu(8, 6)) == second
    assert ues.joined == 0


def test_a_ue_that_changed_its_du_takes_its_old_f1ap_id_with_it() -> None:
    ues = UeRegister()
    handle = ues.handle(ONE, at_cu(7, 3))
    ues.handle(ONE, UeId(f1ap=(3,)))
    assert ues.handle(ONE, at_cu(7, 5)) == handle
    assert ues.handle(ONE, UeId(f1ap=(3,))) != handle
    assert ues.handle(ONE, UeId(f1ap=(5,))) == handle


class Counted(dict[Any, Any]):
    """Counts how often its entries are gone through."""

    walks = 0

    def items(self) -> Any:
        Counted.walks += 1
        return super().items()


def test_a_join_does_not_go_through_all_ues() -> None:
    ues = UeRegister()
    ues._handles = Counted()
    for number in range(50):
        ues.handle(TWO, UeId(f1ap=(number,)))
        ues.handle(ONE, at_cu(number))
    for number in range(50):
        ues.handle(TWO, at_cu(number, number))
    assert ues.joined == 50
    assert isinstance(ues._handles, Counted), "not built anew"
    assert Counted.walks == 0
