"""Voice: AMR 12.2 over IP, talk and silence (ITU-R M.2135 annex 1, TR 36.814 A.2.1.3.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.flows.alternation import Alternation
from ricloop_e2sim.flows.flow import Level, some_users
from ricloop_e2sim.flows.presence import Presence
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class VoipSettings:
    """A codec's frames."""

    voice_bytes: int = 40
    """One frame while talking."""
    frame_us: int = 20_000
    sid_bytes: int = 15
    """A silence descriptor."""
    sid_frames: int = 8
    """One descriptor in so many frames of silence: each 160 ms."""
    switch: float = 0.01
    """Probability per frame of going from talk to silence, and of the way back: 50 % activity."""
    five_qi: int = 1

    def __post_init__(self) -> None:
        positive(voice_bytes=self.voice_bytes, frame_us=self.frame_us)
        positive(sid_bytes=self.sid_bytes, sid_frames=self.sid_frames, switch=self.switch)
        within(0, 0.5, switch=self.switch)


class Voip:
    """Frames at a user's own phase, descriptors on every eighth frame that falls into silence.

    One side talks while the other listens: the uplink is silent where the downlink is not, and alike in the long run.
    """

    answered = 0.0

    def __init__(self, users: int, settings: VoipSettings, seed: np.random.SeedSequence) -> None:
        self.users, self.qos = some_users(users), qos(settings.five_qi)
        calls, phases, spurts = seed.spawn(3)
        self._presence = Presence(users, calls)
        frame_us, stay = settings.frame_us, math.log1p(-settings.switch)
        period_us = frame_us * settings.sid_frames
        self._phase: Ints = np.random.Generator(np.random.PCG64(phases)).integers(0, period_us, users)

        def hold_us(draw: Floats, on: Bools) -> Floats:
            return np.ceil(np.log(draw) / stay) * frame_us

        self._talk = Alternation(0.5, hold_us, self._phase % frame_us - frame_us, spurts)
        # Row 0 silence, row 1 talk: what is sent, and how often.
        self._sizes: Floats = 8 * np.array([settings.sid_bytes, settings.voice_bytes])
        self._times: Ints = np.array([period_us, frame_us])
        self._every_us: Ints = self._times[:, np.newaxis]
        self._ahead_us: Ints = self._every_us - 1 - self._phase
        """[2, users]: what makes the time since the first instant, divided by that between two, round up."""
        state = self._talk.on.astype(np.int64)
        self._size, self._every = self._sizes[state], self._times[state]
        # Bits until t are sent + those of the present state until t: a switch keeps the sum as it is at that moment.
        self._sent: Floats = np.zeros(users)
        silent, talking = self._due_bits(0)
        self._counted: Floats = np.where(self._talk.on, talking, silent)
        self._counted_both: Floats = silent + talking
        self._up: Floats = np.zeros(users)
        self.mean_bps = self.mean_up_bps = float((self._sizes / self._times).mean()) * 1e6

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; of a level below 1, that share of the users is in a call."""
        end_us = time_us + tick_us
        for who, when, on in self._talk.switches(end_us):
            state, behind = on.astype(np.int64), self._phase[who] - when
            size, every = self._sizes[state], self._times[state]
            # What was due of the old state until now stays sent; what would have been of the new one was not.
            self._sent[who] += size * (behind // every) - self._size[who] * (behind // self._every[who])
            self._size[who], self._every[who] = size, every
        silent, talking = self._due_bits(end_us)
        total = self._sent + np.where(self._talk.on, talking, silent)
        # Each instant of the codec is of one side or the other.
        both = silent + talking
        there = self._presence.at(time_us, level)
        bits: Floats = total - self._counted
        self._up = (both - self._counted_both - bits) * there
        self._counted, self._counted_both = total, both
        return np.asarray(bits * there)

    def send(self) -> Floats:
        """See `Sender`."""
        return self._up

    def _due_bits(self, time_us: int) -> Floats:
        """[2, users]: sent before a time in silence alone, and in talk alone; negative before the first instant."""
        return np.asarray((self._ahead_us + time_us) // self._every_us * self._sizes[:, np.newaxis])
