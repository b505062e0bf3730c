"""A run without a RIC by the clock: ticks begin when they are due, and what one loses the next ones make good."""

from __future__ import annotations

import pytest

from ricloop_e2sim.drivers.alone import run_alone
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.scenarios import find_network


class Clock:
    """Stands still but for what is slept, 3 ms too long each time, and for what the ticks take."""

    def __init__(self, tick_takes_s: dict[int, float]) -> None:
        self.now_s, self.begun_s = 1000.0, list[float]()
        self._takes_s = tick_takes_s

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now_s += seconds + 0.003
        self.begun_s.append(self.now_s - 1000.0)

    def ticked(self) -> None:
        self.now_s += self._takes_s.get(len(self.begun_s), 0.04)


def paced(clock: Clock, seconds: float, speed: float) -> dict[str, float]:
    run = NetworkRun(find_network("highway"), 1, seconds)
    return run_alone(run, clock.ticked, lambda: False, speed=speed, now=lambda: clock.now_s, sleep=clock.sleep)


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_half_a_minute_of_the_clock_is_as_much_of_the_world_and_delays_do_not_add_up(speed: float) -> None:
    clock = Clock({})
    result = paced(clock, 30 * speed, speed)
    assert result["steps"] == 300 * speed
    assert clock.begun_s == pytest.approx([0.1 / speed * n + 0.003 for n in range(1, len(clock.begun_s) + 1)])
    assert clock.begun_s[-1] == pytest.approx(30.003)
    assert result["drift_ms"] == pytest.approx(3)


def test_after_a_tick_that_takes_long_the_next_follow_at_once_until_the_clock_is_caught_up() -> None:
    clock = Clock({5: 0.5})
    result = paced(clock, 3, 1.0)
    # The sixth begins at 0.503 + 0.5 + 0.003; each takes 40 ms and 3 more: 0.057 are made good with each.
    late_s = [0.406 - 0.057 * n for n in range(8)]
    assert clock.begun_s[5:13] == pytest.approx([0.1 * n + late for n, late in zip(range(6, 14), late_s, strict=True)])
    assert clock.begun_s[13:] == pytest.approx([0.1 * n + 0.003 for n in range(14, 31)])
    assert result["drift_ms"] == pytest.approx(3)
