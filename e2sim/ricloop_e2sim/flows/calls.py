"""The call model of the AI RSG: a target rate during calls, nothing between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.flows.alternation import Alternation
from ricloop_e2sim.flows.flow import Level, some_users
from ricloop_e2sim.flows.presence import Presence
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class CallSettings:
    """Defaults: the AI RSG's sample."""

    target_bps: float = 8e6
    call_s: float = 60.0
    """Mean length; exponential."""
    gap_s: float = 0.0
    """Mean time from the end of one call to the next; exponential. 0: one call after another."""
    five_qi: int = 1

    def __post_init__(self) -> None:
        positive(target_bps=self.target_bps, call_s=self.call_s)
        within(0, 1e9, gap_s=self.gap_s)


class Calls:
    """Calls of exponential length, with exponential gaps; as much goes up as comes down."""

    answered = 1.0

    def __init__(self, users: int, settings: CallSettings, seed: np.random.SeedSequence) -> None:
        self.users, self.qos = some_users(users), qos(settings.five_qi)
        who, calls = seed.spawn(2)
        self._presence = Presence(users, who)
        call_us, gap_us = settings.call_s * 1e6, settings.gap_s * 1e6

        def hold_us(draw: Floats, on: Bools) -> Floats:
            return -np.log(draw) * np.where(on, call_us, gap_us)

        share = call_us / (call_us + gap_us)
        self._calls = Alternation(share, hold_us, np.zeros(users, dtype=np.int64), calls)
        # Time in calls until t is spent + t·on: what a switch changes keeps the sum as it is at that moment.
        self._spent: Ints = np.zeros(users, dtype=np.int64)
        self._counted: Ints = np.zeros(users, dtype=np.int64)
        self._rate = settings.target_bps / 1e6
        self.mean_bps = settings.target_bps * share

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; of a level below 1, that share of the users makes calls."""
        end_us = time_us + tick_us
        for who, when, on in self._calls.switches(end_us):
            self._spent[who] += np.where(on, -when, when)
        total: Ints = self._spent + self._calls.on * end_us
        bits: Floats = (total - self._counted).astype(np.float64) * self._rate
        self._counted = total
        return bits * self._presence.at(time_us, level)
