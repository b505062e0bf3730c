"""KPM's fast decoders against each other: the native module, its Python twin and the reference codec.

What leads the way is the twin's coverage; the native module is given the same octets. All three give the same values,
or the first two leave the message to the reference.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from random import Random

from ricloop.core.dialect import Dialect
from ricloop.core.errors import DecodeError
from ricloop.core.native import FAST
from ricloop.e2sm.kpm import codec, reference
from ricloop.e2sm.kpm.listing import Memory
from tests.e2sm.test_native import KINDS, agree, by_native, by_twin, judged, learnt
from tests.fuzz.target import Target, refused

_EACH = 8
"""Situations of each format."""


def _situations() -> Iterator[tuple[codec.ActionDefinition, Dialect, Memory, bytes]]:
    """What was asked, of whom, what was seen before, and a message that answers."""
    for kind, make in KINDS.items():
        for number in range(_EACH):
            octets, asked, dialect = make(Random(f"{kind} {number}"))
            yield asked, dialect, learnt(octets, asked, dialect), octets


_SITUATIONS = tuple(_situations())


def decoders(data: bytes) -> None:
    """The first octet says in which situation the rest arrives."""
    if not data:
        return
    asked, dialect, memory, _ = _SITUATIONS[data[0] % len(_SITUATIONS)]
    octets = data[1:]
    ways = {"twin": by_twin} if FAST is None else {"twin": by_twin, "native": by_native}
    found = {who: way(octets, asked, dialect, memory) for who, way in ways.items()}
    if all(said is None for said in found.values()):
        with refused():
            reference.decode_message(octets, asked, dialect)
        return
    right = None
    with contextlib.suppress(DecodeError):
        right = judged(octets, asked, dialect)
    for who, said in found.items():
        assert said is None or (right is not None and agree(said, right)), f"{who} reads {said!r}, reference {right!r}"


def _seeds() -> Iterator[bytes]:
    return (bytes((number,)) + octets for number, (*_, octets) in enumerate(_SITUATIONS))


TARGETS: dict[str, Target] = {
    "kpm-fast": Target("KPM indications by the native module, its twin and the reference", decoders, _seeds)
}
