"""A capture of a node gone wrong, crafted with scapy, is replayed towards a RIC that serves another node.

What is bad is counted and answered as E2AP has it, and the other node's loop does not notice.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ricloop.e2ap import decode, encode
from ricloop.e2ap.messages import (
    CriticalityDiagnostics,
    E2SetupResponse,
    ErrorIndication,
    Message,
    RicServiceUpdateFailure,
)
from ricloop.session.faults import MAX_UNDECODABLE
from ricloop.transport.capture import CapturedPdu
from ricloop_xapps.minimal.xapp import Minimal
from tests.malformed import CASES, OCTETS, SETUP, UNKNOWN, numbered, packet, read
from tests.runtime.world import World


@pytest.fixture
def capture(tmp_path: Path) -> list[CapturedPdu]:
    """Set-up, then each case."""
    pdus = [encode(SETUP), *(case.pdu for case in CASES)]
    return read(tmp_path / "malformed.pcap", [packet(tsn, pdu) for tsn, pdu in enumerate(pdus)])


class Replayed:
    """What a capture's node gets for its messages."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.association = world.ric.attach("memory://replayed")
        self.session = self.association.session

    def send(self, pdu: CapturedPdu) -> list[Message]:
        self.association.receive(pdu.data)
        self.world.ric.turn()
        return [decode(data) for data in self.association.data_to_send()]


def test_each_malformed_message_is_counted_and_answered_as_the_specification_says(capture: list[CapturedPdu]) -> None:
    world = World(Minimal())
    node = Replayed(world)
    accepted, *_ = node.send(capture[0])
    assert isinstance(accepted, E2SetupResponse)
    expected: Counter[str] = Counter()
    for case, pdu in zip(CASES, capture[1:], strict=True):
        assert pdu.data == bytes(case.pdu)
        answers = node.send(pdu)
        errors = [answer for answer in answers if isinstance(answer, ErrorIndication)]
        assert tuple(error.cause for error in errors) == case.causes, case.name
        expected.update(case.counted)
        found = {name: node.session.counters[name] for name in expected}
        assert found == dict(expected), case.name
        if case.name == "garbage, reject":
            [error] = errors
            assert (error.request_id, error.function_id) == (UNKNOWN, 2)
            assert isinstance(error.diagnostics, CriticalityDiagnostics)
            assert error.diagnostics.ies == (("reject", 9999, "not-understood"),)
        world.step()
    [failure] = answers
    assert isinstance(failure, RicServiceUpdateFailure)
    assert failure.transaction_id == 7
    assert node.session.should_close is None, "none of it ends the association"
    world.ric.check()


def test_the_other_nodes_loop_is_the_same_with_and_without_the_replay(capture: list[CapturedPdu]) -> None:
    disturbed, quiet = World(Minimal()), World(Minimal())
    node = Replayed(disturbed)
    for number in range(60):
        if number < len(capture):
            node.send(capture[number])
        disturbed.step()
        quiet.step()
    assert len(quiet.decisions()) > 50
    assert disturbed.decisions() == quiet.decisions()
    assert disturbed.outcomes() == quiet.outcomes()
    disturbed.ric.check()


def test_a_capture_of_nothing_but_garbage_is_shown_out_and_the_other_node_goes_on(tmp_path: Path) -> None:
    junk = [packet(tsn, OCTETS[:-5]) for tsn in range(1, MAX_UNDECODABLE + 1)]
    world = World(Minimal())
    node = Replayed(world)
    for pdu in read(tmp_path / "junk.pcap", [packet(0, encode(SETUP)), *junk]):
        assert node.session.should_close is None
        node.send(pdu)
    assert node.session.should_close is not None
    assert node.association.shown_out
    node.association.connection_lost(node.session.should_close)
    before = len(world.decisions())
    world.step(5)
    assert len(world.decisions()) == before + 5
    world.ric.check()


def test_chunks_that_overlap_come_twice_or_are_cut_give_each_message_once(tmp_path: Path) -> None:
    first, second, whole = OCTETS[:20], OCTETS[20:], numbered(2)
    bad_checksum = packet(8, numbered(3))
    bad_checksum.getlayer("SCTP").chksum = 0xDEAD
    found = read(
        tmp_path / "chunks.pcap",
        [
            packet(1, first, ending=0),  # begins a message that never ends: the next chunk begins another
            packet(2, first, ending=0),
            packet(3, second, beginning=0),
            packet(3, b"the same TSN again, with other octets", beginning=0),
            packet(3, b"and as a message of its own"),
            packet(4, whole),
            packet(4, whole),
            packet(5, second, beginning=0),  # the end of a message that never began
            packet(6, encode(SETUP), proto_id=60),
            bytes(packet(7, whole))[:60],
            bad_checksum,  # hosts that leave checksums to the network card capture packets without
        ],
    )
    assert [pdu.data for pdu in found] == [OCTETS, whole, encode(SETUP), numbered(3)]
    assert [pdu.ppid in (70, 71, 72) for pdu in found] == [True, True, False, True]
