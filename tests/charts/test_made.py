"""What is made of the charts' parts is what lies there, and a lab's topology is its scenario's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ricloop.cli import build
from tests.charts import helm
from tests.charts.make_charts import HELM, links, made

MADE = made()


@pytest.mark.parametrize("path", sorted(MADE), ids=lambda path: str(path.relative_to(HELM)))
def test_a_file_is_what_its_parts_make(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path], "run: python -m tests.charts.make_charts"


def test_charts_and_shared_files_inside_charts_are_links_to_what_there_is() -> None:
    shared = {
        HELM / "ricloop" / "files" / "alerts": "../../alerts",
        HELM / "ricloop" / "files" / "dashboards": "../../dashboards",
    }
    for link, target in {**links(), **shared}.items():
        assert link.is_symlink(), link
        assert str(link.readlink()) == target
        assert link.is_dir()


def test_the_topology_of_the_lab_is_that_of_its_scenario(tmp_path: Path) -> None:
    lab = helm.default_values(HELM / "ricloop-stack")
    told = tmp_path / "topology.json"
    asked = CliRunner().invoke(build("sim"), ["sim", "topology", lab["e2sim"]["scenario"], "--out", str(told)])
    assert asked.exit_code == 0, asked.output
    assert lab["global"]["topology"] == json.loads(told.read_text())


def test_a_packed_chart_holds_what_its_links_lead_to_and_no_link(tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(helm.package(HELM / "ricloop-stack", tmp_path)) as archive:
        names = archive.getnames()
        assert not [member.name for member in archive if member.issym() or member.islnk()]
    inside = "ricloop-stack/charts/ricloop"
    assert f"{inside}/charts/xapp-common/templates/_names.tpl" in names
    assert f"{inside}/files/alerts/ricloop.yaml" in names
    assert f"{inside}/files/dashboards/loop.json" in names
    assert not [name for name in names if "/ci/" in name or "/alerts/tests/" in name]
