"""Handovers, link failures, their causes and their counters, against sequences worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Ints
from ricloop_e2sim.rrc.counters import (
    CAUSES,
    ROW,
    count_connected,
    count_establishments,
    count_handovers,
    count_links,
    count_problems,
    counters,
)
from ricloop_e2sim.rrc.handover import Handovers, HandoverTick, Moves, Phase
from ricloop_e2sim.rrc.rlf import LinkRules, Links, LinkTick
from ricloop_e2sim.rrc.robustness import Robustness

TICK = 100_000


class Network:
    """Three cells, all in service, and users whose radio is what the test says."""

    def __init__(self, serving: list[int], **settings: int) -> None:
        self.serving = np.array(serving)
        users = len(serving)
        self.handovers = Handovers(users, **settings)
        self.in_service = np.ones(3, dtype=np.bool_)
        self.limit = np.full(3, 100)
        self.target_sinr = np.zeros(users)
        self.time_us = 0

    def ask(self, users: list[int], targets: list[int], at_us: list[int] | None = None) -> Moves:
        at = np.full(len(users), self.time_us) if at_us is None else np.array(at_us)
        return self.handovers.request(np.array(users), np.array(targets), at, self.serving)

    def step(self, tick_us: int = TICK) -> HandoverTick:
        connected = np.bincount(self.serving[self.serving >= 0], minlength=3)
        tick = self.handovers.step(
            self.time_us,
            tick_us,
            connected=connected,
            limit=self.limit,
            in_service=self.in_service,
            target_sinr=self.target_sinr,
        )
        self.serving[tick.done.user] = tick.done.target
        self.serving[tick.failed.user] = -1
        self.time_us += tick_us
        return tick


def test_a_handover_takes_90_ms_and_interrupts_for_40() -> None:
    network = Network([0, 1])
    assert network.ask([0], [2]).user.tolist() == [0]
    tick = network.step()
    assert (tick.executed.at_us.tolist(), tick.done.at_us.tolist()) == ([50_000], [90_000])
    assert (tick.done.source.tolist(), tick.done.target.tolist()) == ([0], [2])
    assert tick.interrupted.tolist() == [0.4, 0]
    assert network.serving.tolist() == [2, 1]


def test_the_interruption_is_shared_out_to_the_ticks_it_falls_in() -> None:
    network = Network([0])
    network.ask([0], [1], [25_000])
    # Execution from 75 to 115 ms.
    shares = []
    for _ in range(7):
        shares.append(float(network.step(20_000).interrupted[0]))
    assert shares == pytest.approx([0, 0, 0, 0.25, 1, 0.75, 0])
    assert network.serving.tolist() == [1]


def test_what_ends_with_a_tick_belongs_to_the_next() -> None:
    network = Network([0])
    network.ask([0], [1], [10_000])
    assert len(network.step().done) == 0
    tick = network.step()
    assert (tick.done.at_us.tolist(), tick.interrupted.tolist()) == ([100_000], [0])


def test_no_cell_same_cell_and_a_handover_already_under_way_are_not_started() -> None:
    network = Network([0, -1, 2, 0])
    assert network.ask([0, 1, 2], [1, 1, 2]).user.tolist() == [0]
    assert network.ask([0, 3], [2, 1]).user.tolist() == [3]
    network.step()
    assert network.serving.tolist() == [1, -1, 2, 1]


def test_a_target_admits_as_many_as_it_has_places_for_the_earliest_first() -> None:
    network = Network([0, 0, 0, 1])
    network.limit[1] = 3
    network.ask([0, 1, 2], [1, 1, 1], [30_000, 10_000, 20_000])
    tick = network.step()
    assert tick.refused.user.tolist() == [0]
    network.step()
    assert network.serving.tolist() == [0, 1, 1, 1]
    assert network.handovers.phase.tolist() == [Phase.NONE] * 4


def test_users_on_their_way_hold_their_place() -> None:
    network = Network([0, 0])
    network.limit[1] = 1
    network.ask([0], [1], [0])
    network.step(60_000)
    network.ask([1], [1], [60_000])
    # User 0 is in the target from 90 ms; user 1 asks at 110 ms.
    network.step(20_000)
    assert network.handovers.phase.tolist() == [Phase.EXECUTING, Phase.PREPARING]
    assert network.step(40_000).refused.user.tolist() == [1]


def test_a_sleeping_target_refuses_before_and_fails_a_user_during_execution() -> None:
    network = Network([0, 0])
    network.ask([0], [1])
    network.step(60_000)
    network.in_service[1] = False
    network.ask([1], [1])
    tick = network.step()
    assert (tick.failed.user.tolist(), tick.failed.at_us.tolist()) == ([0], [90_000])
    assert (tick.refused.user.tolist(), tick.refused.at_us.tolist()) == ([1], [110_000])
    assert network.serving.tolist() == [-1, 0]


@pytest.mark.parametrize(("sinr", "reaches"), [(-8.1, False), (-8.0, True)])
def test_a_target_below_minus_8_db_is_not_reached(sinr: float, reaches: bool) -> None:
    network = Network([0])
    network.ask([0], [1])
    network.target_sinr[:] = sinr
    tick = network.step()
    assert (len(tick.done), len(tick.failed)) == ((1, 0) if reaches else (0, 1))


@pytest.mark.parametrize(("back_us", "ping_pong"), [(1_000_000, True), (1_000_001, False)])
def test_back_in_the_source_within_a_second_is_a_ping_pong(back_us: int, ping_pong: bool) -> None:
    network = Network([0, 0])
    network.ask([0, 1], [1, 1], [0, 0])
    network.step()
    network.time_us = back_us // TICK * TICK
    # In the target at 90 ms; back_us later in the source; user 1 goes on to a third cell.
    network.ask([0, 1], [0, 2], [back_us, back_us])
    ticks = [network.step() for _ in range(2)]
    assert [flag for tick in ticks for flag in tick.ping_pong.tolist()] == [ping_pong, False]


def test_a_target_that_weakens_after_the_execution_does_not_undo_it() -> None:
    network = Network([0])
    network.ask([0], [1], [10_000])
    network.step()
    # Over at 100 ms, where the tick that finds a weak target begins.
    network.target_sinr[:] = -20
    tick = network.step()
    assert (tick.done.user.tolist(), tick.failed.user.tolist()) == ([0], [])


def test_a_user_that_left_between_does_not_ping_pong() -> None:
    network = Network([0])
    network.ask([0], [1])
    network.step()
    network.handovers.abandon(np.array([True]))
    network.ask([0], [0])
    assert network.step().ping_pong.tolist() == [False]


def test_abandoned_handovers_are_told_by_phase() -> None:
    network = Network([0, 0, 0])
    network.ask([0], [1])
    network.step(60_000)
    network.ask([1, 2], [1, 1])
    preparing, executing = network.handovers.abandon(np.array([True, True, False]))
    assert (preparing.user.tolist(), executing.user.tolist()) == ([1], [0])
    assert network.step().done.user.tolist() == [2]


def test_negative_times_are_refused() -> None:
    with pytest.raises(ConfigError, match="preparation time -1 µs"):
        Handovers(1, preparation_us=-1)


class Radio:
    """Users with a link each, and two candidates: cells 1 and 2."""

    def __init__(self, users: int, rules: LinkRules | None = None, seed: int = 5) -> None:
        self.links = Links(users, np.random.Generator(np.random.PCG64(seed)), rules)
        self.serving: Ints = np.zeros(users, dtype=np.int64)
        self.candidate = np.tile([1, 2], (users, 1))
        self.rsrp = np.tile([-90.0, -100.0], (users, 1))
        self.in_service = np.ones(3, dtype=np.bool_)
        self.executing = np.zeros(users, dtype=np.bool_)
        self.time_us = 0

    def step(self, sinr: list[float], lost: list[int] | None = None, tick_us: int = TICK) -> LinkTick:
        users = np.array(lost or [], dtype=np.int64)
        tick = self.links.step(
            self.time_us,
            tick_us,
            serving=self.serving,
            sinr=np.array(sinr),
            executing=self.executing,
            lost=users,
            lost_us=np.full(len(users), self.time_us),
            candidate=self.candidate,
            strength=lambda users: self.rsrp[users],
            in_service=self.in_service,
        )
        self.serving[tick.failed] = -1
        self.serving[tick.back] = tick.cell
        self.time_us += tick_us
        return tick


def test_a_link_fails_after_one_second_below_qout_that_qin_did_not_end() -> None:
    radio = Radio(4)
    # −9 all the time; −7 keeps the timer running; −5.9 stops it; −7 alone never starts it.
    second = [-9.0, -7.0, -5.9, -7.0]
    ticks = [radio.step([-9.0, -9.0, -9.0, -7.0] if t == 0 else second) for t in range(11)]
    assert [tick.failed.tolist() for tick in ticks] == [[]] * 10 + [[0, 1]]
    assert ticks[-1].failed_us.tolist() == [1_000_000, 1_000_000]
    assert ticks[-1].failed_cell.tolist() == [0, 0]


def test_t310_may_end_inside_a_tick_and_stands_still_in_a_handover() -> None:
    radio = Radio(2, LinkRules(t310_us=250_000))
    radio.executing[1] = True
    ticks = [radio.step([-9.0, -9.0]) for _ in range(3)]
    assert ticks[2].failed.tolist() == [0]
    assert ticks[2].failed_us.tolist() == [250_000]
    assert ticks[2].interrupted.tolist() == [0.5, 0]


def test_re_establishment_takes_100_to_300_ms_evenly_and_goes_to_the_strongest_in_service() -> None:
    radio = Radio(4000)
    radio.rsrp[1::2] = [-100.0, -90.0]
    radio.in_service[2] = False
    radio.rsrp[3::4, 0] = -np.inf
    ticks = [radio.step([0.0] * 4000, list(range(4000)), 1_000_000), radio.step([0.0] * 4000)]
    back_us = ticks[0].back_us
    assert len(ticks[1].back) == len(ticks[1].failed) == 0
    assert set(ticks[0].cell.tolist()) == {1}
    assert ticks[0].gone.tolist() == list(range(3, 4000, 4))
    assert ticks[0].gone_cell.tolist() == [0] * 1000
    assert back_us.min() >= 100_000
    assert back_us.max() <= 300_000
    # 3000 draws: standard error of the mean 1.06 ms, of the quarter 0.8 %.
    assert back_us.mean() == pytest.approx(200_000, abs=4_000)
    assert (back_us < 150_000).mean() == pytest.approx(0.25, abs=0.03)
    assert ticks[0].interrupted[ticks[0].back] == pytest.approx(back_us / 1e6)


def test_a_user_is_lost_once_though_two_reasons_meet_in_a_tick() -> None:
    radio = Radio(1, LinkRules(t310_us=0, least_us=200_000, most_us=200_000))
    tick = radio.step([-9.0], [0])
    assert tick.failed.tolist() == [0]
    assert [radio.step([0.0]).back.tolist() for _ in range(2)] == [[], [0]]


def test_what_happens_to_one_user_moves_no_draw_of_another() -> None:
    def returns(lost: list[list[int]]) -> dict[int, int]:
        radio = Radio(3)
        found: dict[int, int] = {}
        for users in [*lost, [], [], [], []]:
            tick = radio.step([0.0] * 3, users)
            found.update(zip(tick.back.tolist(), tick.back_us.tolist(), strict=True))
        return found

    assert returns([[], [0]])[0] == returns([[2], [0, 1]])[0]


def test_users_that_left_do_not_come_back() -> None:
    radio = Radio(1)
    radio.step([0.0], [0])
    radio.links.leave(np.array([True]))
    assert [len(radio.step([0.0]).back) for _ in range(4)] == [0] * 4


def test_bad_link_rules_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="Qin -9 dB is below Qout -8 dB"):
        LinkRules(qin_db=-9)
    with pytest.raises(ConfigError, match="T310 of -1 µs"):
        LinkRules(t310_us=-1)
    with pytest.raises(ConfigError, match=r"300000\.\.100000 µs is no range"):
        LinkRules(least_us=300_000, most_us=100_000)


@pytest.mark.parametrize(
    ("handed_over_us", "found", "problem"),
    [
        (None, 1, "HO.IntraSys.TooLate"),
        (None, 0, None),
        (5_000_000, 2, "HO.IntraSys.ToWrongCell"),
        (5_000_000, 0, "HO.IntraSys.TooEarly"),
        (5_000_000, 1, None),
        (1_000_000, 2, "HO.IntraSys.TooLate"),
    ],
)
def test_a_failure_at_6_s_is_blamed_on_the_handover_before_it(
    handed_over_us: int | None, found: int, problem: str | None
) -> None:
    """The user went from cell 0 to cell 1, unless it stayed in cell 0, failed at 6 s, and found a cell."""
    robustness, table = Robustness(1), counters(3)
    user, none = np.array([0]), np.zeros(0, dtype=np.int64)
    no_flags, shares = np.zeros(0, dtype=np.bool_), np.zeros(1)
    quiet = HandoverTick(Moves(), Moves(), Moves(), Moves(), no_flags, shares)
    idle = LinkTick(none, none, none, none, none, none, none, none, shares)
    cell = 0
    if handed_over_us is not None:
        cell = 1
        done = Moves(user, np.array([0]), np.array([1]), np.array([handed_over_us]))
        moved = HandoverTick(Moves(), Moves(), done, Moves(), np.array([False]), shares)
        count_problems(table, robustness.step(moved, idle, none))
    at = np.array([6_000_000])
    failing = LinkTick(user, np.array([cell]), at, none, none, none, none, none, shares)
    back = LinkTick(none, none, none, user, np.array([found]), at, none, none, shares)
    count_problems(table, robustness.step(quiet, failing, none))
    count_problems(table, robustness.step(quiet, back, none))
    expected = {} if problem is None else {problem: cell if problem.endswith("TooLate") else 0}
    assert {name: int(np.argmax(table[row])) for name, row in ROW.items() if table[row].any()} == expected


def test_a_cell_put_to_sleep_is_no_handover_problem_and_a_failed_execution_is() -> None:
    radio, network, robustness = Radio(2), Network([0, 0]), Robustness(2)
    network.ask([1], [2])
    network.target_sinr[:] = -20
    handovers = network.step()
    assert handovers.failed.user.tolist() == [1]
    found = []
    for tick in range(4):
        links = radio.step([0.0, 0.0], [0, 1] if tick == 0 else None)
        problems = robustness.step(handovers, links, np.array([0] if tick == 0 else [], dtype=np.int64))
        found.append((problems.too_early.tolist(), problems.too_late.tolist(), problems.to_wrong_cell.tolist()))
        handovers = network.step()
    assert [f for f in found if f != ([], [], [])] == [([], [], [0])]


def test_establishments_are_counted_by_cause_and_session() -> None:
    table = counters(2)
    cause = np.array([CAUSES.index(c) for c in ("mo-Data", "mo-Data", "mo-VoiceCall", "mo-Signalling")])
    count_establishments(
        table, np.array([0, 0, 1, 1]), cause, np.array([True, False, True, True]), np.array([True, True, True, False])
    )
    assert {name: table[row].tolist() for name, row in ROW.items() if table[row].any()} == {
        "RRC.ConnEstabAtt.mo-Signalling": [0, 1],
        "RRC.ConnEstabAtt.mo-Data": [2, 0],
        "RRC.ConnEstabAtt.mo-VoiceCall": [0, 1],
        "RRC.ConnEstabSucc.mo-Signalling": [0, 1],
        "RRC.ConnEstabSucc.mo-Data": [1, 0],
        "RRC.ConnEstabSucc.mo-VoiceCall": [0, 1],
        "RRC.ConnEstabFailCause.NetworkReject": [1, 0],
        "DRB.EstabAtt": [1, 1],
        "DRB.EstabSucc": [1, 1],
        "SM.PDUSessionSetupReq": [2, 1],
        "SM.PDUSessionSetupSucc": [1, 1],
        "SM.PDUSessionSetupFail": [1, 0],
    }


def test_handovers_are_counted_by_gnb_and_by_carrier_in_the_source_cell() -> None:
    network, table = Network([0, 0, 1]), counters(3)
    nothing = network.handovers.abandon(np.zeros(3, dtype=np.bool_))
    # Cells 0 and 1 are one gNB on one carrier; cell 2 is another gNB on another.
    requested = network.ask([0, 1, 2], [1, 2, 2])
    network.target_sinr[2] = -20
    count_handovers(table, requested, network.step(), nothing, np.array([7, 7, 8]), np.array([700.0, 700, 2100]))
    assert {name.removeprefix("MM.Ho"): table[row].tolist() for name, row in ROW.items() if table[row].any()} == {
        "PrepIntraReq": [1, 0, 0],
        "PrepIntraSucc": [1, 0, 0],
        "PrepInterReq": [1, 1, 0],
        "PrepInterSucc": [1, 1, 0],
        "ExeIntraReq": [1, 0, 0],
        "ExeIntraSucc": [1, 0, 0],
        "ExeInterReq": [1, 1, 0],
        "ExeInterSucc": [1, 0, 0],
        "ExeInterFail": [0, 1, 0],
        "ExeIntraFreqReq": [1, 0, 0],
        "ExeIntraFreqSucc": [1, 0, 0],
        "ExeInterFreqReq": [1, 1, 0],
        "ExeInterFreqSucc": [1, 0, 0],
        "ExeInterFreqFail": [0, 1, 0],
        "ResAlloInterReq": [0, 0, 2],
        "ResAlloInterSucc": [0, 0, 2],
        "HandoverIn": [0, 1, 1],
    }


def test_connected_users_are_summed_over_time_and_their_most_is_kept() -> None:
    table = counters(2)
    count_connected(table, np.array([3, 1]), 100_000)
    count_connected(table, np.array([2, 2]), 50_000)
    assert table[ROW["RRC.ConnMean"]].tolist() == [400_000, 200_000]
    assert table[ROW["RRC.ConnMax"]].tolist() == [3, 2]


def test_identities_hold_at_every_tick_of_a_random_life() -> None:
    """500 users in three cells: handovers, failures, sleep and departures, 200 ticks of 30 ms."""
    rng = np.random.Generator(np.random.PCG64(11))
    users, length = 500, 30_000
    network, radio, table = Network([0] * users), Radio(users), counters(3)
    network.serving = radio.serving = rng.integers(0, 3, users)
    radio.candidate = np.tile([0, 1, 2], (users, 1))
    network.limit[:] = 190
    gnb, carrier, left_seeking = np.array([1, 1, 2]), np.array([700.0, 2100, 700]), 0
    cut = 0
    for step in range(200):
        network.in_service[:] = radio.in_service[:] = [True, step % 40 < 30, step % 90 < 80]
        radio.rsrp = np.where(rng.random((users, 3)) < 0.3, -np.inf, rng.normal(-95, 5, (users, 3)))
        leaving = rng.random(users) < 0.001
        serving = network.serving
        slept = (serving >= 0) & ~network.in_service[serving]
        asked = np.flatnonzero((rng.random(users) < 0.05) & ~slept)
        at_us = network.time_us + rng.integers(0, length, len(asked))
        left = network.handovers.abandon(slept | leaving)
        left_seeking += int((radio.links.seeking & leaving).sum())
        radio.links.leave(leaving)
        serving[leaving] = -1
        requested = network.handovers.request(asked, rng.integers(0, 3, len(asked)), at_us, serving)
        network.target_sinr = rng.normal(0, 6, users)
        before = serving.copy()
        tick = network.step(length)
        count_handovers(table, requested, tick, left, gnb, carrier)
        serving[tick.failed.user] = before[tick.failed.user]
        radio.executing = network.handovers.phase == Phase.EXECUTING
        gone_by_sleep = np.flatnonzero(slept & ~leaving)
        links = radio.step(
            rng.normal(-7, 4, users).tolist(), [*gone_by_sleep.tolist(), *tick.failed.user.tolist()], length
        )
        count_links(table, links, np.where(np.arange(users) % 2, 800.0, 0.0))
        ended = np.zeros(users, dtype=np.bool_)
        ended[links.failed] = True
        nothing = HandoverTick(Moves(), Moves(), Moves(), Moves(), np.zeros(0, dtype=np.bool_), tick.interrupted)
        count_handovers(table, Moves(), nothing, network.handovers.abandon(ended), gnb, carrier)

        def row(*names: str) -> Ints:
            return np.asarray(np.sum([table[ROW[name]] for name in names], axis=0))

        for phase, step_name in ((Phase.PREPARING, "Prep"), (Phase.EXECUTING, "Exe")):
            pending = np.bincount(network.handovers.source[network.handovers.phase == phase], minlength=3)
            attempts = row(f"MM.Ho{step_name}IntraReq", f"MM.Ho{step_name}InterReq")
            ended_ = row(*(f"MM.Ho{step_name}{kind}{what}" for kind in ("Intra", "Inter") for what in ("Succ", "Fail")))
            assert attempts.tolist() == (ended_ + pending).tolist()
        for what in ("Req", "Succ", "Fail"):
            by_gnb, by_carrier = (row(f"MM.HoExeIntra{k}{what}", f"MM.HoExeInter{k}{what}") for k in ("", "Freq"))
            assert by_gnb.tolist() == by_carrier.tolist()
        failed, back, gone = (int(row(n).sum()) for n in ("RadioLinkFailure", "RRC.ReEstabAtt", "RadioLinkGone"))
        assert failed == back + gone + left_seeking + radio.links.seeking.sum()
        for what in ("Req", "Succ"):
            assert row(f"MM.HoResAlloInter{what}").sum() == row(f"MM.HoPrepInter{what}").sum()
        assert row("HandoverIn").sum() == row("MM.HoExeIntraSucc", "MM.HoExeInterSucc").sum()
        cut += int((links.gone % 2).sum())
        assert row("DRB.RelActNbr").sum() == cut <= gone
    assert min(left_seeking, back, gone, cut) > 0
    assert row("MM.HoPrepIntraFail").sum() > 0
    assert row("MM.HoExeIntraFail", "MM.HoExeInterFail").sum() > 100
