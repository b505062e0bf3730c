"""Every installed xApp keeps the rules of all."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from ricloop.runtime.load import GROUP, xapp_class
from ricloop.testing import check_xapp


@pytest.mark.parametrize("name", sorted(entry_points(group=GROUP).names))
def test_every_installed_xapp_keeps_the_rules_under_its_name(name: str) -> None:
    cls = xapp_class(name)
    assert cls.name == name
    check_xapp(cls)
