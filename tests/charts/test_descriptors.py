"""The descriptors in the charts are those of their xApps' classes."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from ricloop.platform.descriptor import CONFIG_FILE, SCHEMA_FILE, write_descriptor
from ricloop.runtime.load import GROUP, xapp_class

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(entry.name for entry in entry_points(group=GROUP) if entry.module.startswith("ricloop_xapps."))


@pytest.mark.parametrize("xapp", SHIPPED)
def test_a_charts_descriptor_is_the_one_of_its_class(xapp: str, tmp_path: Path) -> None:
    write_descriptor(xapp_class(xapp), tmp_path)
    for name in (CONFIG_FILE, SCHEMA_FILE):
        kept = ROOT / "helm" / xapp / "files" / name
        assert kept.read_text() == (tmp_path / name).read_text(), (
            f"{kept} is not what the class says: ricloop descriptor {xapp} --out {kept.parent.relative_to(ROOT)}"
        )


@pytest.mark.parametrize("xapp", SHIPPED)
def test_a_chart_is_named_as_its_xapp(xapp: str) -> None:
    assert json.loads((ROOT / "helm" / xapp / "files" / CONFIG_FILE).read_text())["xapp_name"] == xapp
