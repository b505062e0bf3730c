"""The memory pair: loses, delays and reorders on request, the same way for the same seed."""

from __future__ import annotations

import pytest

from ricloop.core.time import ManualClock, ms
from ricloop.testing.transport import Recorder
from ricloop.transport.base import CLOSED_THERE
from ricloop.transport.memory import MemoryPair

SENT = [bytes((number,)) for number in range(100)]


def carried(pair: MemoryPair) -> list[bytes]:
    """What arrives on the right of what is sent on the left."""
    recorder = Recorder()
    pair.left.start(Recorder())
    pair.right.start(recorder)
    for data in SENT:
        pair.left.send(data)
    pair.pump()
    return recorder.data


def test_a_wire_loses_what_it_was_told_to_and_counts_it() -> None:
    pair = MemoryPair(loss=0.3, seed=7)
    arrived = carried(pair)
    assert 50 < len(arrived) < 90
    assert arrived == sorted(arrived)
    assert pair.left.counters["lost"] == len(SENT) - len(arrived)
    assert carried(MemoryPair(loss=0.3, seed=7)) == arrived
    assert carried(MemoryPair(loss=0.3, seed=8)) != arrived


def test_a_wire_reorders_what_it_was_told_to_and_loses_nothing() -> None:
    arrived = carried(MemoryPair(reorder=0.3, seed=7))
    assert arrived != SENT
    assert sorted(arrived) == SENT


def test_a_delayed_pdu_arrives_when_its_time_has_come_with_that_stamp() -> None:
    clock = ManualClock()
    pair = MemoryPair(clock, delay=ms(5))
    recorder = Recorder()
    pair.left.start(Recorder())
    pair.right.start(recorder)
    pair.left.send(b"x")
    clock.advance(ms(4))
    assert pair.pump() == 0
    assert pair.next_at() == 5_000_000
    clock.advance(ms(1))
    assert pair.pump() == 1
    assert recorder.frames[0].arrived == 5_000_000
    assert pair.next_at() is None


def test_an_answer_travels_in_the_same_pump() -> None:
    pair = MemoryPair()

    class Echo(Recorder):
        def frame_received(self, frame: object) -> None:
            pair.right.send(b"answer")

    recorder = Recorder()
    pair.left.start(recorder)
    pair.right.start(Echo())
    pair.left.send(b"question")
    assert pair.pump() == 2
    assert recorder.data == [b"answer"]


def test_the_end_comes_after_what_was_sent_before_it() -> None:
    clock = ManualClock()
    pair = MemoryPair(clock, delay=ms(5))
    recorder = Recorder()
    pair.left.start(Recorder())
    pair.right.start(recorder)
    pair.left.send(b"x")
    pair.left.close()
    pair.pump()
    assert recorder.lost == []
    clock.advance(ms(5))
    pair.pump()
    assert recorder.data == [b"x"]
    assert recorder.lost == [CLOSED_THERE]


@pytest.mark.parametrize("chances", [{"loss": 1.5}, {"reorder": -0.1}])
def test_a_chance_is_a_chance(chances: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="are chances, 0 to 1"):
        MemoryPair(**chances)  # type: ignore[arg-type]
