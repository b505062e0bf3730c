"""Everything that CCC can say, as makers of random values."""

from __future__ import annotations

from random import Random
from typing import Any

from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.attributes import STRUCTURES, Attribute
from ricloop.e2sm.ccc.indication import ChangeType
from tests.e2sm import some
from tests.makers import Maker, booleans, built, dictionaries, each, few, floats, integers, just, maybe, one_of, sampled

_SIGNS = ('\x00\x1f"\\/{}[]:, \u007f', "azAZ09_-", "é\u2028\ufeff\uffff", "\U0001f600\U0010ffff")
"""What JSON escapes, what names have, and signs of two to four octets."""
_WORD = one_of(*(sampled(signs) for signs in _SIGNS))


def texts(rng: Random) -> str:
    return "".join(few(_WORD, 0, 8)(rng))


def listed(element: Maker[Any], least: int = 0, most: int = 3) -> Maker[list[Any]]:
    return built(list, few(element, least, most))


numbers = one_of(integers(0, 2**64 - 1), integers(-300, 300), integers(-(2**63), 0))
lists = listed(one_of(integers(0, 9), texts, just(None)))
objects = dictionaries(texts, one_of(booleans, lists), 0, 2)
_KINDS: dict[str, Maker[Any]] = {
    "bool": booleans,
    "text": texts,
    "number": one_of(numbers, floats),
    "int": numbers,
    "list": lists,
    "object": objects,
    "any": one_of(lists, objects, numbers, texts, just(None)),
}


def held(attribute: Attribute) -> Maker[Any]:
    """Whatever the attribute can hold."""
    if attribute.words:
        return sampled(attribute.words)
    if attribute.range is not None:
        return integers(*attribute.range)
    return _KINDS[attribute.kind[0]]


TABLES = {one.name: one for one in STRUCTURES.values()}
_HELD = {name: {row.name: held(row) for row in one.attributes.values()} for name, one in TABLES.items()}
structures = sampled(list(TABLES))


def values_of(name: str, rng: Random) -> dict[str, Any]:
    """Some of the structure's attributes."""
    return {attribute: make(rng) for attribute, make in _HELD[name].items() if rng.getrandbits(1)}


def standards(rng: Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A structure's name, new values and old ones."""
    name = structures(rng)
    return name, values_of(name, rng), values_of(name, rng)


_VENDORS_NAME = built("".join, few(sampled("vX"), 1, 4))
vendors = each(_VENDORS_NAME, dictionaries(texts, one_of(lists, numbers), 0, 2), lambda rng: {})
"""Of a structure that the standard does not name."""
named = one_of(standards, vendors)
attributes = listed(built("".join, few(sampled("abcXYZ"), 1, 5)))
_CHANGES: tuple[ChangeType, ...] = ("none", "modification", "addition", "deletion")
changes = maybe(sampled(_CHANGES))


def cell_lists(rng: Random) -> list[int]:
    """One to three, each once."""
    return list(dict.fromkeys(few(some.cells, 1, 3)(rng)))


def target(node: bool, rng: Random) -> int | None:
    return None if node else some.cells(rng)


def told(node: bool, rng: Random) -> list[codec.Told]:
    def one(rng: Random) -> codec.Told:
        name, values, old = named(rng)
        return codec.Told(target(node, rng), name, values, maybe(just(old))(rng), changes(rng))

    return listed(one, 1)(rng)


def controlled(node: bool, rng: Random) -> list[codec.Controlled]:
    return listed(lambda rng: codec.Controlled(target(node, rng), *named(rng)), 1)(rng)
