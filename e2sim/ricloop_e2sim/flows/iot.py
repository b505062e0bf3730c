"""Meters and sensors: a small report at each device's own period, which is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import UserStreams
from ricloop_e2sim.flows.flow import Level, some_users
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class IotSettings:
    """Ranges, uniform, ends included."""

    shortest_s: float = 60.0
    """Period of a device, drawn once."""
    longest_s: float = 600.0
    smallest_bytes: int = 20
    """Of a report, drawn for each."""
    largest_bytes: int = 200
    answer_bytes: int = 40
    """Down to the device for each report: headers of IP and TCP."""
    five_qi: int = 9

    def __post_init__(self) -> None:
        positive(shortest_s=self.shortest_s, smallest_bytes=self.smallest_bytes)
        positive(answer_bytes=self.answer_bytes)
        if self.longest_s < self.shortest_s:
            raise ConfigError(f"longest_s {self.longest_s} is below shortest_s {self.shortest_s}: exchange them")
        if self.largest_bytes < self.smallest_bytes:
            raise ConfigError(
                f"largest_bytes {self.largest_bytes} is below smallest_bytes {self.smallest_bytes}: exchange them"
            )


class Iot:
    """Periodic reports in the uplink, each device at a phase of its own."""

    answered = 0.0

    def __init__(self, users: int, settings: IotSettings, seed: np.random.SeedSequence) -> None:
        self.users, self.qos, self._settings = some_users(users), qos(settings.five_qi), settings
        devices, reports = seed.spawn(2)
        once = np.random.Generator(np.random.PCG64(devices))
        period_s = once.uniform(settings.shortest_s, settings.longest_s, users)
        self._period: Ints = np.maximum(np.rint(period_s * 1e6), 1).astype(np.int64)
        self._next: Ints = (once.random(users) * self._period).astype(np.int64)
        self._count: Ints = np.zeros(users, dtype=np.int64)
        self._streams = UserStreams(users, reports)
        self._sent: Floats = np.zeros(users)
        rate_hz = float(np.mean(1e6 / self._period))
        self.mean_bps = 8 * settings.answer_bytes * rate_hz
        self.mean_up_bps = 8 * (settings.smallest_bytes + settings.largest_bytes) / 2 * rate_hz

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; a level leaves reports out."""
        sent: Floats = np.zeros(self.users)
        answers: Floats = np.zeros(self.users)
        smallest, sizes = (
            self._settings.smallest_bytes,
            self._settings.largest_bytes - self._settings.smallest_bytes + 1,
        )
        end_us = time_us + tick_us
        who = np.flatnonzero(self._next < end_us)
        while len(who):
            index = self._count[who] * 2
            kept = self._streams.uniform(who, index) < (level[who] if isinstance(level, np.ndarray) else level)
            octets = smallest + np.floor(self._streams.uniform(who, index + 1) * sizes)
            sent[who] += 8 * octets * kept
            answers[who] += 8 * self._settings.answer_bytes * kept
            self._count[who] += 1
            self._next[who] += self._period[who]
            who = who[self._next[who] < end_us]
        self._sent = sent
        return answers

    def send(self) -> Floats:
        """See `Sender`."""
        return self._sent
