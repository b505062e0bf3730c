"""Random values from a seed: makers, which are hypothesis's strategies in small and thirty times as fast.

A maker takes a `random.Random` and gives a value. Fed by hypothesis (`shrinking`), what fails shrinks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from string import ascii_letters, digits
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Maker: TypeAlias = Callable[[Random], T]

PRINTABLE = ascii_letters + digits + " '()+,-./:=?"
"""PrintableString's characters (X.680 41.4)."""
_AT_LENGTHS = (127, 128, 129, 16383, 16384, 16385, 32768, 65536, 70000)
"""Where a length determinant changes its form (X.691 11.9)."""
_SELDOM, _RARE = 0.95, 0.997
"""What a draw of 0 to 1 must exceed: nothing that hypothesis shrinks towards."""


def shrinking(maker: Maker[T]) -> st.SearchStrategy[T]:
    """`maker` as a strategy."""
    return st.randoms(use_true_random=False).map(maker)


def integers(low: int, high: int) -> Maker[int]:
    """Every magnitude as often as any other, and the highest now and then."""
    width = (high - low).bit_length()

    def make(rng: Random) -> int:
        return high if rng.random() > _SELDOM else min(low + rng.getrandbits(rng.randint(1, width)), high)

    return make


def sampled(values: Sequence[T]) -> Maker[T]:
    return lambda rng: rng.choice(values)


def one_of(*makers: Maker[Any]) -> Maker[Any]:
    return lambda rng: rng.choice(makers)(rng)


def maybe(maker: Maker[T]) -> Maker[T | None]:
    """The value, or None as often."""
    return lambda rng: maker(rng) if rng.getrandbits(1) else None


def octets(rng: Random) -> bytes:
    """Mostly a few, and any length that is written in another way."""
    draw = rng.random()
    if draw > _RARE:
        return (rng.randbytes(31) * 2300)[: rng.choice(_AT_LENGTHS)]
    return rng.randbytes(rng.randint(0, 300 if draw > _SELDOM else 20))


def octets_of(count: int) -> Maker[bytes]:
    return lambda rng: rng.randbytes(count)


def texts(most: int, alphabet: str = PRINTABLE) -> Maker[str]:
    """One to `most` characters, the most of them now and then."""

    def make(rng: Random) -> str:
        length = most if rng.random() > _RARE else rng.randint(1, min(most, 20))
        return "".join(rng.choices(alphabet, k=length))

    return make


def tuples(element: Maker[T], least: int, most: int) -> Maker[tuple[T, ...]]:
    """`least` to `most` values: few as a rule, the most of them now and then."""

    def make(rng: Random) -> tuple[T, ...]:
        count = most if rng.random() > _RARE else rng.randint(least, min(most, least + 3))
        return tuple(element(rng) for _ in range(count))

    return make


def built(cls: Callable[..., T], *makers: Maker[Any], **named: Maker[Any]) -> Maker[T]:
    """`cls` of what the makers give."""

    def make(rng: Random) -> T:
        return cls(*(maker(rng) for maker in makers), **{name: maker(rng) for name, maker in named.items()})

    return make
