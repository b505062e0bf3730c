"""Replay in demand mode: the trace drives the load, controls answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ricloop.e2sm.kpm import codec as kpm
from ricloop.session.events import SubscriptionAdmitted
from ricloop_e2sim.energy.cellstate import CellState, Depth
from ricloop_e2sim.gnb.counters import CellCounter
from ricloop_e2sim.replay.demand import DemandReplay
from ricloop_e2sim.replay.fit import fit_power
from ricloop_e2sim.replay.readers import read_trace
from ricloop_e2sim.replay.trace import TraceError
from tests.e2sim.network import Network, action, indications
from tests.e2sim.traces import DAY, write_viavi

COVERAGE, CAPACITY = 0, 1


@pytest.fixture
def replay(tmp_path: Path) -> DemandReplay:
    return DemandReplay.of_trace(read_trace(write_viavi(tmp_path / "CellReports.csv")))


def finish(replay: DemandReplay) -> dict[str, object]:
    while not replay.done:
        replay.advance()
    return replay.result()


def test_uncontrolled_it_reproduces_the_traces_prbs_and_energy(replay: DemandReplay) -> None:
    trace = replay.trace
    assert trace.power_w is not None
    for row in range(24):
        replay.advance()
        for site, part in enumerate(replay.parts):
            np.testing.assert_allclose(part.world.use, trace.use[row, 2 * site : 2 * site + 2])
    result = replay.result()
    measured = trace.power_w.sum() * 0.25 / 1000
    assert result["energy_baseline_kwh"] == pytest.approx(measured, rel=1e-3)
    assert result["energy_kwh"] == result["energy_baseline_kwh"]
    assert result["lost_bits"] == pytest.approx(0, abs=1)
    assert result["power_fit"]["held_out_error_percent"] < 0.1


def test_a_sleeping_cells_load_is_served_at_the_covering_cells_efficiency(replay: DemandReplay) -> None:
    replay.advance()
    world = replay.parts[0].world
    for user in np.flatnonzero(world.serving == CAPACITY):
        assert world.hand_over(int(user), COVERAGE) == ""
    world.cells.sleep(CAPACITY, Depth.DEEP)
    replay.advance()
    assert world.cells.state[CAPACITY] == CellState.ASLEEP
    assert world.use[COVERAGE] == pytest.approx((10 + 5 * 750 / 700) / 106)
    assert world.power_w[CAPACITY] == 5
    assert world.totals[CellCounter.LOST_BITS].sum() == pytest.approx(0, abs=1)


def test_without_a_drain_the_interval_of_the_users_left_is_lost(replay: DemandReplay) -> None:
    replay.advance()
    world = replay.parts[0].world
    world.cells.sleep(CAPACITY, Depth.DEEP)
    replay.advance()
    assert world.totals[CellCounter.LOST_BITS].sum() == pytest.approx(replay.trace.bits[1, CAPACITY])
    replay.advance()
    assert world.totals[CellCounter.LOST_BITS].sum() == pytest.approx(replay.trace.bits[1, CAPACITY])


def test_waking_takes_ten_seconds_of_the_interval_and_brings_the_users_home(replay: DemandReplay) -> None:
    replay.advance()
    world = replay.parts[0].world
    world.cells.sleep(CAPACITY, Depth.DEEP)
    for _ in range(2):
        replay.advance()
    world.cells.sleep(CAPACITY, Depth.AWAKE)
    replay.advance()
    assert world.cells.state[CAPACITY] == CellState.ACTIVE
    assert (world.serving[world.layout.home == CAPACITY] != COVERAGE).all()
    assert world.use[CAPACITY] == pytest.approx(5 / 106)


def test_what_does_not_fit_is_lost_in_its_interval(replay: DemandReplay) -> None:
    world = replay.parts[0].world
    while replay.done_ticks < 12:
        replay.advance()
    world.cells.sleep(CAPACITY, Depth.DEEP)
    for _ in range(2):
        replay.advance()
    before = world.totals[CellCounter.LOST_BITS].sum()
    replay.advance()
    needed = DAY[0] + DAY[1] * 750 / 700
    expected = (needed - 106) * 700e3 * 900
    assert world.totals[CellCounter.LOST_BITS].sum() - before == pytest.approx(expected)
    assert world.use[COVERAGE] == pytest.approx(1)


def test_the_optimum_sleeps_at_night_and_beats_no_policy_that_cheats(replay: DemandReplay) -> None:
    result = finish(replay)
    saved = result["clairvoyant_saved_percent"]
    assert isinstance(saved, float)
    # Both capacity cells may sleep in 11 of 24 intervals; the first is awake by rule.
    assert 0 < saved < 100 * 2 * 11 * 60 / (2 * 24 * (60 + 60 + 2 * 400 * 0.3))


def test_any_report_period_is_served_once_per_interval(replay: DemandReplay) -> None:
    network = Network(replay)
    node = replay.nodes[0]
    wanted = action("RRU.PrbUsedDl", "DRB.PdcpSduVolumeDL", cell=int(replay.parts[0].layout.cells[0]))
    assert isinstance(network.report(node, [wanted], period_ms=100), SubscriptionAdmitted)
    for row in range(3):
        (report,) = indications(network.tick()[node.name])
        record = kpm.decode_message(report.message, wanted)
        assert record.values.tolist() == pytest.approx([10, 7000 * 900])
        start = kpm.decode_indication_header(report.header)
        assert start == pytest.approx((replay.trace.time_s[row]) * 1e9, abs=1000)


def test_users_can_be_found_and_their_radio_values_are_there(replay: DemandReplay) -> None:
    network = Network(replay)
    node = replay.nodes[0]
    wanted = action("RSRP", "RRC.ConnMean", cell=int(replay.parts[0].layout.cells[1]), style=4)
    network.report(node, [wanted])
    (report,) = indications(network.tick()[node.name])
    records = kpm.decode_message(report.message, wanted)
    assert records.values.shape == (2, 2)
    assert np.isfinite(records.values).all()


def test_the_topology_says_which_cell_covers_which(replay: DemandReplay) -> None:
    topology = replay.topology()
    assert len(topology["cells"]) == 4
    assert [r["es_covered_by"] for r in topology["relations"]] == ["full", "partial"] * 2


def test_the_same_trace_gives_the_same_digest(tmp_path: Path) -> None:
    path = write_viavi(tmp_path / "CellReports.csv")
    first, again = (finish(DemandReplay.of_trace(read_trace(path)))["digest"] for _ in range(2))
    assert first == again


def test_the_fit_does_not_see_the_cells_that_it_is_judged_by() -> None:
    rng = np.random.default_rng(1)
    use = rng.random((50, 8))
    power = 60 + 400 * use
    fit = fit_power(use, power, seed=3)
    assert (fit.idle_w, fit.slope_w) == (pytest.approx(60), pytest.approx(400))
    assert fit.held_out_error_percent == pytest.approx(0, abs=1e-9)
    assert (fit.fitted_cells, fit.held_out_cells) == (4, 4)
    order = np.random.Generator(np.random.PCG64(3)).permutation(8)
    power[:, order[4:]] *= 2
    assert fit_power(use, power, seed=3).held_out_error_percent == pytest.approx(50)


def test_watts_at_one_load_fit_no_power_model() -> None:
    with pytest.raises(TraceError, match=r"never changes.*leave the column of power out"):
        fit_power(np.full((3, 2), 0.4), np.full((3, 2), 300.0))


def test_the_ai_rsg_day(sample_data) -> None:  # type: ignore[no-untyped-def]
    replay = DemandReplay.of_trace(read_trace(sample_data("viavi_rsg") / "CellReports.csv"))
    result = finish(replay)
    assert result["cells"] == 42
    assert result["energy_baseline_kwh"] == pytest.approx(220.94, rel=0.02)
    fit = replay.fit
    assert fit is not None
    assert fit.held_out_error_percent < 2
    assert (fit.idle_w, fit.slope_w) == (pytest.approx(56.9, rel=0.03), pytest.approx(455, rel=0.01))
    assert 4 < result["clairvoyant_saved_percent"] < 7


def test_the_ai_rsg_day_at_equal_spectral_efficiency_saves_what_was_published(sample_data) -> None:  # type: ignore[no-untyped-def]
    from ricloop_e2sim.energy.power import ai_rsg
    from ricloop_e2sim.gnb.optimum import Demand, clairvoyant

    trace = read_trace(sample_data("viavi_rsg") / "CellReports.csv")
    own = trace.bits / (trace.rate * trace.interval_s)
    demand = Demand(trace.bits, own, own, trace.prbs, trace.umbrella, round(trace.interval_s * 1e6))
    plan = clairvoyant(demand, ai_rsg(), 0.0, 0.9)
    # 6.97 % is with a first interval asleep and P(u) summed as measured; here the first is awake.
    assert plan.saved_percent == pytest.approx(6.97, abs=0.3)
    assert plan.lost_bits == pytest.approx(0, abs=1)
