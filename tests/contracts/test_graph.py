"""Nothing is imported in a circle: no module, and no room of a package by the room beside it.

What import-linter holds are the layers. Inside a layer arrows go one way as well; what stands in `if TYPE_CHECKING`
imports nothing and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

PACKAGES = ("ricloop", "ricloop_e2sim", "ricloop_models", "ricloop_xapps")

Imports = Mapping[str, Iterable[str]]


@pytest.fixture(scope="module")
def imports() -> Imports:
    """`{module: modules that it imports}` of all packages."""
    first, *others = PACKAGES
    graph = grimp.build_graph(first, *others, exclude_type_checking_imports=True, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circle(imports: Imports, room: Callable[[str], str | None] = lambda module: module) -> list[str]:
    """The rooms of a circle, the first again at its end; empty where there is none. `room`: where a module counts."""
    graph: dict[str, set[str]] = {}
    for module, imported in imports.items():
        here = room(module)
        if here is not None:
            there = {room(other) for other in imported} - {here, None}
            graph.setdefault(here, set()).update(filter(None, there))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def below(package: str) -> Callable[[str], str | None]:
    """Modules of `package` count for the child of it that they are, or are in; others do not."""

    def room(module: str) -> str | None:
        inner = module.removeprefix(f"{package}.")
        return None if inner == module else f"{package}.{inner.partition('.')[0]}"

    return room


def test_no_module_imports_itself_by_way_of_others(imports: Imports) -> None:
    assert circle(imports) == []


def test_no_room_imports_itself_by_way_of_its_neighbours(imports: Imports) -> None:
    packages = {module.rpartition(".")[0] for module in imports} - {""}
    assert [found for package in sorted(packages) if (found := circle(imports, below(package)))] == []


def test_a_circle_is_named() -> None:
    one_way = {"p.a.x": ["p.b.x"], "p.b.x": ["q.c"], "q.c": []}
    assert circle(one_way) == []
    assert circle({**one_way, "q.c": ["p.a.x"]})
    # Between rooms only: no module of either is imported in a circle.
    between = {"p.a.x": ["p.b.x"], "p.b.y": ["p.a.y"]}
    assert circle(between) == []
    assert set(circle(between, below("p"))) == {"p.a", "p.b"}
