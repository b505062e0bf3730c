"""One version and one list of Pythons, wherever they are named."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import yaml

from tests.upkeep.versions import ROOT, newest, versions, wrong

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_place_names_the_same_version() -> None:
    assert wrong(None) == []


def test_charts_changelog_and_image_are_among_the_places() -> None:
    places = set(versions())
    assert {"pyproject.toml", "CHANGELOG.md", "Dockerfile", "helm/ricloop/Chart.yaml appVersion"} <= places


def test_a_release_needs_a_changelog_with_a_day(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "CHANGELOG.md", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path)
    version = PROJECT["project"]["version"]
    text = (tmp_path / "CHANGELOG.md").read_text()
    head = f"## {version} ({newest()[1]})"
    (tmp_path / "CHANGELOG.md").write_text(text.replace(head, f"## {version} (2027-01-31)"))
    assert wrong(f"v{version}", tmp_path) == []
    (tmp_path / "CHANGELOG.md").write_text(text.replace(head, f"## {version} (unreleased)"))
    assert wrong(f"v{version}", tmp_path) == [f"CHANGELOG.md: the section of {version} is (unreleased): write the day"]
    assert f"Dockerfile: {version}, and not 9.9.9" in wrong("v9.9.9", tmp_path)


def test_pythons_are_the_same_in_classifiers_wheels_and_workflow() -> None:
    said = [
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", one) for one in PROJECT["project"]["classifiers"]
    ]
    classified = [one[1] for one in said if one is not None]
    built = [f"3.{one[3:-2]}" for one in PROJECT["tool"]["cibuildwheel"]["build"]]
    check = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text())
    assert classified == built == check["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert PROJECT["project"]["requires-python"] == f">={classified[0]}"
