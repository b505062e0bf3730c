"""Every fenced block is of a language, and is read by what reads such a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.pages import examples, tools
from tests.pages.markdown import PAGES, ROOT, Block, block, blocks, name_of, prose

EXAMPLES: Mapping[tuple[str, str], examples.Check] = {
    ("README.md", "class Minimal"): examples.installed_xapp,
    ("README.md", "def test_"): examples.its_test,
    ("README.md", "class Gatekeeper"): examples.gatekeeper,
    ("README.md", "scapy"): examples.scapy_lines,
    ("README.md", "[ric.dialects]"): examples.ric_settings,
    ("e2sim/README.md", "time_format"): examples.column_map,
    ("models/README.md", "[[key]]"): examples.trust_file,
    ("sdk/README.md", "─▶ session (E2AP) ─▶"): examples.loop_drawing,
    ("sdk/README.md", "sdk/_native/"): examples.folder_tree,
    ("sdk/README.md", "→ ricloop_models →"): examples.layers,
    ("xapps/README.md", "[slice-sla]"): examples.slice_settings,
    ("xapps/README.md", "PlannedEvents"): examples.event_policy,
    ("xapps/README.md", "class WakeAhead"): examples.forecast_reader,
}
"""By page and words that no other block of it has."""

BLOCKS = [block for page in PAGES for block in blocks(page)]


def shell(given: Block) -> None:
    assert all(line.startswith(ASSIGNS) or line.split()[0] in tools.TOOLS for line in tools.lines(given.text))
    for words in tools.commands(given.text):
        tools.TOOLS[words[0]](words[1:])


def example(given: Block) -> None:
    """It has a row above."""
    found = [marker for page, marker in EXAMPLES if page == name_of(given.page) and marker in given.text]
    assert len(found) == 1, f"{given} needs a row of EXAMPLES"


ASSIGNS = ("NS=", "RIC=", "SAFE=")
HANDLERS: Mapping[str, Callable[[Block], None]] = {
    "json": example,
    "python": example,
    "sh": shell,
    "text": example,
    "toml": example,
}


@pytest.mark.parametrize("given", BLOCKS, ids=str)
def test_a_block_is_taken(given: Block) -> None:
    assert given.language in HANDLERS, f"{given}: a block begins with its language: {', '.join(HANDLERS)}"
    HANDLERS[given.language](given)


def test_the_page_of_a_new_xapp_has_commands_that_there_are() -> None:
    said = tools.shell_of(ROOT / "xapps/ricloop_xapps/new/template/common/README.md.template")
    assert len(said) > 8
    for words in (words for line in said for words in tools.commands(line)):
        tools.TOOLS[words[0]](words[1:])


@pytest.mark.parametrize("row", EXAMPLES, ids=" ".join)
def test_an_example_is_what_it_says(row: tuple[str, str], tmp_path: Path) -> None:
    EXAMPLES[row](block(*row).text, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_lines_are_short_enough_to_be_read(page: Path) -> None:
    long = [number for number, line in enumerate(prose(page).splitlines(), 1) if len(line) > 160 and line[0] != "|"]
    assert long == [], f"{name_of(page)}: lines of more than 160 columns"
