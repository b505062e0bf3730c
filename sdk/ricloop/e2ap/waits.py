"""RICtimeToWait (E2AP 9.2.13): how long a node waits for the answer to an insert."""

from __future__ import annotations

MILLISECONDS = {
    "w1ms": 1,
    "w2ms": 2,
    "w5ms": 5,
    "w10ms": 10,
    "w20ms": 20,
    "w30ms": 30,
    "w40ms": 40,
    "w50ms": 50,
    "w100ms": 100,
    "w200ms": 200,
    "w500ms": 500,
    "w1s": 1000,
    "w2s": 2000,
    "w5s": 5000,
    "w10s": 10_000,
    "w20s": 20_000,
    "w60s": 60_000,
}
"""Every value there is, ascending."""


def time_to_wait(milliseconds: int) -> str:
    """The longest value that is not longer; `w1ms` below 1."""
    return next((name for name, value in reversed(MILLISECONDS.items()) if value <= milliseconds), "w1ms")
