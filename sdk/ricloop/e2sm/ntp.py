"""NTP time stamps (RFC 5905), which KPM carries as octets and CCC as hexadecimal digits.

Seconds count from 1900 and wrap in 2036. As RFC 4330 (3) has it, a first bit of 1 means 1968 to 2036, 0 means 2036 to
2104.
"""

from __future__ import annotations

from ricloop.core.errors import EncodeError
from ricloop.core.time import NS_PER_S

_EPOCH_S = 2_208_988_800
"""Seconds from 1900 to 1970."""
_HALF_ERA_S = 1 << 31
_FIRST_NS = (_HALF_ERA_S - _EPOCH_S) * NS_PER_S
_PAST_NS = ((1 << 32) + _HALF_ERA_S - _EPOCH_S) * NS_PER_S


def to_ntp(unix_ns: int) -> int:
    """64 bits: seconds and binary fraction. `from_ntp` gives the same nanosecond back."""
    if not _FIRST_NS <= unix_ns < _PAST_NS:
        raise EncodeError(f"time {unix_ns} ns is not between 1968-01-20 and 2104-02-26, which NTP time can tell apart")
    seconds, rest = divmod(unix_ns, NS_PER_S)
    # Rounded up, because reading rounds down.
    return ((seconds + _EPOCH_S) % (1 << 32)) << 32 | -((-rest << 32) // NS_PER_S)


def from_ntp(stamp: int) -> int:
    """Nanoseconds since the Unix epoch from 64 bits."""
    seconds, fraction = stamp >> 32, stamp & 0xFFFF_FFFF
    if seconds < _HALF_ERA_S:
        seconds += 1 << 32
    return (seconds - _EPOCH_S) * NS_PER_S + (fraction * NS_PER_S >> 32)
