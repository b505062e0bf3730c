"""The laws of single services, from the numbers of their tables."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop_e2sim.arithmetic.cutnormal import quantiles
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.calls import Calls, CallSettings
from ricloop_e2sim.flows.files import FTP3, Ftp3
from ricloop_e2sim.flows.flow import Flow
from ricloop_e2sim.flows.iot import Iot, IotSettings
from ricloop_e2sim.flows.packets import MTC, Packets
from ricloop_e2sim.flows.video import Video, VideoSettings
from ricloop_e2sim.flows.voip import Voip, VoipSettings
from ricloop_e2sim.flows.web import Web, WebSettings
from ricloop_e2sim.flows.xr import VR_30, Xr

SEED = np.random.SeedSequence


def trace(flow: Flow, ticks: int, tick_us: int) -> Floats:
    """[ticks, users] bits."""
    return np.array([flow.offer(k * tick_us, tick_us, 1.0) for k in range(ticks)])


@pytest.mark.parametrize(
    ("flow", "bits", "mean"), [(Ftp3(500, FTP3, SEED(1)), 4e6, 5), (Packets(500, MTC, SEED(1)), 1e3, 30)]
)
def test_arrivals_in_a_second_are_poisson(flow: Flow, bits: float, mean: float) -> None:
    counts = trace(flow, 200, 1_000_000) / bits
    np.testing.assert_array_equal(counts, np.rint(counts))
    # 100,000 counts: 5 standard errors of the mean are 1.6 % of its root, of the dispersion 2.3 %.
    assert counts.mean() == pytest.approx(mean, abs=0.016 * np.sqrt(mean))
    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.023)
    assert (counts == 0).mean() == pytest.approx(np.exp(-mean), abs=0.002)
    assert abs(np.corrcoef(counts[1:].ravel(), counts[:-1].ravel())[0, 1]) < 0.016


def test_pages_are_lognormal() -> None:
    bits = trace(Web(2000, WebSettings(), SEED(2)), 6000, 50_000)
    logs = np.log(bits[bits > 0] / 8)
    # About 20,000 pages; two in one tick are rare.
    assert logs.std() == pytest.approx(1.37, rel=0.03)
    assert logs.mean() == pytest.approx(np.log(2e6) - 1.37**2 / 2, abs=0.05)


def test_voice_is_frames_and_descriptors_and_changes_state_once_in_a_hundred_frames() -> None:
    bits = trace(Voip(300, VoipSettings(), SEED(3)), 10_000, 20_000)
    assert set(np.unique(bits)) == {0.0, 120.0, 320.0}
    talking = bits == 320
    # 300 users for 100 holding times of 2 s: 5 standard errors.
    assert talking.mean() == pytest.approx(0.5, abs=0.03)
    starts = (~talking[:-1] & talking[1:]).sum() / (~talking[:-1]).sum()
    assert starts == pytest.approx(0.01, rel=0.04)
    assert (bits == 120).sum() / (~talking).sum() == pytest.approx(1 / 8, rel=0.01)
    for user in range(20):
        at = np.flatnonzero(bits[:, user] == 120)
        assert not (at % 8 - at[0] % 8).any()


def test_calls_last_as_long_as_told_and_have_the_target_rate() -> None:
    bits = trace(Calls(1000, CallSettings(call_s=6, gap_s=3), SEED(4)), 3000, 100_000)
    assert bits.max() == pytest.approx(0.8e6)
    calling = bits > 0.4e6
    starts = (~calling[:-1] & calling[1:]).sum()
    # One call in 9 s; one of less than half a tick, or after such a gap, is not seen.
    assert starts / 1000 / 300 == pytest.approx(1 / 9, rel=0.05)
    assert calling.mean() == pytest.approx(2 / 3, abs=0.01)


def test_a_device_reports_in_a_period_of_its_own() -> None:
    flow = Iot(400, IotSettings(), SEED(5))
    answers, reports = [], []
    for k in range(4000):
        answers.append(flow.offer(k * 1_000_000, 1_000_000, 1.0))
        reports.append(flow.send())
    bits = np.array(reports)
    # Every report is acknowledged by 40 octets, in the same second.
    np.testing.assert_array_equal(np.array(answers), 320.0 * (bits > 0))
    octets = bits[bits > 0] / 8
    assert octets.min() >= 20
    assert octets.max() <= 200
    assert octets.mean() == pytest.approx(110, abs=2)
    shortest = []
    for device in bits.T:
        gaps = np.diff(np.flatnonzero(device))
        assert gaps.max() - gaps.min() <= 1
        shortest.append(gaps.mean())
    assert 59 < min(shortest) < 75
    assert 540 < max(shortest) < 601


def test_frames_of_xr_come_sixty_times_a_second_with_the_size_and_jitter_of_tr_38_838() -> None:
    tick_us = 400
    bits = trace(Xr(60, VR_30, SEED(6)), 10_000, tick_us)
    sizes = bits[bits > 0]
    assert sizes.min() > 0.5 * 500e3
    assert sizes.max() < 1.5 * 500e3
    assert sizes.mean() == pytest.approx(500e3, rel=0.005)
    assert sizes.std() / 500e3 == pytest.approx(0.105, rel=0.04)
    late = []
    for user in bits.T:
        arrivals = np.flatnonzero(user) * tick_us
        assert 238 <= len(arrivals) <= 241
        late.append(arrivals - np.arange(len(arrivals)) * 1e6 / 60)
    spread = [np.std(x) for x in late]
    # N(0, 2 ms) cut at two deviations has one of 0.8796 × 2 ms.
    assert np.mean(spread) == pytest.approx(1759, rel=0.03)
    assert max(float(np.ptp(x)) for x in late) <= 8000 + tick_us


def test_quantiles_have_the_moments_of_the_cut_normal() -> None:
    values = quantiles(2000, 4000)
    assert values.mean() == pytest.approx(0, abs=1e-9)
    assert values.std() == pytest.approx(2000 * 0.87963, rel=1e-4)
    assert np.abs(values).max() < 4000
    assert quantiles(0.105, 0.5).std() == pytest.approx(0.105, rel=2e-3)


def watched(video: Video, seconds: int, rate_bps: float, tick_us: int = 100_000) -> tuple[Floats, Floats, Floats]:
    """Offered and delivered bits, [ticks, users], and stalls, [users] s, after a minute of warming up.

    The network gives everyone the same rate.
    """
    queue, stalled = np.zeros(video.users), np.zeros(video.users)
    new: list[Floats] = []
    sent: list[Floats] = []
    for k in range(-60_000_000 // tick_us, seconds * 1_000_000 // tick_us):
        if k == 0:
            new, sent, stalled = [], [], video.stalled_s.copy()
        new.append(video.offer(60_000_000 + k * tick_us, tick_us, 1.0))
        queue += new[-1]
        sent.append(np.minimum(queue, rate_bps * tick_us / 1e6))
        queue -= sent[-1]
        video.settle(np.stack((sent[-1], sent[-1])), np.zeros((2, video.users)))
    return np.array(new), np.array(sent), video.stalled_s - stalled


@pytest.mark.parametrize("tick_us", [10_000, 100_000, 1_000_000])
def test_a_fast_network_gets_the_top_rung_in_bursts_without_a_stall(tick_us: int) -> None:
    video = Video(10, VideoSettings(), SEED(7))
    new, _, stalled = watched(video, 120, 200e6, tick_us)
    assert set(np.unique(new)) == {0.0, 64e6}
    # A chunk of 30 more or less.
    np.testing.assert_allclose(new.sum(axis=0) / 120, 16e6, rtol=0.034)
    assert not stalled.any()
    assert (video.ahead_s <= 30).all()


def test_a_tick_of_several_chunks_asks_for_several() -> None:
    _, _, stalled = watched(Video(10, VideoSettings(), SEED(7)), 120, 200e6, 10_000_000)
    assert not stalled.any()


def test_a_slow_network_gets_what_it_carries_without_a_stall() -> None:
    video = Video(50, VideoSettings(), SEED(8))
    _, sent, stalled = watched(video, 200, 3e6)
    assert sent.mean() * 10 == pytest.approx(3e6, rel=0.03)
    assert not stalled.any()
    assert (video.rung < 4).all()


def test_a_network_below_the_only_rung_stalls_for_what_is_missing() -> None:
    video = Video(50, VideoSettings(ladder_bps=(0.4e6,)), SEED(9))
    _, _, stalled = watched(video, 400, 0.2e6)
    np.testing.assert_allclose(stalled / 400, 0.5, atol=0.02)


def test_a_lost_chunk_is_asked_for_again_and_played_when_it_is_here() -> None:
    video = Video(1, VideoSettings(ladder_bps=(1e6,)), SEED(10))
    time_us = 0
    while not (asked := video.offer(time_us, 100_000, 1.0)).any():
        time_us += 100_000
    assert asked.tolist() == [4e6]
    ahead = video.ahead_s
    # What it sends, in the second row, is not what it plays.
    video.settle(np.array([[1e6], [9e6]]), np.array([[3e6], [5e6]]))
    assert (video.ahead_s == ahead).all()
    assert video.offer(time_us + 100_000, 100_000, 1.0).tolist() == [3e6]
    video.settle(np.array([[3e6], [0.0]]), np.zeros((2, 1)))
    assert video.ahead_s == pytest.approx(ahead - 0.1 + 4)


def test_who_does_not_watch_holds() -> None:
    video = Video(5, VideoSettings(), SEED(11))
    ahead = video.ahead_s
    assert not video.offer(0, 1_000_000, 0.0).any()
    assert (video.ahead_s == ahead).all()
    assert not video.stalled_s.any()
