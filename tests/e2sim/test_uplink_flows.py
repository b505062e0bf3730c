"""What users send: its mean by hand for every service, the same events at any tick length, and whose it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.flows.services import SERVICES, start
from ricloop_e2sim.flows.voip import Voip, VoipSettings
from ricloop_e2sim.flows.xr import CG_8, Xr
from ricloop_e2sim.mobility.movement import Rectangle
from ricloop_e2sim.network.population import Group, Population

AREA = Rectangle(0.0, 0.0, 100.0, 100.0)
ACK = 40 / 3000
"""One of 40 octets for two segments of 1500."""
MEAN_BPS = {
    "ftp3": 20e6 * ACK,
    "ftp3-im": 0.4e6 * ACK,
    "cbr": 4e6 * ACK,
    "web": 16e6 / 30 * ACK + 70 * 500 * 8 / 30,
    "mtc": 30 * 125 * 8,
    "urllc": 10 * 125 * 8,
    "voip": (320 / 0.02 + 120 / 0.16) / 2,
    "calls": 8e6,
    "iot": 110 * 8 * np.log(10) / 540,
    "vr-30": 100 * 8 / 0.004,
    "vr-45": 100 * 8 / 0.004,
    "cg-30": 100 * 8 / 0.004,
    "cg-8": 100 * 8 / 0.004,
}
"""Of a user, from the tables; those of video and full buffers follow the network."""
services = pytest.mark.parametrize("service", MEAN_BPS)


def people(service: str, users: int, scale: float = 1.0, seed: int = 1) -> Population:
    group = Group(users, service, moves="static", hours="always", scale=scale)
    return Population((group,), AREA, Calendar(), 1, np.random.SeedSequence(seed))


def test_every_service_is_tested_here() -> None:
    assert {*MEAN_BPS, "video", "full-buffer"} == set(SERVICES)


@services
@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_the_long_run_mean_is_that_of_the_table_times_the_level(service: str, scale: float) -> None:
    users, seconds = (20_000, 200) if service in ("web", "iot") else (4000, 100)
    population = people(service, users, scale)
    total = sum(population.offer(k * 1_000_000, 1_000_000)[1].sum() for k in range(seconds))
    # As in the downlink, pages and who of 4000 takes part are the least certain: 2 %.
    assert total / users / seconds == pytest.approx(MEAN_BPS[service] * scale, rel=0.05)


@services
def test_a_bearer_of_guaranteed_rate_keeps_a_second_of_its_mean_and_others_what_the_group_says(service: str) -> None:
    population = people(service, 3)
    guaranteed = start(service, 1, np.random.SeedSequence(1)).qos.guaranteed
    expected = MEAN_BPS[service] if guaranteed else 400e6
    assert population.buffer_bits[1].tolist() == pytest.approx([expected] * 3)


@services
@given(ticks=st.lists(st.integers(1, 3_000_000), min_size=1, max_size=8))
@settings(max_examples=10, deadline=None)
def test_any_ticks_see_the_same_events(service: str, ticks: list[int]) -> None:
    pieces, whole = people(service, 20, seed=3), people(service, 20, seed=3)
    time_us, total = 0, np.zeros(20)
    for tick_us in ticks:
        total += pieces.offer(time_us, tick_us)[1]
        time_us += tick_us
    np.testing.assert_allclose(total, whole.offer(0, time_us)[1], rtol=1e-9)


def both(flow: Voip | Xr, ticks: int, tick_us: int, level: float = 1.0) -> tuple[Floats, Floats]:
    """[ticks, users] bits down and up."""
    down, up = [], []
    for k in range(ticks):
        down.append(flow.offer(k * tick_us, tick_us, level))
        up.append(flow.send())
    return np.array(down), np.array(up)


def test_one_side_of_a_call_talks_while_the_other_listens() -> None:
    down, up = both(Voip(200, VoipSettings(), np.random.SeedSequence(3)), 5000, 20_000)
    assert set(np.unique(up)) == {0.0, 120.0, 320.0}
    np.testing.assert_array_equal(up == 320, down != 320)


def test_who_is_in_no_call_sends_nothing_either() -> None:
    down, up = both(Voip(500, VoipSettings(), np.random.SeedSequence(4)), 100, 200_000, 0.3)
    # Nobody comes or goes within these 20 s but where a mark is drawn anew: silence is of both or of none.
    idle = ~down.any(axis=0)
    assert 0.5 < idle.mean() < 0.8
    assert not up[:, idle].any()
    assert up[:, ~idle].any(axis=0).all()


def test_poses_are_packets_of_100_octets_every_4_ms() -> None:
    down, up = both(Xr(50, CG_8, np.random.SeedSequence(5)), 3000, 1000)
    assert set(np.unique(up)) == {0.0, 800.0}
    for user in range(50):
        at = np.flatnonzero(up[:, user])
        assert (np.diff(at) == 4).all()
        assert at[0] < 30
        assert down[:, user].any()


def test_a_page_is_asked_for_and_acknowledged_along_with_it() -> None:
    population = people("web", 400)
    for k in range(50):
        down, up = population.offer(k * 1_000_000, 1_000_000)
        np.testing.assert_allclose(up, down * (70 * 500 / 2e6 + ACK), rtol=1e-12)


def test_groups_send_what_their_services_do() -> None:
    groups = tuple(Group(4, name, moves="static", hours="always") for name in ("ftp3", "full-buffer", "calls"))
    population = Population(groups, AREA, Calendar(), 1, np.random.SeedSequence(1))
    down, up = population.offer(0, 100_000)
    np.testing.assert_allclose(up[:4], down[:4] * ACK)
    assert up[4:8].tolist() == down[4:8].tolist() == [1e9] * 4
    np.testing.assert_array_equal(up[8:], down[8:])
