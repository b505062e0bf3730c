"""Faults of E2 associations, with a real session at both ends over a wire in memory, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from numpy.random import SeedSequence

from ricloop.core.errors import ConfigError
from ricloop.e2ap.messages import GlobalRicId
from ricloop.link.driver import Link
from ricloop.link.reconnect import Backoff, NodeLink
from ricloop.session.events import AssociationLost, NodeConnected, NodeEvent, RicEvent, SetupAccepted
from ricloop.session.ric import RicSession, admit_all
from ricloop.transport.address import Address
from ricloop.transport.base import E2_CP_PPID, Transport
from ricloop_e2sim.drivers.associations import Associations
from ricloop_e2sim.linkfaults.association import AssociationFault
from ricloop_e2sim.linkfaults.faultylink import FaultyLink
from ricloop_e2sim.linkfaults.messages import FULL, MOST_HELD, LinkFault, LinkFaults
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.scenarios import find_network
from ricloop_e2sim.scenarios.file import dump, loads
from tests.e2sim.street import PLMN, STREET
from tests.virtual_time import LoopClock, run_virtually, wire

FIRST, CU, DU = "gnb-00101-1", "gnb-00101-2", "gnb-00101-2-du1"


@dataclass
class Ric:
    """Takes everyone; what it heard, and when, in s of the loop."""

    heard: list[tuple[float, RicEvent]] = field(default_factory=list)
    links: list[Link[RicEvent]] = field(default_factory=list)

    async def connect(self, address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
        pair = wire()
        link: Link[RicEvent] = Link(
            RicSession(GlobalRicId(PLMN, 1), admit_all), pair.left, LoopClock(), lambda event, _: self.note(event)
        )
        self.links.append(link)
        link.start()
        return pair.right

    def note(self, event: RicEvent) -> None:
        self.heard.append((asyncio.get_running_loop().time(), event))

    def times(self, kind: type[object]) -> list[float]:
        return [at for at, event in self.heard if isinstance(event, kind)]


def up(simulation: NetworkSimulation, associations: Associations) -> set[str]:
    return {name for name, link in associations.links.items() if link.session is not None and link.session.response}


async def course(*faults: AssociationFault, ticks: int = 60) -> tuple[list[set[str]], Associations, Ric]:
    """Which nodes are associated after each tick of 100 ms."""
    simulation, ric = NetworkSimulation(replace(STREET, associations=faults), 3), Ric()
    waiting: list[str] = []
    associations = Associations(
        simulation.nodes,
        "tcp://127.0.0.1:1",
        waiting.append,
        ric.connect,
        simulation.faults,
        lambda: simulation.time_us,
    )
    associations.start()
    await associations.ready()
    seen = []
    for _ in range(ticks):
        simulation.advance()
        for node in simulation.nodes:
            associations.release(node, None)
        await asyncio.sleep(0.1)
        seen.append(up(simulation, associations))
    await associations.stop()
    for name in associations.links:
        waits = [line for line in waiting if line.startswith(f"{name}: ")]
        assert not waits or waits[-1] == f"{name}: associated", "and that it waits no more"
    return seen, associations, ric


def down(seen: list[set[str]], name: str) -> list[int]:
    """After which ticks, from 1, a node was not associated."""
    return [tick for tick, names in enumerate(seen, start=1) if name not in names]


def test_a_lost_association_is_not_made_again_before_its_end_and_then_it_is() -> None:
    seen, associations, ric = run_virtually(lambda: course(AssociationFault("lost", 1.0, 3.0, "gnb2")))
    assert down(seen, FIRST) == []
    for name in (CU, DU):
        gone = down(seen, name)
        # From the tick that begins at 1 s; it comes back with the first attempt after 3 s, waits grow to 5 s at most.
        assert gone[0] == 10
        assert gone == list(range(10, gone[-1] + 1))
        assert 29 <= gone[-1] < 60
        assert associations.links[name].counters["unreachable"] > 0
        assert associations.links[name].counters["accepted"] == 2
    assert len(ric.times(NodeConnected)) == 3 + 2


def test_refused_setups_are_told_to_the_node_and_wait_the_time_that_they_are_asked_to() -> None:
    seen, associations, ric = run_virtually(lambda: course(AssociationFault("refused", gnb="gnb1", amount=2), ticks=3))
    first = associations.links[FIRST].counters
    assert (first["refused"], first["accepted"]) == (2, 1)
    assert associations.links[CU].counters["refused"] == 0
    assert [down(seen, name) for name in (FIRST, CU, DU)] == [[], [], []]
    # The RIC saw connections that asked for nothing.
    assert len(ric.links) == 3 + 2
    # A second for each refusal (TimeToWait), at least.
    assert ric.times(NodeConnected)[-1] >= 2.0


def test_an_unanswered_setup_leaves_the_ric_with_an_association_that_the_node_gives_up() -> None:
    async def run() -> tuple[Ric, list[tuple[float, NodeEvent]]]:
        loop, ric = asyncio.get_running_loop(), Ric()
        node = NetworkSimulation(STREET, 3).nodes[0]
        faults = LinkFaults((), "gnb1", 100_000, SeedSequence(1), (AssociationFault("unanswered"),))
        told: list[tuple[float, NodeEvent]] = []

        async def connect(address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
            inner = await ric.connect(address, ppid)
            return FaultyLink(inner, faults, lambda: round(loop.time() * 1e6), loop.call_soon)

        link = NodeLink(
            node.renew,
            "tcp://127.0.0.1:1",
            clock=LoopClock(),
            on_event=lambda event, _: told.append((loop.time(), event)),
            backoff=Backoff(first=timedelta(seconds=1), jitter=0),
            connect=connect,
        )
        task = asyncio.ensure_future(link.run())
        await asyncio.sleep(10)
        link.stop()
        await task
        assert faults.counters == Counter(unanswered=1)
        return ric, told

    ric, told = run_virtually(run)
    assert [type(event) for _, event in told] == [AssociationLost, SetupAccepted, AssociationLost]
    # Five seconds of waiting for an answer (SessionTimers.setup), one of backoff.
    assert [round(at) for at, _ in told] == [5, 6, 10]
    assert [round(at) for at in ric.times(NodeConnected)] == [0, 6]
    assert round(ric.times(AssociationLost)[0]) == 5


def test_what_is_sent_while_an_association_hangs_arrives_after_it_in_order() -> None:
    async def run() -> None:
        now, pair, later = [0], wire(), list[object]()
        faults = LinkFaults((), "gnb1", 100_000, SeedSequence(1), (AssociationFault("hung", 1.0, 2.0),))
        node, ric = Kept(), Kept()
        link = FaultyLink(pair.right, faults, lambda: now[0], later.append)
        link.start(node)
        pair.left.start(ric)
        for number in range(30):
            now[0] = number * 100_000
            link.tick(0)
            link.send(b"n%d" % number)
            pair.left.send(b"r%d" % number)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            passed = number + 1 if not 10 <= number < 20 else 10
            assert len(ric.frames) == passed
            assert len(node.frames) == passed
        assert ric.frames == [b"n%d" % number for number in range(30)]
        assert node.frames == [b"r%d" % number for number in range(30)]
        assert faults.counters == Counter(hung=1)
        assert faults.records == [
            {"kind": "hung", "entity": "gnb1", "way": "both", "time_us": 1_000_000, "number": -1, "octets": 0}
        ]

    run_virtually(run)


def test_an_association_that_hangs_with_too_much_to_hold_is_given_up() -> None:
    async def run() -> None:
        pair = wire()
        faults = LinkFaults((), "gnb1", 100_000, SeedSequence(1), (AssociationFault("hung", 1.0, 2.0),))
        node = Kept()
        link = FaultyLink(pair.right, faults, lambda: 1_500_000, lambda call: None)
        link.start(node)
        pair.left.start(Kept())
        link.send(*([b"x"] * MOST_HELD))
        await asyncio.sleep(1)
        assert node.lost == []
        link.send(b"x")
        await asyncio.sleep(1)
        assert node.lost == [f"the association hangs, and {MOST_HELD} messages wait"]
        assert faults.counters == Counter({"hung": 1, FULL: 1})

    run_virtually(run)


class Kept:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.lost: list[str] = []

    def frame_received(self, frame: object) -> None:
        self.frames.append(frame.data)  # type: ignore[attr-defined]

    def connection_lost(self, reason: str) -> None:
        self.lost.append(reason)


# ---------------------------------------------------------------------------------------------------------- the plan


def plan(*faults: AssociationFault, seed: int = 1, gnb: str = "gnb1") -> LinkFaults:
    return LinkFaults((), gnb, 100_000, SeedSequence(seed), faults)


def test_nodes_are_struck_in_their_gnbs_time_and_one_after_the_other() -> None:
    fault = AssociationFault("lost", 10.0, 20.0, spread_s=5.0)
    starts = []
    for seed in range(40):
        own = plan(fault, seed=seed).association
        lost = [at for at in range(0, 30_000_000, 10_000) if own.lost(at)]
        # As long as planned, and begun at most so much later.
        assert (lost[-1] - lost[0]) / 1e6 == pytest.approx(10, abs=0.02)
        starts.append(lost[0] / 1e6)
    assert 10 <= min(starts) < 11.5 < 13.5 < max(starts) < 15.01
    assert starts[0] * 1e6 == next(
        at for at in range(0, 30_000_000, 10_000) if plan(fault, seed=0).association.lost(at)
    )
    assert not plan(replace(fault, gnb="gnb2")).association.lost(12_000_000)


def test_only_so_many_setups_are_struck_and_only_in_their_time() -> None:
    own = plan(AssociationFault("refused", 5.0, 10.0, amount=2), AssociationFault("unanswered", 5.0)).association
    asked = (0, 6_000_000, 7_000_000, 8_000_000, 9_000_000)
    assert [own.meet_setup(at) for at in asked] == ["", "refused", "refused", "unanswered", ""]
    assert plan(AssociationFault("refused", 5.0, 10.0)).association.meet_setup(10_000_000) == ""


def test_faults_of_associations_move_no_fault_of_a_message() -> None:
    messages = [b"\x00\x05\x40" + bytes([n]) for n in range(200)]
    drop, lost = LinkFault("drop", 0.3), AssociationFault("lost", 1.0, 2.0, spread_s=1.0)
    arrived = [
        LinkFaults((drop,), "gnb1", 100_000, SeedSequence(1), associations).carry("to-ric", messages, 0)
        for associations in ((), (lost,), (lost, lost))
    ]
    assert arrived[0] == arrived[1] == arrived[2] != messages


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"kind": "loste"}, "'lost'"),
        ({"kind": "refused", "amount": 0}, "amount"),
        ({"kind": "refused", "spread_s": -1.0}, "spread_s"),
        ({"kind": "refused", "start_s": 3.0, "end_s": 3.0}, "end after the start"),
        ({"kind": "lost", "end_s": 3.0}, "start after 0"),
        ({"kind": "hung", "start_s": 3.0}, "and an end"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, object], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        AssociationFault(**settings)  # type: ignore[arg-type]


def test_they_are_part_of_a_scenario_of_its_file_and_of_the_truth() -> None:
    lossy = find_network("lossy-e2")
    kinds = [fault.kind for fault in lossy.associations]
    assert {"lost", "hung", "refused"} <= set(kinds)
    assert loads(dump(lossy)) == lossy
    told = {"kind": "association-hung", "entity": "gnb3", "start": 15.0, "end": 20.0}
    assert told in lossy.truth()
    endless = AssociationFault("refused", amount=2).truth()
    assert (endless["entity"], endless["end"]) == ("all", None)
    text = "schema: 1\nbased_on: lossy-e2\nname: x\nassociations:\n  - {kind: lost, start_s: 5, end_s: 6, gnb: gnb2}\n"
    assert loads(text).associations == (AssociationFault("lost", 5.0, 6.0, "gnb2"),)
    with pytest.raises(ConfigError, match="no such gNB"):
        replace(lossy, associations=(AssociationFault("refused", gnb="gnb9"),)).links(1)


def test_the_network_does_not_notice() -> None:
    faults = (AssociationFault("lost", 0.5, 1.0), AssociationFault("hung", 1.5, 1.8))

    def digest(*planned: AssociationFault) -> str:
        async def run() -> str:
            simulation, ric = NetworkSimulation(replace(STREET, associations=planned), 3), Ric()
            associations = Associations(
                simulation.nodes,
                "tcp://127.0.0.1:1",
                lambda _: None,
                ric.connect,
                simulation.faults,
                lambda: simulation.time_us,
            )
            associations.start()
            await associations.ready()
            for _ in range(20):
                simulation.advance()
                for node in simulation.nodes:
                    associations.release(node, None)
                await asyncio.sleep(0.1)
            await associations.stop()
            result = simulation.result()
            assert set(result["link_faults"]) == {fault.kind for fault in planned}
            return str(result["digest"])

        return run_virtually(run)

    assert digest(*faults) == digest()
