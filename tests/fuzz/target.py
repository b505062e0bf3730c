"""What a fuzz target is, and what it may let out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ricloop.core.errors import DecodeError, RicloopError

Reader = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Target:
    """`run` takes any octets and raises only for a fault."""

    title: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    """Octets that mean something, to begin with."""
    words: Callable[[], Iterable[bytes]] = tuple
    """What to insert now and then, where octets that mean something are longer than chance makes them."""
    mutations: int = 20
    """Of each seed, where nothing guides them: fewer of a target that takes its time."""


@contextmanager
def refused(*errors: type[RicloopError]) -> Iterator[None]:
    """Lets the documented errors pass (DecodeError where none is named), but not one that stands for exhaustion.

    The codec turns whatever asn1tools raises into DecodeError: an endless descent or allocation would hide in it.
    """
    documented = errors or (DecodeError,)
    try:
        yield
    except documented as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, RecursionError | MemoryError):
                raise AssertionError(f"{type(cause).__name__} became '{error}'") from error
            cause = cause.__cause__ or cause.__context__


def one_of(readers: Sequence[Reader], *errors: type[RicloopError]) -> Callable[[bytes], None]:
    """The first octet says which reader is given the rest. New readers are appended: inputs keep their sense."""

    def run(data: bytes) -> None:
        if data:
            with refused(*errors):
                readers[data[0] % len(readers)](data[1:])

    return run
