"""Spoilt PDUs by the million: at the decoders, and at both ends of an association."""

from __future__ import annotations

import contextlib
import time

import numpy as np

from ricloop.core.errors import DecodeError
from ricloop.e2ap import decode, fast_indication
from ricloop.testing.pair import SessionPair
from tests.codec.test_fuzz import PDUS, spoil
from tests.soak.stage import BLOCK


def decoded(block: int) -> str:
    """Every PDU is read or gives DecodeError. The slowest of the block."""
    slowest = 0.0
    for octets in _spoilt(block):
        begin = time.perf_counter()
        fast_indication.decode_indication(octets)
        with contextlib.suppress(DecodeError):
            decode(octets)
        slowest = max(slowest, time.perf_counter() - begin)
    return f"slowest {slowest * 1000:.1f} ms"


def at_a_session_pair(block: int) -> str:
    """Nothing that arrives raises out of a session, at either end; the pair always falls silent."""
    pair = SessionPair.connected()
    for octets in _spoilt(1_000_000 + block):
        for give in (pair.to_ric, pair.to_node):
            give(octets)
        if pair.ric.should_close or pair.node.should_close:
            pair = SessionPair.connected()
    return ""


def _spoilt(block: int) -> list[bytes]:
    """A block of PDUs, each spoilt once to three times; the same for the same number."""
    rng = np.random.default_rng([2026, block])
    draws = rng.integers(0, [len(PDUS), 4, 256, 1 << 16], size=(BLOCK, 4))
    times = rng.integers(1, 4, size=BLOCK)
    found = []
    for (which, kind, value, place), again in zip(draws.tolist(), times.tolist(), strict=True):
        octets = PDUS[which]
        for turn in range(again):
            octets = spoil(octets, (kind + turn) % 4, value, place * (turn + 1))
        found.append(octets)
    return found
