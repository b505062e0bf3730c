"""What Helm's strict lint and a linter of YAML find in the charts: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.charts import helm
from tests.charts.cases import CHARTS, LIBRARY, Case, every_case, every_chart

WRITTEN = sorted(path for path in helm.HELM.rglob("*.yaml") if "templates" not in path.parts and not path.is_symlink())
"""All YAML of ours that is not a template."""


def test_there_are_charts_for_the_ric_the_simulator_the_lab_and_every_xapp() -> None:
    from importlib.metadata import entry_points

    xapps = {entry.name for entry in entry_points(group="ricloop.xapps")}
    assert {folder.name for folder in CHARTS} == xapps | {"ricloop", "e2sim", "ricloop-stack"}


@every_case
def test_a_strict_lint_finds_nothing(case: Case) -> None:
    assert helm.lint(case.folder, case.values) == []


@every_chart
def test_a_chart_has_what_an_operator_looks_for(chart: Path) -> None:
    present = {path.name for path in chart.iterdir()}
    assert {"Chart.yaml", "values.yaml", "values.schema.json", "README.md", "templates", "ci"} <= present
    assert (chart / "templates" / "NOTES.txt").read_text().strip()
    assert any(document.is_hook for document in helm.documents(chart)), "helm test has something to ask"
    assert list((chart / "ci").glob("*-values.yaml"))


@pytest.mark.parametrize("folder", [*CHARTS, helm.HELM / LIBRARY], ids=lambda folder: folder.name)
def test_a_chart_says_what_it_is_and_which_kubernetes_it_needs(folder: Path) -> None:
    about = yaml.safe_load((folder / "Chart.yaml").read_text())
    assert about["apiVersion"] == "v2"
    assert about["name"] == folder.name
    assert about["description"]
    assert about["kubeVersion"].startswith(">=")
    assert about["kubeVersion"].endswith("-0"), "without it the versions of hosted clusters, v1.31.0-gke.1, are refused"
    assert about["icon"]
    assert about["annotations"]["artifacthub.io/license"]
    if folder.name != LIBRARY:
        assert about["appVersion"] == _our_version()
    assert all(needed["repository"].startswith("file://") for needed in about.get("dependencies", ()))


def test_the_yaml_that_people_edit_is_tidy() -> None:
    rules = Path(__file__).parent / "yamllint.yaml"
    command = [sys.executable, "-m", "yamllint", "--strict", "-f", "parsable", "-c", str(rules), *map(str, WRITTEN)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def _our_version() -> str:
    from importlib.metadata import version

    return version("ricloop")
