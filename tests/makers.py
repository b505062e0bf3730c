"""Random values from a seed: makers, which are hypothesis's strategies in small and thirty times as fast.

A maker takes a `random.Random` and gives a value. Fed by hypothesis (`shrinking`), what fails shrinks.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Hashable, Sequence
from random import Random
from string import ascii_letters, digits
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
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


def just(value: T) -> Maker[T]:
    return lambda rng: value


def booleans(rng: Random) -> bool:
    return rng.getrandbits(1) == 1


def floats(rng: Random) -> float:
    """Every finite double: of any bits, of a float32's, or with few decimals."""
    kind = rng.randrange(4)
    if kind == 0:
        return round(rng.uniform(-1000, 1000), rng.randrange(4))
    made = struct.unpack(">d", rng.randbytes(8))[0] if kind == 1 else struct.unpack(">f", rng.randbytes(4))[0]
    return made if math.isfinite(made) else 0.0


def octets(rng: Random) -> bytes:
    """Mostly a few, and any length that is written in another way."""
    draw = rng.random()
    if draw > _RARE:
        return (rng.randbytes(31) * 2300)[: rng.choice(_AT_LENGTHS)]
    return rng.randbytes(rng.randint(0, 300 if draw > _SELDOM else 20))


def octets_of(count: int) -> Maker[bytes]:
    return lambda rng: rng.randbytes(count)


def binary(most: int) -> Maker[bytes]:
    return lambda rng: rng.randbytes(rng.randint(0, most))


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


def few(element: Maker[T], least: int = 0, most: int = 2) -> Maker[tuple[T, ...]]:
    """`least` to `most` values, each count as often."""
    return lambda rng: tuple(element(rng) for _ in range(rng.randint(least, most)))


def each(*makers: Maker[Any]) -> Maker[tuple[Any, ...]]:
    """A value of each."""
    return lambda rng: tuple(maker(rng) for maker in makers)


def dictionaries(key: Maker[K], value: Maker[T], least: int = 0, most: int = 3) -> Maker[dict[K, T]]:
    """Of `least` to `most` keys, fewer where one comes twice, one at least where `least` is not 0."""
    return lambda rng: {key(rng): value(rng) for _ in range(rng.randint(least, most))}


def built(cls: Callable[..., T], *makers: Maker[Any], **named: Maker[Any]) -> Maker[T]:
    """`cls` of what the makers give."""

    def make(rng: Random) -> T:
        return cls(*(maker(rng) for maker in makers), **{name: maker(rng) for name, maker in named.items()})

    return make
