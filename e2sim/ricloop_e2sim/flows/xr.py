"""Extended reality and cloud gaming: video frames at a fixed rate, of random size, that arrive with jitter (TR 38.838).

Sizes and jitter are truncated normal, and both come out of one word per frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic import cutnormal
from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import EVERYONE, UserStreams
from ricloop_e2sim.flows.flow import Level, some_users
from ricloop_e2sim.flows.presence import Presence
from ricloop_e2sim.flows.qos import qos

AT_ONCE = 8192
"""Frames looked at in one go: what stays in the processor's cache, however many users and however long a tick."""


@dataclass(frozen=True, slots=True)
class XrSettings:
    """A stream (TR 38.838, 5.1 and 5.2), and its poses (5.3)."""

    rate_bps: float = 30e6
    fps: int = 60
    spread: float = 0.105
    """Standard deviation of a frame's size, of its mean, before truncation."""
    least: float = 0.5
    """Smallest frame, of the mean; the largest is as far above it."""
    jitter_us: float = 2000.0
    """Standard deviation of the arrival, before truncation."""
    jitter_cut_us: float = 4000.0
    pose_bytes: float = 100.0
    """Of a packet in the uplink: where the head, or the controller, is."""
    pose_us: int = 4000
    """Between two of them, without jitter."""
    five_qi: int = 80

    def __post_init__(self) -> None:
        positive(rate_bps=self.rate_bps, fps=self.fps, spread=self.spread, jitter_us=self.jitter_us)
        positive(pose_bytes=self.pose_bytes, pose_us=self.pose_us)
        within(0, 1, least=self.least)
        within(1, 0.5e6 / self.fps, jitter_cut_us=self.jitter_cut_us)


VR_30 = XrSettings()
VR_45 = XrSettings(rate_bps=45e6)
CG_30 = XrSettings(five_qi=89)
"""Cloud gaming, 15 ms."""
CG_8 = XrSettings(rate_bps=8e6, five_qi=89)


class Xr:
    """Frames of each user at its own phase, and its poses in the uplink."""

    answered = 0.0

    def __init__(self, users: int, settings: XrSettings, seed: np.random.SeedSequence) -> None:
        self.users, self.qos = some_users(users), qos(settings.five_qi)
        self.mean_bps, self._pose_us = settings.rate_bps, settings.pose_us
        self._pose_bits = 8 * settings.pose_bytes
        self.mean_up_bps = self._pose_bits * 1e6 / settings.pose_us
        who, phases, frames = seed.spawn(3)
        self._presence, self._streams = Presence(users, who), UserStreams(users, frames)
        self._fps, self._cut_us = settings.fps, int(settings.jitter_cut_us)
        self._sizes = settings.rate_bps / settings.fps * (1 + cutnormal.quantiles(settings.spread, 1 - settings.least))
        jitter = cutnormal.quantiles(settings.jitter_us, settings.jitter_cut_us)
        self._jitter: Ints = np.rint(jitter).astype(np.int64)
        phase = np.random.Generator(np.random.PCG64(phases)).integers(0, 1_000_000 // settings.fps, users)
        # So late that no frame comes before time 0.
        self._phase: Ints = phase + self._cut_us
        self._poses: Ints = np.zeros(users, dtype=np.int64)
        self._sent: Floats = np.zeros(users)

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; of a level below 1, that share of the users plays. A frame comes whole, when it arrives."""
        end_us, fps = time_us + tick_us, self._fps
        # Every frame that could come in the tick, whatever the user's phase and the jitter.
        first = max((time_us - 2 * self._cut_us) * fps // 1_000_000 - 1, 0)
        last = end_us * fps // 1_000_000 + 1
        bits: Floats = np.zeros(self.users)
        each = max(AT_ONCE // self.users, 1)
        for at in range(first, last, each):
            frame = np.arange(at, min(at + each, last))[:, np.newaxis]
            size, late = cutnormal.places(self._streams.words(EVERYONE, frame))
            arrival = self._jitter[late] + (self._phase + frame * 1_000_000 // fps)
            bits += (self._sizes[size] * ((arrival >= time_us) & (arrival < end_us))).sum(axis=0)
        there = self._presence.at(time_us, level)
        poses = np.maximum(-((self._phase - end_us) // self._pose_us), 0)
        self._sent = np.asarray((poses - self._poses) * self._pose_bits * there, dtype=np.float64)
        self._poses = poses
        down: Floats = bits * there
        return down

    def send(self) -> Floats:
        """See `Sender`."""
        return self._sent
