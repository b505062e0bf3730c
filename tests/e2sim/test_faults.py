"""Faults of E2 links: what each does to messages, how often, and that nothing else moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import SeedSequence

from ricloop.core.errors import ConfigError
from ricloop_e2sim.linkfaults.messages import FAULTS, FULL, MOST_HELD, LinkFault, LinkFaults
from ricloop_e2sim.scenarios import find_network

TICK_US = 100_000
MESSAGES = [b"\x00\x05\x40" + bytes([n]) * 20 for n in range(200)]


def link(*faults: LinkFault, seed: int = 1) -> LinkFaults:
    return LinkFaults(faults, "gnb1", TICK_US, SeedSequence(seed))


def carry(one: LinkFaults, ticks: int = 400, per_tick: int = 1) -> list[bytes]:
    """200 messages, as many a tick as told, and ticks to come late in."""
    arrived = []
    for tick in range(ticks):
        arrived += one.carry("to-ric", MESSAGES[tick * per_tick : (tick + 1) * per_tick], tick * TICK_US)
    return arrived


def test_without_faults_everything_arrives_as_it_was() -> None:
    one = link(LinkFault("drop", 1.0, gnb="gnb2"), LinkFault("drop", 0.0))
    assert carry(one) == MESSAGES
    assert not one.counters
    assert not one.records


def test_a_dropped_message_never_arrives() -> None:
    one = link(LinkFault("drop", 0.25))
    arrived = carry(one)
    # Binomial, 200 of 0.25: 50 with a deviation of 6.1; four of them.
    assert 200 - len(arrived) == one.counters["drop"] == pytest.approx(50, abs=25)
    assert arrived == [m for n, m in enumerate(MESSAGES) if n not in {record["number"] for record in one.records}]


def test_a_delayed_message_arrives_so_many_ticks_later() -> None:
    one = link(LinkFault("delay", 1.0, amount=3))
    assert [one.carry("to-ric", [MESSAGES[0]], 0), *(one.carry("to-ric", [], n * TICK_US) for n in (1, 2, 3))] == [
        [],
        [],
        [],
        [MESSAGES[0]],
    ]


def test_a_duplicate_arrives_twice_in_a_row() -> None:
    assert carry(link(LinkFault("duplicate", 1.0)))[:4] == [MESSAGES[0]] * 2 + [MESSAGES[1]] * 2


def test_reordered_messages_arrive_after_the_next() -> None:
    one = link(LinkFault("reorder", 0.2))
    arrived = carry(one)
    assert sorted(arrived) == sorted(MESSAGES)
    late = {record["number"] for record in one.records}
    assert 15 < len(late) < 65
    for number in sorted(late):
        follower = next(n for n in range(number + 1, 200) if n not in late)
        assert arrived.index(MESSAGES[follower]) < arrived.index(MESSAGES[number])
    assert [m for m in arrived if MESSAGES.index(m) not in late] == [m for n, m in enumerate(MESSAGES) if n not in late]


def test_truncated_messages_are_beginnings_of_what_was_sent() -> None:
    arrived = carry(link(LinkFault("truncate", 1.0)))
    assert all(1 <= len(cut) < len(m) and m.startswith(cut) for cut, m in zip(arrived, MESSAGES, strict=True))
    assert len({len(cut) for cut in arrived}) > 10


def test_corrupt_messages_differ_by_so_many_bits() -> None:
    arrived = carry(link(LinkFault("corrupt", 1.0, amount=3)))
    differ = [int.from_bytes(a).__xor__(int.from_bytes(b)).bit_count() for a, b in zip(arrived, MESSAGES, strict=True)]
    # The same bit may be drawn twice.
    assert set(differ) <= {1, 2, 3}
    assert differ.count(3) > 180


def test_a_fault_strikes_its_messages_its_way_and_in_its_time_only() -> None:
    one = link(
        LinkFault("drop", 1.0, start_s=0.1, end_s=0.2),
        LinkFault("drop", 1.0, way="from-ric", messages="controls"),
    )
    assert [len(one.carry("to-ric", MESSAGES[:2], n * TICK_US)) for n in range(3)] == [2, 0, 2]
    assert one.carry("to-ric", [b"\x20\x01\x00"], TICK_US) == [b"\x20\x01\x00"]
    control, deletion = b"\x00\x04\x00\x01", b"\x00\x09\x00\x01"
    assert one.carry("from-ric", [control, deletion], 0) == [deletion]


def test_records_say_what_where_when_and_which() -> None:
    one = link(LinkFault("drop", 1.0))
    one.carry("to-ric", MESSAGES[:2], 700_000)
    assert one.records[1] == {
        "kind": "drop",
        "entity": "gnb1",
        "way": "to-ric",
        "time_us": 700_000,
        "number": 1,
        "octets": 23,
    }


def test_a_new_association_begins_with_nothing_on_its_way() -> None:
    one = link(LinkFault("delay", 1.0), LinkFault("reorder", 1.0, start_s=5.0))
    one.carry("to-ric", MESSAGES[:3], 0)
    one.renew()
    assert one.carry("to-ric", [], TICK_US) == []


def test_what_is_held_is_bounded() -> None:
    one = link(LinkFault("delay", 1.0, amount=64))
    sent = [b"\x00\x05"] * (MOST_HELD + 5)
    assert len(one.carry("to-ric", sent, 0)) == 5
    assert (one.counters[FULL], one.counters["delay"]) == (5, MOST_HELD)


@given(st.integers(0, 2**32), st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=6))
def test_the_same_seed_gives_the_same_and_batches_change_nothing(seed: int, kinds: list[str]) -> None:
    faults = [LinkFault(kind, 0.3) for kind in kinds]
    assert carry(link(*faults, seed=seed)) == carry(link(*faults, seed=seed))
    own = [fault for fault in faults if fault.kind != "delay"]
    assert carry(link(*own, seed=seed), per_tick=10) == carry(link(*own, seed=seed))


def test_a_fault_moves_no_other_fault() -> None:
    alone = link(LinkFault("drop", 0.3), LinkFault("duplicate", 0.3, start_s=1e6))
    both = link(LinkFault("drop", 0.3), LinkFault("duplicate", 0.3))
    carry(alone)
    carry(both)
    drops = [[r["number"] for r in one.records if r["kind"] == "drop"] for one in (alone, both)]
    assert drops[0] == drops[1]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"kind": "dropp"}, "'drop'"),
        ({"way": "to-rick"}, "'to-ric'"),
        ({"messages": "control"}, "'controls'"),
        ({"probability": 1.5}, "probability"),
        ({"amount": 0}, "amount"),
        ({"start_s": 3.0, "end_s": 3.0}, "end after the start"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, object], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        LinkFault(**{"kind": "drop", "probability": 0.1, **settings})  # type: ignore[arg-type]


def test_planned_faults_are_part_of_the_truth() -> None:
    assert LinkFault("delay", 0.2, "gnb2", 10.0, 40.0).truth() == {
        "kind": "link-delay",
        "entity": "gnb2",
        "start": 10.0,
        "end": 40.0,
        "probability": 0.2,
    }
    always = LinkFault("drop", 0.1).truth()
    assert (always["entity"], always["end"]) == ("all", None)


def test_every_link_has_a_stream_of_its_own() -> None:
    lossy = replace(find_network("lossy-e2"), faults=(LinkFault("drop", 0.3),))
    first, second = (lossy.links(1, part)[0] for part in (0, 1))
    others = [carry(one) for one in (first, second, lossy.links(1)[1], lossy.links(2)[0])]
    assert len({tuple(arrived) for arrived in others}) == 4
    assert carry(lossy.links(1)[0]) == others[0]
    with pytest.raises(ConfigError, match="no such gNB"):
        replace(lossy, faults=(LinkFault("drop", 0.3, "gnb8"),)).links(1)


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_messages_too_short_to_harm_are_carried(kind: str) -> None:
    one = link(LinkFault(kind, 1.0, messages="all"))
    for tick in range(3):
        assert set(one.carry("to-ric", [b"", b"\x00"], tick * TICK_US)) <= {b"", *(bytes([n]) for n in range(256))}
    assert one.counters[kind] == 6
