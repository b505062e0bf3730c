"""Random numbers by user and index: what a user draws depends on nothing but the seed, the user and how many it drew.

A shared generator would hand its numbers out in the order of asking, and so tie every user to how long a tick is and to
what the others do. Here draw n of user u is a function of (seed, u, n): each user has a SplitMix64 sequence (Steele,
Lea and Flood 2014) that starts at a random place of its own, and reading one costs no state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

Words = NDArray[np.uint64]
Who = Ints | slice

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)

EVERYONE = slice(None)


class UserStreams:
    """One stream of 64-bit words per user."""

    def __init__(self, users: int, seed: np.random.SeedSequence) -> None:
        self._starts: Words = seed.generate_state(users, np.uint64).astype(np.uint64, copy=False)

    def words(self, who: Who, index: Ints) -> Words:
        """Word `index` ≥ 0 of the users `who`; the index is broadcast with them: [len(who)], or [k, 1] for k each."""
        z: Words = (index.astype(np.uint64) + np.uint64(1)) * _STEP + self._starts[who]
        z ^= z >> _S30
        z *= _MIX_1
        z ^= z >> _S27
        z *= _MIX_2
        z ^= z >> _S31
        return z

    def uniform(self, who: Who, index: Ints) -> Floats:
        """As `words`, as float64 strictly between 0 and 1, so that its logarithm is finite."""
        return ((self.words(who, index) >> _S11).astype(np.float64) + 0.5) * 2.0**-53
