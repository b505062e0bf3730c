"""slice-sla: a slice's users get what they are promised, with no more PRBs reserved than that takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop import Cgi, ConfigError, OutcomeState, Plmn, Topology, ms, outcomes
from ricloop.core.actions import Outcome
from ricloop.e2sm import kpm, rc
from ricloop.testing import TestLoop
from ricloop.testing.loop import Decided
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.totals import UserTotal
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.scenarios import find_network
from ricloop_xapps.slice_sla.need import Seen
from ricloop_xapps.slice_sla.reserve import NEVER, Reserve
from ricloop_xapps.slice_sla.xapp import AVAILABLE, Agreements, SliceSla, cells, columns, users
from tests.runtime.world import World

FIRST, SECOND = (Cgi.parse(f"00101-00000400{number}").packed for number in (1, 2))
PLMN = Plmn("001", "01")
GAMING, URGENT = kpm.Slice(128), kpm.Slice(1, 10)
TWO = Agreements(slices=("128", "1-00000a"), mbps=(8.0, 2.0), most=60)


def report(agreements: Agreements, *rows: tuple[int, int, int, float, float, float]) -> kpm.UeReport:
    """`rows`: UE, cell, number of the slice, Mbit/s, PRBs, Mbit."""
    values = {one: np.full(len(rows), np.nan) for row in columns(agreements) for one in row}
    for at, (_, _, number, *measured) in enumerate(rows):
        for row, value, scale in zip(columns(agreements), measured, (1e3, 1, 1e3), strict=True):
            values[row[number]][at] = value * scale
    return kpm.UeReport.of([row[0] for row in rows], [row[1] for row in rows], values, period=ms(1000))


class Gnb:
    """An xApp, and a gNB of two cells with 100 PRBs each that accepts all it is told."""

    def __init__(self, agreements: Agreements = Agreements()) -> None:  # noqa: B008 frozen
        self.agreements, self.loop = agreements, TestLoop(SliceSla(agreements))
        self.loop.set(cells, kpm.Report.of([FIRST, SECOND], {AVAILABLE: 100.0}))

    def tell(self, *rows: tuple[int, int, int, float, float, float]) -> Decided:
        decided = self.loop.give(users, report(self.agreements, *rows))
        accepted = tuple(Outcome(action, OutcomeState.ACCEPTED) for action in decided.admitted)
        if accepted:
            self.loop.give(outcomes, accepted)
        self.loop.advance(ms(1000))
        return decided

    def shares(self, *rows: tuple[int, int, int, float, float, float]) -> list[tuple[str, int]]:
        quotas = [action for action in self.tell(*rows).admitted if isinstance(action, rc.SliceQuota)]
        return [(str(quota.slice), quota.min) for quota in quotas]


def test_who_is_short_is_given_what_carries_the_promise_and_a_slice_that_keeps_it_is_left_alone() -> None:
    gnb = Gnb()
    assert gnb.tell((1, FIRST, 0, 20.0, 10, 8)).admitted == ()
    # 2 Mbit by 2 PRBs: 8 Mbit take 8, of 100 in the cell, and a quarter on top.
    decided = gnb.tell((1, FIRST, 0, 2.0, 2, 2))
    assert decided.admitted == (rc.slice_quota(1, GAMING, plmn=PLMN, min=10),)
    assert decided.answer.decision.reason == "slice 128: 1 of 1 users short"
    assert gnb.tell((1, FIRST, 0, 8.0, 8, 8)).admitted == ()


def test_a_share_rises_in_steps_and_falls_in_smaller_ones_after_a_while() -> None:
    gnb, hungry = Gnb(), (1, SECOND, 0, 1.0, 20, 2)
    assert [gnb.shares(hungry) for _ in range(4)] == [[("128", share)] for share in (25, 50, 60)] + [[]]
    idle = (1, SECOND, 0, 30.0, 20, 8)
    assert [gnb.shares(idle) for _ in range(10)] == [[]] * 4 + [[("128", 55)]] + [[]] * 4 + [[("128", 50)]]


def test_what_a_node_accepted_and_does_not_keep_is_told_again() -> None:
    gnb = Gnb()
    assert gnb.shares((1, FIRST, 0, 4.0, 10, 4)) == [("128", 25)]
    # Somebody capped the slice: its user is short on two PRBs, and 25 % would do.
    assert [gnb.shares((1, FIRST, 0, 1.0, 2, 1)) for _ in range(8)] == [[]] * 5 + [[("128", 25)]] + [[]] * 2


def test_a_refused_share_is_not_taken_for_one_in_force() -> None:
    gnb = Gnb()
    short = report(gnb.agreements, (1, FIRST, 0, 2.0, 2, 2))
    (quota,) = gnb.loop.give(users, short).admitted
    gnb.loop.give(outcomes, (Outcome(quota, OutcomeState.REJECTED, "min ratios add up to 110"),))
    gnb.loop.advance(ms(1000))
    assert gnb.loop.give(users, short).admitted == (quota,)


def test_of_several_slices_the_first_is_served_first_and_falling_shares_are_told_first() -> None:
    gnb = Gnb(TWO)
    starved = (1, FIRST, 0, 1.0, 20, 2), (2, FIRST, 1, 1.0, 10, 0.2)
    assert gnb.shares(*starved) == [("128", 25), ("1-00000a", 25)]
    assert gnb.shares(*starved) == [("1-00000a", 10), ("128", 50)]
    assert gnb.shares(*starved) == [("1-00000a", 0), ("128", 60)]


def test_another_user_stands_for_the_gnb_where_the_first_one_went_away() -> None:
    gnb = Gnb()
    asked = [gnb.tell((ue, FIRST, 0, 1.0, 20, 2)).admitted[0] for ue in (5, 7)]
    assert [quota.ue for quota in asked if isinstance(quota, rc.SliceQuota)] == [5, 7]


def test_a_user_that_is_handed_over_stands_for_the_gnb_that_it_came_to() -> None:
    gnb, other = Gnb(), Cgi.parse("00101-000008001").packed

    def there() -> list[tuple[str, int]]:
        gnb.loop.set(cells, kpm.Report.of([other], {AVAILABLE: 100.0}))
        return gnb.shares((5, other, 0, 1.0, 20, 2))

    assert gnb.shares((5, FIRST, 0, 1.0, 20, 2)) == [("128", 25)]
    assert there() == [("128", 25)]
    gnb.loop.set(cells, kpm.Report.of([FIRST, SECOND], {AVAILABLE: 100.0}))
    assert gnb.shares((7, FIRST, 0, 1.0, 20, 2)) == [("128", 50)]
    assert [there(), there(), there()] == [[("128", 50)], [("128", 60)], []]


def test_it_holds_while_it_knows_no_cells_and_where_there_are_no_users() -> None:
    loop = TestLoop(SliceSla())
    short = report(Agreements(), (1, FIRST, 0, 1.0, 2, 1))
    assert loop.give(users, short).answer.decision.reason == "cells not known yet"
    loop.set(cells, kpm.Report.of([FIRST], {AVAILABLE: 100.0}))
    assert loop.give(users, report(Agreements())).answer.decision.reason == "no users in the report"
    stale = replace(short, old=np.array([True]))
    assert loop.give(users, stale).answer.decision.reason == "no users in the report"
    assert loop.sent == []


@pytest.mark.parametrize("wrong", [{"slices": ("1", "1"), "mbps": (1.0, 2.0)}, {"mbps": ()}, {"slices": ("x",)}])
def test_agreements_that_cannot_be_are_refused(wrong: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ConfigError, match=r"one rate for each slice|slice 'x': write SST"):
        SliceSla(Agreements.model_validate(wrong))


PERCENT = st.integers(1, 100)
ODD = np.array([np.nan, 0.0, 0.004, 0.5, 1.0, 7.0, 50.0, 106.0, 8000.0, 1e6], np.float32)


def seen_of(slices: int, draws: np.random.Generator) -> Seen:
    """Anything that three users in two cells could show."""
    kbps, prbs, kbit = draws.choice(ODD, (3, slices, 3))
    where, cells = np.array([FIRST, SECOND, FIRST], np.uint64), np.array([FIRST, SECOND], np.uint64)
    return Seen(where, kbps, prbs, kbit, 1.0, draws.choice(ODD[3:], slices), cells, draws.choice(ODD, 2))


@given(st.data())
def test_shares_are_always_valid_and_move_by_their_steps(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    most, up, down = (data.draw(PERCENT) for _ in range(3))
    limits = Agreements(most=most, step_up=up, step_down=down, patience=data.draw(st.integers(1, 3)))
    reserve = Reserve(np.full(count, NEVER, np.int64))
    draws = np.random.default_rng(data.draw(st.integers(0, 1 << 32)))
    for _ in range(12):
        seen, before = seen_of(count, draws), reserve.shares
        after = reserve.next(seen, limits)
        assert (after[before != NEVER] != NEVER).all()
        assert (after[(before == NEVER) & ~seen.short.any(axis=1)] == NEVER).all()
        held = np.maximum(after, 0)
        assert held.sum() <= most
        assert (held - np.maximum(before, 0) <= up).all()
        assert seen.denied(after).shape == (count,)
        reserve.shares = np.where(draws.random() < 0.5, after, before)


def test_a_user_that_is_satisfied_needs_no_more_than_it_used_and_the_fullest_cell_counts() -> None:
    seen = Seen(
        where=np.array([FIRST, FIRST, SECOND, SECOND], np.uint64),
        kbps=np.array([[4000, 9000, 16000, np.nan]], np.float32),
        prbs=np.array([[10, 4, 30, 0]], np.float32),
        kbit=np.array([[2000, 1000, 16000, 0]], np.float32),
        seconds=0.5,
        promised=np.array([8000], np.float32),
        cells=np.array([FIRST, SECOND], np.uint64),
        available=np.array([100, 50], np.float32),
    )
    # First cell: 8 Mbit/s at 0.4 Mbit/s a PRB take 20, and the satisfied user's 4. Second: 7.5 of 50 carry the promise.
    assert seen.needed.tolist() == [24.0]
    assert seen.denied(np.array([19])).tolist() == [False]
    assert seen.denied(np.array([29])).tolist() == [True]


# ---------------------------------------------------------------------------------------------- in the simulator


AMISS = tuple(Impairment("slice-sla", f"gnb{number}", 3, 15, amount=2.0, slice=1) for number in range(1, 8))
CITY = replace(find_network("slice-sla"), impairments=AMISS, seconds=15.0)


class Kept:
    """Counts, second by second, the gamers with data, and those of them under 8 Mbit/s."""

    def __init__(self, world: NetworkWorld) -> None:
        self._world, self._own = world, world.population.slice == 1
        self._before = world.totals.user[:, self._own].copy()
        self.active = self.below = 0

    def second(self) -> None:
        now = self._world.totals.user[:, self._own].copy()
        grown, self._before = now - self._before, now
        busy = grown[UserTotal.BUSY_S] > 0
        rate = grown[UserTotal.BITS][busy] / grown[UserTotal.BUSY_S][busy]
        self.active += int(busy.sum())
        self.below += int((rate < 8e6).sum())


def controlled(seed: int) -> tuple[Kept, NetworkRun, World]:
    simulation = NetworkSimulation(CITY, seed)
    world = World(SliceSla(), simulation=simulation, topology=Topology.of(CITY.topology(), "scenario"))
    kept = Kept(simulation.world)
    while not simulation.done:
        world.step(10)
        kept.second()
    world.ric.shutdown()
    world.exchange()
    world.ric.check()
    return kept, simulation.run, world


def alone(seed: int) -> tuple[Kept, NetworkRun]:
    run = NetworkRun(CITY, seed)
    kept = Kept(run.world)
    while not run.done:
        for _ in range(10):
            run.advance()
        kept.second()
    return kept, run


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fewer_gamers_are_short_and_the_others_keep_the_rest(seed: int) -> None:
    (before, without), (after, run, world) = alone(seed), controlled(seed)
    assert after.active == before.active
    assert after.below < 0.5 * before.below
    (web, gaming, _), (web_before, gaming_before, _) = run.result()["slices"], without.result()["slices"]
    assert gaming["lost_percent"] < gaming_before["lost_percent"]
    # Before, they also had what the gamers were denied.
    assert web["served_mbps"] > 0.75 * web_before["served_mbps"]
    assert set(world.outcomes()) == {"sent", "acknowledged", "accepted"}


def test_one_seed_gives_one_digest() -> None:
    (_, one, _), (_, other, _) = controlled(2), controlled(2)
    assert one.digest == other.digest != alone(2)[1].digest
