"""Standard normals by counter instead of by turn: what (seed, user, site, n-th move) gives, and nothing else.

A generator that is asked in turn gives each user what its place in the queue says, so a user more, a user that stands
still or one that finds a new site would move everybody's draws, or all would have to be drawn always. Here each pair of
user and site has a SplitMix64 sequence of its own (Steele, Lea, Flood 2014) that begins at a hash of seed, user and
site, and whose n-th number is computed directly.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY


def _signed(word: int) -> int:
    """The int64 of the same 64 bits: there are no unsigned ones on every device, and products wrap all the same."""
    return (word + 2**63) % 2**64 - 2**63


GOLDEN = _signed(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = _signed(0xBF58476D1CE4E5B9), _signed(0x94D049BB133111EB)
_LOW = 0xFFFFFFFF
COMMON, WALL = -1, -2
"""Numbers in place of a site's, for what a user has once: its common shadowing, its wall."""


def _mix(words: Ints, xp: Arrays) -> Ints:
    """The finaliser of SplitMix64."""
    words = words ^ xp.shift(words, 30)
    words *= _MIX_1
    words ^= xp.shift(words, 27)
    words *= _MIX_2
    words ^= xp.shift(words, 31)
    return words


def user_keys(seed: np.random.SeedSequence, users: int) -> Ints:
    """[users], on the host: a key per user. The seed sequence is read, not spawned: it gives the same keys again."""
    return _mix(seed.generate_state(1, np.uint64).view(np.int64) + np.arange(1, users + 1) * GOLDEN, NUMPY)


def site_keys(users: Ints, sites: Ints | int, xp: Arrays = NUMPY) -> Ints:
    """Keys of the sequences of users (keys) and sites (numbers), of the broadcast shape."""
    return _mix(users + (_signed(sites * GOLDEN) if isinstance(sites, int) else sites * GOLDEN), xp)


def normals(keys: Ints, counts: Ints, xp: Arrays = NUMPY) -> tuple[Floats, Floats]:
    """Two independent standard normals per key at its `counts`-th number, of the broadcast shape (Box and Muller).

    Each is made of 32 bits: nothing lies beyond 6.8.
    """
    words = _mix(keys + (counts + 1) * GOLDEN, xp)
    radius = xp.sqrt(-2 * xp.log((xp.floats(xp.shift(words, 32)) + 0.5) * 2.0**-32))
    angle = xp.floats(words & _LOW) * (2 * np.pi * 2.0**-32)
    return radius * xp.cos(angle), radius * xp.sin(angle)
