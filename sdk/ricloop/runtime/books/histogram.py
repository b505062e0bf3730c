"""A histogram of nanoseconds that costs a third of a microsecond to add to, and that adds up with others of its kind.

Buckets are as wide as a 32nd of their power of two: a quantile is right to 3 percent, in 14 kB whatever comes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

_BITS = 5
_SUB = 1 << _BITS
_SIZE = (48 - _BITS) * _SUB
"""The last bucket holds all above 2^47 ns, a day and a half."""


class Histogram:
    """Counts, their sum and the largest."""

    __slots__ = ("counts", "largest", "total")

    def __init__(self) -> None:
        self.counts = array("Q", bytes(8 * _SIZE))
        self.total = 0
        """Nanoseconds."""
        self.largest = 0

    def add(self, ns: int) -> None:
        """Negative numbers count as 0."""
        if ns < _SUB:
            self.counts[max(0, ns)] += 1
        else:
            shift = ns.bit_length() - _BITS - 1
            place = (shift << _BITS) + (ns >> shift)
            self.counts[place if place < _SIZE else _SIZE - 1] += 1
        self.total += ns
        if ns > self.largest:
            self.largest = ns

    def merge(self, other: Histogram) -> None:
        """As if all that was added to `other` had been added here."""
        self.counts = array("Q", map(int.__add__, self.counts, other.counts))
        self.total += other.total
        self.largest = max(self.largest, other.largest)

    def __len__(self) -> int:
        return sum(self.counts)

    def quantiles(self, wanted: Iterable[float]) -> list[float | None]:
        """Nanoseconds below which each share (0..1) of the values lies; None while there are none."""
        upto = list(accumulate(self.counts))
        found: list[float | None] = []
        for share in wanted:
            if not upto[-1]:
                found.append(None)
                continue
            rank = max(1, -(-int(share * upto[-1] * 1e9) // 10**9))
            found.append(min(_end(bisect_left(upto, rank)), self.largest))
        return found

    def upto(self, edges_ns: tuple[int, ...]) -> list[int]:
        """How many values lie in buckets that end at or below each edge; the edges ascend."""
        found, before, count = [], 0, 0
        for place in _places(edges_ns):
            count += sum(self.counts[before:place])
            before = place
            found.append(count)
        return found


@lru_cache(maxsize=16)
def _places(edges_ns: tuple[int, ...]) -> tuple[int, ...]:
    """How many buckets end at or below each edge."""
    ends = [_end(place) for place in range(_SIZE)]
    return tuple(bisect_right(ends, edge) for edge in edges_ns)


def _end(place: int) -> int:
    """The largest value of a bucket."""
    shift, rest = max(0, (place >> _BITS) - 1), place
    if place >= 2 * _SUB:
        rest = (place & (_SUB - 1)) + _SUB
    return ((rest + 1) << shift) - 1
