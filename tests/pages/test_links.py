"""Links within the project lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages.markdown import PAGES, headings, name_of, prose


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]*(?:#[\w-]+)?)\)", prose(page)):
        if "://" in target:
            continue
        where, _, anchor = target.partition("#")
        there = page.parent / where if where else page
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target
