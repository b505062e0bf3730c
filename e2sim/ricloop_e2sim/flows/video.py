"""Streamed video: chunks fetched ahead of playback, the quality chosen by how full the player's buffer is.

A player fetches one chunk after another while its buffer has room, then waits for playback: bursts and pauses. It takes
a higher rung of the ladder the fuller its buffer is, so it has to be told what was delivered: how quality and stalls
follow the network is what one wants to see, and a ladder of one rung is the fixed-rate player. It draws nothing after
its start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.flows.flow import ACKNOWLEDGED, Level, some_users
from ricloop_e2sim.flows.presence import Presence
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """A player and its ladder."""

    ladder_bps: tuple[float, ...] = (0.4e6, 1e6, 2.5e6, 5e6, 8e6, 16e6)
    """Ascending."""
    chunk_s: float = 4.0
    buffer_s: float = 30.0
    """Of video that a player fetches ahead."""
    reserve_s: float = 8.0
    """Below so much it takes the lowest rung; with room for two chunks or less, the highest; evenly between."""
    five_qi: int = 6

    def __post_init__(self) -> None:
        positive(chunk_s=self.chunk_s, buffer_s=self.buffer_s)
        if not self.ladder_bps or self.ladder_bps[0] <= 0 or list(self.ladder_bps) != sorted(set(self.ladder_bps)):
            raise ConfigError(f"ladder_bps {self.ladder_bps}: give rates above 0, each above the one before")
        if self.reserve_s < 0 or self.reserve_s + 2 * self.chunk_s >= self.buffer_s:
            raise ConfigError(
                f"buffer_s {self.buffer_s}: no room for reserve_s {self.reserve_s} and two chunks of {self.chunk_s} s; "
                "give a larger buffer_s"
            )


class Video:
    """One player per user. Its stalls and rungs are there to be read. A request per chunk is lost in the rounding."""

    answered = ACKNOWLEDGED

    def __init__(self, users: int, settings: VideoSettings, seed: np.random.SeedSequence) -> None:
        self.users, self.qos, self._settings = some_users(users), qos(settings.five_qi), settings
        who, starts = seed.spawn(2)
        self._presence = Presence(users, who)
        self._ladder: Floats = np.array(settings.ladder_bps)
        self._ahead_s: Floats = np.random.Generator(np.random.PCG64(starts)).random(users) * settings.buffer_s
        self._chunks: Floats = np.zeros(users)
        self._missing: Floats = np.zeros(users)
        self._again: Floats = np.zeros(users)
        self.rung: Ints = np.zeros(users, dtype=np.int64)
        """[users]: of the ladder, that of the last chunk asked for."""
        self.stalled_s: Floats = np.zeros(users)
        """[users]: running total of the time for which a user watched and there was nothing to play."""
        self.mean_bps = settings.ladder_bps[-1]

    @property
    def ahead_s(self) -> Floats:
        """[users]: seconds of video in the player's buffer."""
        return self._ahead_s.copy()

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; of a level below 1, that share of the users watches, and the others hold."""
        settings, tick_s = self._settings, tick_us / 1e6
        new, self._again = self._again, np.zeros(self.users)
        watching = self._presence.at(time_us, level)
        play_s = tick_s * watching
        played = np.minimum(play_s, self._ahead_s)
        self.stalled_s += play_s - played
        self._ahead_s -= played
        asks = watching & (self._missing == 0) & (settings.buffer_s - self._ahead_s >= settings.chunk_s)
        if not np.count_nonzero(asks):
            return new
        room = np.floor((settings.buffer_s - self._ahead_s) / settings.chunk_s)
        fullness = (self._ahead_s - settings.reserve_s) / (
            settings.buffer_s - 2 * settings.chunk_s - settings.reserve_s
        )
        rung = (np.minimum(np.maximum(fullness, 0), 1) * (len(self._ladder) - 1)).astype(np.int64)
        self.rung = np.where(asks, rung, self.rung)
        # More than one chunk only where playback uses more than one in a tick.
        self._chunks = np.where(asks, np.minimum(room, np.ceil(tick_s / settings.chunk_s)), self._chunks)
        chunks: Floats = asks * self._chunks * self._ladder[self.rung] * settings.chunk_s
        self._missing += chunks
        return new + chunks

    def settle(self, delivered: Floats, lost: Floats) -> None:
        """See `Loop`; a chunk can be played once it is here entirely."""
        self._missing -= delivered[0]
        self._again += lost[0]
        done = (self._missing < 0.5) & (self._chunks > 0)
        if not np.count_nonzero(done):
            return
        self._ahead_s += done * self._chunks * self._settings.chunk_s
        self._chunks[done] = 0
        self._missing[done] = 0
