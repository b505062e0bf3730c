"""Reports of a split gNB: complete, in order, each indication counted once."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from ricloop import ms
from ricloop.core.ids import GnbId, Plmn
from ricloop.core.time import NS_PER_MS
from ricloop.e2ap.messages import RequestId
from ricloop.e2sm import kpm
from ricloop.e2sm.base import Part
from ricloop.runtime.books.account import Account, Arrived, StreamKey
from ricloop.runtime.loop.stream import SETTLE, Ready, Stream

MS = NS_PER_MS
GNB = GnbId(Plmn("001", "01"), 1)
FEED = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))
USERS = kpm.every_ue(ms(100), kpm.Metric("RSRP"))
CU, DU1, DU2 = (StreamKey(node, RequestId(1, 1), action) for node, action in (("cu", 1), ("du", 1), ("du", 2)))


class Scene:
    """A stream that expects one action of a CU-CP and two of a DU."""

    def __init__(self, feed: object = FEED, *, settle: int = SETTLE) -> None:
        self.account = Account()
        self.stream = Stream(feed, GNB, 100 * MS, self.account, settle=settle)  # type: ignore[arg-type]
        for key in (CU, DU1, DU2):
            self.stream.expect(key)

    def put(self, at: int, time: int, *keys: StreamKey) -> None:
        for key in keys:
            self.account.received += 1
            self.stream.put(Arrived(key, GNB, Part(time * MS, None, None), 0, at * MS, at * MS))

    def ready(self, at: float) -> Ready | None:
        ready = self.stream.ready(round(at * MS))
        if ready is not None:
            for arrived in ready.fresh:
                self.account.decide(arrived)
        self.account.check(len(self.stream.waiting()))
        return ready


def keys(arrived: Iterable[Arrived]) -> list[StreamKey]:
    return [one.key for one in arrived]


def test_a_report_goes_out_when_its_last_part_is_there() -> None:
    scene = Scene()
    scene.put(0, 0, DU1, DU2)
    assert scene.ready(0) is None
    scene.put(1, 0, CU)
    ready = scene.ready(1)
    assert ready is not None
    assert keys(ready.parts) == [CU, DU1, DU2]


def test_a_node_that_is_late_is_filled_from_before_and_waited_for_from_then_on() -> None:
    scene = Scene()
    scene.put(0, 0, CU, DU1, DU2)
    assert scene.ready(0) is not None
    scene.put(100, 100, CU)
    assert scene.ready(101) is None
    ready = scene.ready(102)
    assert ready is not None
    assert keys(ready.fresh) == [CU]
    assert [a.part.time for a in ready.parts] == [100 * MS, 0, 0]
    scene.put(125, 100, DU1, DU2)
    assert scene.ready(125) is None
    assert scene.account.superseded == 2
    # Learnt: the next report waits for the DU, which starts the decision.
    scene.put(200, 200, CU)
    assert scene.ready(210) is None
    scene.put(225, 200, DU1, DU2)
    ready = scene.ready(225)
    assert ready is not None
    assert keys(ready.fresh) == [CU, DU1, DU2]
    assert keys(ready.triggers) == [DU1, DU2]


def test_a_learnt_node_that_stays_away_does_not_stop_the_reports() -> None:
    scene = Scene()
    scene.put(0, 0, CU)
    assert scene.ready(2) is not None
    scene.put(25, 0, DU1, DU2)
    scene.put(100, 100, CU)
    assert scene.ready(189) is None
    ready = scene.ready(190)
    assert ready is not None
    assert [(a.key, a.part.time) for a in ready.parts] == [(CU, 100 * MS), (DU1, 0), (DU2, 0)]
    scene.put(200, 200, CU)
    ready = scene.ready(290)
    assert ready is not None
    assert keys(ready.parts) == [CU]


def test_an_action_with_no_ue_says_nothing_and_is_not_filled() -> None:
    scene = Scene(USERS)
    scene.put(0, 0, CU, DU1, DU2)
    assert scene.ready(0) is not None
    scene.put(100, 100, CU, DU1)
    assert scene.ready(101) is None
    ready = scene.ready(102)
    assert ready is not None
    assert keys(ready.parts) == [CU, DU1]
    paced = Scene(USERS, settle=0)
    paced.put(0, 0, CU, DU1)
    assert paced.ready(0) is not None


def test_the_newest_report_wins_and_the_older_is_counted() -> None:
    scene = Scene()
    scene.put(0, 0, CU, DU1, DU2)
    scene.put(1, 100, CU, DU1, DU2)
    ready = scene.ready(1)
    assert ready is not None
    assert ready.time == 100 * MS
    assert scene.account.superseded == 3
    assert scene.ready(1) is None


def test_a_node_whose_clock_was_set_back_is_heard_again() -> None:
    scene = Scene()
    scene.put(0, 10_000, CU, DU1, DU2)
    assert scene.ready(0) is not None
    scene.put(100, 0, CU, DU1, DU2)
    assert scene.ready(100) is not None


@given(
    st.lists(
        st.tuples(st.sampled_from([CU, DU1, DU2]), st.integers(0, 5), st.integers(0, 40), st.booleans()), max_size=60
    )
)
def test_every_indication_is_counted_exactly_once(arrivals: list[tuple[StreamKey, int, int, bool]]) -> None:
    scene, at = Scene(), 0
    for key, period, gap, look in arrivals:
        at += gap
        scene.put(at, 100 * period, key)
        if look:
            scene.ready(at)
    for later in range(3):
        scene.ready(at + 200 * (later + 1))
    scene.account.check(0)
    assert scene.account.received == len(arrivals)
