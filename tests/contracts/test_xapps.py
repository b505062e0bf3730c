"""Every installed xApp keeps the rules of all."""

from __future__ import annotations

import ast
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest

from ricloop.runtime.load import GROUP, xapp_class
from ricloop.testing import check_xapp
from tests.contracts.test_public_api import MODULES


@pytest.mark.parametrize("name", sorted(entry_points(group=GROUP).names))
def test_every_installed_xapp_keeps_the_rules_under_its_name(name: str) -> None:
    cls = xapp_class(name)
    assert cls.name == name
    check_xapp(cls)


@pytest.mark.parametrize("name", sorted(entry_points(group=GROUP).names))
def test_every_bundled_xapp_takes_no_more_than_an_author_may(name: str) -> None:
    spec = find_spec(xapp_class(name).__module__)
    assert spec is not None
    assert spec.origin is not None
    taken = {module for file in Path(spec.origin).parent.glob("*.py") for module in ours(file)}
    assert taken <= {*MODULES, "ricloop.e2sm"}


def ours(file: Path) -> set[str]:
    """The modules of the SDK that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {module for module in named if module.split(".")[0] == "ricloop"}
