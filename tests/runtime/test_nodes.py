"""Who may connect, what is kept of nodes, and that one node's faults are its own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import ricloop_e2sim.e2node.node as sim_node
from ricloop import Decision, XApp, ms, on
from ricloop.cli import build
from ricloop.core.errors import ConfigError, TransportError
from ricloop.core.ids import GnbId, NodeId, NodeKind, Plmn
from ricloop.core.time import NS_PER_S
from ricloop.e2ap import encode
from ricloop.e2sm import kpm
from ricloop.runtime import settings
from ricloop.runtime.nodes.admission import MAX_SHOWN_OUT, NOT_WELCOME, Admission, AllowList
from ricloop.runtime.nodes.inventory import MAX_GONE
from ricloop.runtime.side import nodetable
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from ricloop.runtime.side.web import own, serve_web
from ricloop.session.events import SetupRefused
from ricloop.session.faults import BAD_PDUS
from ricloop.testing.pair import setup_request
from ricloop_xapps.minimal.xapp import Minimal
from tests.runtime.world import World, shuttle

PRB, CONNECTED = kpm.Metric("RRU.PrbTotDl"), kpm.Metric("RRC.ConnMean")
PLMN = Plmn("001", "01")
ONE, DU = NodeId(GnbId(PLMN, 1)), NodeId(GnbId(PLMN, 3), NodeKind.GNB_DU, 1)
KNOWN = setup_request()
GARBAGE = bytes.fromhex("0001000fffffff")


def row(world: World, node: str) -> dict[str, Any]:
    return next(row for row in world.ric.inventory.report()["nodes"] if row["node"] == node)


class First(XApp):
    """Counts its reports."""

    name = "first"
    seen = 0
    load = kpm.every(ms(100), PRB)

    @on(load)
    def decide(self, report: kpm.Report) -> Decision:
        self.seen += 1
        return Decision.none()


class Second(XApp):
    """Declares the same by itself."""

    name = "second"
    seen = 0
    load = kpm.every(ms(100), PRB)

    @on(load)
    def decide(self, report: kpm.Report) -> Decision:
        self.seen += 1
        return Decision.none()


# ------------------------------------------------------------------------------------------------- who may come in


@pytest.mark.parametrize(
    ("pattern", "one", "du"),
    [
        ("gnb-00101-1", True, False),
        ("gnb-00101-3", False, False),
        ("gnb-00101-3-du1", False, True),
        ("gnb-00101-*", True, True),
        ("gnb-00101-[12]", True, False),
        ("*-du?", False, True),
    ],
)
def test_an_allowed_node_is_written_as_its_id_is_printed(pattern: str, one: bool, du: bool) -> None:
    allowed = AllowList([pattern])
    assert (ONE in allowed, DU in allowed) == (one, du)


def test_an_empty_list_allows_everybody_and_a_pattern_that_is_no_id_is_refused_with_the_way_out() -> None:
    assert ONE in AllowList()
    assert DU in AllowList()
    with pytest.raises(ConfigError, match="allowed node 'gNB 1': write an id as the RIC prints it"):
        AllowList(["gNB 1"])


def test_the_list_is_read_from_the_table_of_the_ric(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[ric]\nallow = ["gnb-00101-*"]\n')
    assert settings.allowed_nodes(file) == ("gnb-00101-*",)
    assert settings.build([Minimal], file)
    file.write_text('[ric]\nallow = "gnb-00101-1"\n')
    with pytest.raises(ConfigError, match=r"settings.toml:2: ric.allow = 'gnb-00101-1': write a list"):
        settings.allowed_nodes(file)
    file.write_text('[ric]\nallowed = ["gnb-00101-1"]\n')
    with pytest.raises(ConfigError, match="Did you mean 'allow'"):
        settings.allowed_nodes(file)


def test_a_node_that_is_not_on_the_list_is_refused_with_a_time_to_wait_and_counted() -> None:
    world = World(First(), gnb=None, allowed=AllowList(["gnb-00101-1", "gnb-00101-3*"]))
    assert [node.name for node in world.ric.nodes] == ["gnb-00101-1", "gnb-00101-3", "gnb-00101-3-du1"]
    node = world.simulation.nodes[1]
    association = world.ric.attach("memory://again")
    node.renew().connect(0)
    for data in node.session.data_to_send():
        association.receive(data)
    for data in association.data_to_send():
        node.session.receive(data, 0)
    (told,) = node.session.events()
    assert told == SetupRefused(NOT_WELCOME, 5)
    assert world.ric.admission.refused["not_allowed"] == 2
    assert row(world, "gnb-00101-2")["setups_refused"] == 2
    assert row(world, "gnb-00101-2")["state"] == "gone"
    assert world.ric.status()["setups_refused"] == 2


def test_a_second_node_of_one_id_is_counted_and_the_first_keeps_its_place_in_the_inventory() -> None:
    world = World(First())
    impostor = World(First()).simulation.nodes[0]
    association = world.ric.attach("memory://impostor")
    impostor.renew().connect(0)
    for data in impostor.session.data_to_send():
        association.receive(data)
    assert world.ric.admission.refused["duplicate"] == 1
    found = row(world, "gnb-00101-1")
    assert (found["state"], found["peer"], found["setups_refused"]) == ("ready", "memory://gnb-00101-1", 1)


def test_messages_under_another_protocols_identifier_are_counted_for_their_node_alone() -> None:
    world = World(First())
    association = next(node.association for node in world.ric.nodes if node.id == ONE)
    association.carried = ({"unusual_ppids": 2, "frames_in": 9},)
    assert row(world, str(ONE))["counters"]["unusual_ppids"] == 2
    assert "frames_in" not in row(world, str(ONE))["counters"]
    others = [one for one in world.ric.inventory.report()["nodes"] if one["node"] != str(ONE)]
    assert not any("unusual_ppids" in one["counters"] for one in others)
    association.connection_lost("gone")
    assert row(world, str(ONE))["counters"]["unusual_ppids"] == 2, "kept after the end"


def test_a_connection_that_ends_before_its_set_up_is_counted_and_a_refused_one_only_as_refused() -> None:
    world = World(First())
    world.ric.attach("memory://silent").connection_lost("gone")
    refused = world.ric.attach("memory://impostor")
    refused.receive(encode(replace(KNOWN, node=ONE)))
    refused.connection_lost("gone")
    report = world.ric.inventory.report()
    assert (report["lost_before_setup"], report["refused"]["duplicate"]) == (1, 1)
    table = nodetable.table(report)
    assert "connections lost before setup: 1" in str(table.caption)
    narrow = nodetable.table(report, 80)
    assert len(narrow.columns) < len(table.columns), "what it has room for"
    assert b"ricloop_lost_before_setup_total 1.0" in exposition(snapshot(world.ric))


# ------------------------------------------------------------------------------------------------- shared reports


def test_two_xapps_that_ask_for_the_same_share_one_subscription_and_each_is_accounted_for() -> None:
    alone, first, second = First(), First(), Second()
    lonely, world = World(alone), World(first, second)
    lonely.step(10)
    world.step(10)
    assert world.ric.subscriber.active() == lonely.ric.subscriber.active() == 1
    assert first.seen == second.seen == alone.seen == 10
    account = world.ric.account
    sent = world.simulation.nodes[0].session.counters["indications"]
    assert account.received == 2 * sent
    assert account.received - account.fanned_out == sent
    assert account.received == account.decided + account.superseded + account.refused + account.waiting
    world.ric.check()
    (subscription,) = row(world, "gnb-00101-1")["subscriptions"]
    assert len(subscription["feeds"]) == 2


def test_one_that_stops_reading_does_not_stop_the_other_and_the_last_deletes() -> None:
    first, second = First(), Second()
    world = World(first, second)
    world.step(3)
    node = world.simulation.nodes[0]
    world.ric.subscriber.withdraw(First.load, world.clock.now())
    world.step(3)
    assert (first.seen, second.seen) == (3, 6)
    assert world.ric.subscriber.active() == 1
    world.ric.subscriber.withdraw(Second.load, world.clock.now())
    world.exchange()
    before = node.session.counters["indications"]
    world.step(3)
    assert (first.seen, second.seen) == (3, 6)
    assert node.session.counters["indications"] == before, "the node was told to stop"
    assert world.ric.subscriber.active() == 0
    world.ric.check()


def test_each_reader_finds_the_values_under_the_metric_that_it_named_whatever_the_order() -> None:
    class Forwards(XApp):
        seen: kpm.Report | None = None

        @on(kpm.every(ms(100), PRB, CONNECTED))
        def decide(self, report: kpm.Report) -> Decision:
            self.seen = report
            return Decision.none()

    class Backwards(XApp):
        seen: kpm.Report | None = None

        @on(kpm.every(ms(100), CONNECTED, PRB))
        def decide(self, report: kpm.Report) -> Decision:
            self.seen = report
            return Decision.none()

    # A DU serves one of the two metrics and its CU-CP the other, so each is asked the same by both.
    one, other = Forwards(), Backwards()
    world = World(one, other, gnb="gnb3")
    world.step(20)
    assert world.ric.account.fanned_out
    assert one.seen is not None
    assert other.seen is not None
    assert (one.seen[CONNECTED] > 0).any()
    for metric in (PRB, CONNECTED):
        np.testing.assert_array_equal(one.seen[metric], other.seen[metric])
    assert (one.seen[PRB] != one.seen[CONNECTED]).any()


def test_different_periods_are_not_shared() -> None:
    class Slow(XApp):
        @on(kpm.every(ms(200), PRB))
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    world = World(First(), Slow())
    world.step(2)
    assert world.ric.subscriber.active() == 2


# --------------------------------------------------------------------------------------------------- the inventory


def test_the_inventory_says_what_a_node_is_and_keeps_it_when_it_goes() -> None:
    world = World(First(), gnb="gnb3")
    world.step(5)
    found = row(world, "gnb-00101-3-du1")
    assert (found["kind"], found["state"], found["e2ap"]) == ("du", "ready", 2)
    assert [function["model"] for function in found["functions"]] == ["kpm", "ccc"]
    assert all(function["oid"].startswith("1.3.6.1.4.1.53148.") for function in found["functions"])
    assert len(found["cells"]) == 4
    assert found["subscriptions"][0]["admitted"] == found["subscriptions"][0]["actions"] == 4
    assert found["counters"]["received"] > 5
    assert found["connected_s"] == pytest.approx(0.5)
    world.disconnect(world.simulation.nodes[1])
    gone = row(world, "gnb-00101-3-du1")
    assert (gone["state"], gone["lost"], gone["connected_s"]) == ("gone", "cut", None)
    assert gone["counters"] == found["counters"]
    assert gone["functions"] == found["functions"]
    world.connect(world.simulation.nodes[1])
    back = row(world, "gnb-00101-3-du1")
    assert (back["connections"], back["state"]) == (2, "ready")
    assert back["counters"]["received"] > gone["counters"]["received"]


def test_nodes_that_went_away_are_kept_up_to_a_number() -> None:
    world = World(First(), allowed=AllowList(["gnb-00101-1"]))
    for number in range(MAX_GONE + 50):
        setup = replace(KNOWN, node=NodeId(GnbId(PLMN, 1000 + number)))
        world.ric.attach("memory://stranger").receive(encode(setup))
    rows = world.ric.inventory.report()["nodes"]
    assert len(rows) == MAX_GONE + 1
    assert rows[0]["state"] == "ready"


def test_the_table_of_a_running_ric_is_shown_and_written(tmp_path: Path) -> None:
    async def run() -> tuple[Any, dict[str, Any]]:
        world = World(First(), gnb="gnb3")
        world.disconnect(world.simulation.nodes[0])
        server = await serve_web(own(world.ric), "127.0.0.1:0")
        where = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        file = tmp_path / "nodes.json"
        command = ["nodes", "--at", where, "--json", str(file)]
        shown = await asyncio.to_thread(CliRunner().invoke, build("nodes"), command, env={"COLUMNS": "200"})
        server.close()
        return shown, json.loads(file.read_text())

    shown, written = asyncio.run(run())
    assert shown.exit_code == 0, shown.output
    assert "1 of 2 nodes connected" in shown.output
    assert "gone: cut" in shown.output
    assert [node["node"] for node in written["nodes"]] == ["gnb-00101-3", "gnb-00101-3-du1"]


def test_where_no_ric_answers_the_way_out_is_told() -> None:
    with pytest.raises(TransportError, match=r"no RIC answers at 127.0.0.1:1 .*start one with") as told:
        nodetable.ask("127.0.0.1:1")
    assert told.value.exit_code == 3
    with pytest.raises(ConfigError, match="write HOST:PORT"):
        nodetable.ask("here")


def test_a_node_that_says_nothing_is_told_in_the_table() -> None:
    world = World(First())
    world.step(100)

    def shown() -> list[object]:
        return list(nodetable.table(world.ric.inventory.report()).columns[2].cells)

    assert shown() == ["ready"]
    world.clock.advance(timedelta(seconds=40))
    assert shown() == ["ready, heard 40 s ago"]


def test_who_watches_goes_on_watching_while_the_ric_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = World(First()).ric.inventory.report()
    answers = iter([report, TransportError("no RIC answers"), report])

    def ask(where: str) -> dict[str, Any]:
        answer = next(answers, KeyboardInterrupt())
        if isinstance(answer, dict):
            return answer
        raise answer

    monkeypatch.setattr(nodetable, "ask", ask)
    monkeypatch.setattr(nodetable.time, "sleep", lambda seconds: None)
    with pytest.raises(KeyboardInterrupt):
        nodetable.show_nodes("127.0.0.1:1", 1.0, None)
    said = capsys.readouterr().out
    assert said.count("nodes connected") == 2
    assert "no RIC answers" in said


# ------------------------------------------------------------------------------------------------------- isolation


def test_a_node_that_mixes_garbage_into_its_reports_is_shown_out_and_stays_out_longer_each_time() -> None:
    app = First()
    world = World(app, gnb=None)
    world.step(3)
    bad, others = world.simulation.nodes[0], world.simulation.nodes[1:]
    association = world.pairs[bad]
    for number in range(BAD_PDUS):
        assert association.session.should_close is None
        association.receive(GARBAGE if number % 8 else encode(bad._setup))
    assert "bad messages in 10 s" in str(association.session.should_close)
    world.disconnect(bad)
    world.connect(bad)
    assert world.ric.admission.refused["shown_out"] == 1
    assert row(world, bad.name)["counters"]["undecodable"] > 100
    seen = [node.session.counters["indications"] for node in others]
    world.step(10)
    for node, before in zip(others, seen, strict=True):
        assert node.session.counters["indications"] == before * 13 // 3, "the others report as before"
    world.pairs.pop(bad).connection_lost("cut")
    world.clock.advance(timedelta(seconds=5))
    world.connect(bad)
    assert bad.name in [node.name for node in world.ric.nodes]
    world.ric.check()


def test_pauses_grow_to_a_minute_are_forgiven_and_are_kept_for_so_many() -> None:
    now = 0
    admission = Admission(AllowList(), lambda _: False, lambda: False, lambda: now)
    pauses = []
    for _ in range(6):
        pauses.append(admission.show_out(ONE))
        now += 70 * NS_PER_S
    assert pauses == [5, 10, 20, 40, 60, 60]
    now += 601 * NS_PER_S
    assert admission.show_out(ONE) == 5
    for number in range(MAX_SHOWN_OUT):
        admission.show_out(NodeId(GnbId(PLMN, 10 + number)))
    assert admission.why_not(ONE) is None, "the oldest was forgotten"


def test_garbage_ran_function_definitions_are_counted_and_the_rest_of_the_node_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = sim_node.ran_functions

    def spoilt(*arguments: Any) -> Any:
        return tuple(
            f if f.id == sim_node.KPM_ID else type(f)(id=f.id, oid=f.oid, definition=b"\xff" * 40)
            for f in honest(*arguments)
        )

    monkeypatch.setattr(sim_node, "ran_functions", spoilt)
    world = World(First())
    found = row(world, "gnb-00101-1")
    assert found["counters"]["unreadable_functions"] == len(found["faults"]) == 2
    assert [function["model"] for function in found["functions"]] == ["kpm", None, None]


def test_a_second_setup_on_an_association_is_answered_counted_and_changes_nothing() -> None:
    app = First()
    world = World(app)
    node = world.simulation.nodes[0]
    world.pairs[node].receive(encode(node._setup))
    shuttle(node, world.pairs[node], world.clock.now())
    world.step(3)
    assert app.seen == 3
    assert row(world, node.name)["counters"]["unexpected"] == 1


# ------------------------------------------------------------------------------------------------- taking turns


def test_only_so_many_subscriptions_are_under_way_and_a_silent_node_does_not_hold_up_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ricloop.runtime.nodes.asking.MAX_UNANSWERED", 2)
    app = First()
    world = World(app, gnb=None)
    for node in list(world.pairs):
        world.disconnect(node)
    silent, rest = world.simulation.nodes[0], world.simulation.nodes[1:]
    held = []
    for number in range(2):
        association = world.ric.attach("memory://silent")
        association.receive(encode(replace(silent._setup, node=NodeId(GnbId(PLMN, 77 + number)))))
        held.append(association)
    for node in rest:
        world.connect(node)
    assert world.ric.subscriber.asking.waiting == 2, "a CU-CP has no PRBs to report"
    world.clock.advance(timedelta(seconds=1))
    world.ric.handle_timer(world.clock.now())
    world.exchange()
    assert world.ric.subscriber.asking.waiting == 0
    assert world.ric.subscriber.active() == 2
    held[0].connection_lost("cut")


def test_while_the_line_is_full_no_further_node_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ricloop.runtime.nodes.asking.MAX_UNANSWERED", 0)
    monkeypatch.setattr("ricloop.runtime.nodes.asking.MAX_WAITING", 2)
    world = World(First(), gnb=None)
    assert len(world.ric.nodes) == 2
    assert world.ric.admission.refused["overload"] == 2


def test_a_node_that_floods_is_shown_out() -> None:
    world = World(First())
    node = world.simulation.nodes[0]
    world.pairs[node].carried = ({"floods": 1, "frames_dropped": 9},)
    world.disconnect(node)
    world.connect(node)
    assert world.ric.admission.refused["shown_out"] == 1
    counters = row(world, node.name)["counters"]
    assert (counters["floods"], counters["frames_dropped"]) == (1, 9)
