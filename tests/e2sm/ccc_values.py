"""Everything that CCC can say, as hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.attributes import STRUCTURES, Attribute
from tests.e2sm import strategies as some

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-(2**63), 2**64 - 1)
lists = st.lists(st.integers(0, 9) | texts | st.none(), max_size=3)
objects = st.dictionaries(texts, st.booleans() | lists, max_size=2)
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "text": texts,
    "number": numbers | st.floats(allow_nan=False, allow_infinity=False),
    "int": numbers,
    "list": lists,
    "object": objects,
    "any": lists | objects | numbers | texts | st.none(),
}


def held(attribute: Attribute) -> st.SearchStrategy[Any]:
    """Whatever the attribute can hold."""
    if attribute.words:
        return st.sampled_from(attribute.words)
    if attribute.range is not None:
        return st.integers(*attribute.range)
    return _KINDS[attribute.kind[0]]


def values_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    rows = next(one for one in STRUCTURES.values() if one.name == name).attributes.values()
    return st.fixed_dictionaries({}, optional={row.name: held(row) for row in rows})


structures = st.sampled_from([one.name for one in STRUCTURES.values()])
vendors = st.tuples(
    st.text("vX", min_size=1, max_size=4), st.dictionaries(texts, lists | numbers, max_size=2), st.just({})
)
"""Of a structure that the standard does not name."""
named = structures.flatmap(lambda name: st.tuples(st.just(name), values_of(name), values_of(name))) | vendors
cell_lists = st.lists(some.cells, min_size=1, max_size=3, unique=True)
attributes = st.lists(st.text("abcXYZ", min_size=1, max_size=5), max_size=3)
changes = st.none() | st.sampled_from(["none", "modification", "addition", "deletion"])


def targets(node: bool) -> st.SearchStrategy[int | None]:
    return st.none() if node else some.cells


def told(node: bool) -> st.SearchStrategy[list[codec.Told]]:
    one = st.builds(
        lambda cell, row, old, change: codec.Told(cell, row[0], row[1], row[2] if old else None, change),
        targets(node),
        named,
        st.booleans(),
        changes,
    )
    return st.lists(one, min_size=1, max_size=3)


def controlled(node: bool) -> st.SearchStrategy[list[codec.Controlled]]:
    one = st.builds(lambda cell, row: codec.Controlled(cell, *row), targets(node), named)
    return st.lists(one, min_size=1, max_size=3)
