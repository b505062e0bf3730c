"""Pages for people: links that lead somewhere, commands of make that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.charts.watched import headings
from tests.upkeep.versions import ROOT

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md")]
PAGES += [ROOT / "helm" / name for name in ("README.md", "RUNBOOK.md")]
PAGES += sorted(ROOT.glob("*/README.md"))

each = pytest.mark.parametrize("page", sorted(set(PAGES)), ids=lambda page: str(page.relative_to(ROOT)))


@each
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]*(?:#[\w-]+)?)\)", page.read_text()):
        if "://" in target:
            continue
        where, _, anchor = target.partition("#")
        there = page.parent / where if where else page
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


@each
def test_targets_of_make_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    assert set(re.findall(r"`make ([a-z-]+)", page.read_text())) <= targets


@pytest.mark.parametrize("page", [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=lambda page: page.stem)
def test_paths_that_a_page_names_exist(page: Path) -> None:
    named = re.findall(r"`((?:\.ci|helm|tests|sdk)/[\w./-]+|[\w-]+\.(?:md|toml|txt))`", page.read_text())
    assert named
    for path in named:
        assert (ROOT / path).exists(), path
