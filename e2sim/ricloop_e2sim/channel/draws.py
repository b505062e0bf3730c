"""Standard normals by counter instead of by turn: what (seed, user, site, n-th move) gives, and nothing else.

A generator that is asked in turn gives each user what its place in the queue says, so a user more, a user that stands
still or one that finds a new site would move everybody's draws, or all would have to be drawn always. Here each pair of
user and site has a SplitMix64 sequence of its own (Steele, Lea, Flood 2014) that begins at a hash of seed, user and
site, and whose n-th number is computed directly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.layout import Floats, Ints

Words = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
COMMON, WALL = -1, -2
"""Numbers in place of a site's, for what a user has once: its common shadowing, its wall."""


def _mix(words: Words) -> Words:
    """The finaliser of SplitMix64."""
    words = words ^ (words >> _S30)
    words *= _MIX_1
    words ^= words >> _S27
    words *= _MIX_2
    words ^= words >> _S31
    return words


def user_keys(seed: np.random.SeedSequence, users: int) -> Words:
    """[users]: a key per user. The seed sequence is read, not spawned: the same one gives the same keys again."""
    return _mix(seed.generate_state(1, np.uint64) + np.arange(1, users + 1, dtype=np.uint64) * GOLDEN)


def site_keys(users: Words, sites: Ints | int) -> Words:
    """Keys of the sequences of users (keys) and sites (numbers), of the broadcast shape."""
    return _mix(users + np.asarray(sites, dtype=np.int64).astype(np.uint64) * GOLDEN)


def normals(keys: Words, counts: Ints) -> tuple[Floats, Floats]:
    """Two independent standard normals per key at its `counts`-th number, of the broadcast shape (Box and Muller).

    Each is made of 32 bits: nothing lies beyond 6.8.
    """
    words = _mix(keys + (counts + 1).astype(np.uint64) * GOLDEN)
    radius = np.sqrt(-2 * np.log(((words >> _S32).astype(np.float64) + 0.5) * 2.0**-32))
    angle = (words & _LOW).astype(np.float64) * (2 * np.pi * 2.0**-32)
    return radius * np.cos(angle), radius * np.sin(angle)
