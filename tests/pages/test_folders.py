"""What is in a folder is named by the page about it; that what a page names is there, `test_code` says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.pages import program, tools
from tests.pages.markdown import PAGES, ROOT, codes, rows

ABOUT = {
    "README.md": ".",
    "e2sim/README.md": "e2sim/ricloop_e2sim",
    "helm/README.md": "helm",
    "models/README.md": "models/ricloop_models",
    "tests/README.md": "tests",
    "xapps/README.md": "xapps/ricloop_xapps",
}
"""Of `sdk/`, the tree in its page has a line for each folder (`examples.folder_tree`)."""


def kept(folder: Path) -> set[str]:
    """Folders and modules that git keeps there; in the root and in `tests`, folders alone."""
    listed = subprocess.run(["git", "ls-files"], cwd=folder, capture_output=True, text=True, check=True).stdout
    found = {name.split("/")[0] for name in listed.splitlines()}
    own = {name for name in found if (folder / name).is_dir() or (name.endswith(".py") and "ricloop_" in folder.name)}
    return {name.removesuffix(".py").replace("-", "_") for name in own if not name.startswith((".", "_"))}


@pytest.mark.parametrize("page", ABOUT)
def test_what_is_in_a_folder_is_named(page: str) -> None:
    texts = [code.text for code in codes(ROOT / page)]
    linked = re.findall(r"\]\((\w[\w-]*)", (ROOT / page).read_text())
    named = {
        part.removesuffix(".py").replace("-", "_") for text in [*texts, *linked] for part in re.split(r"[/\s]", text)
    }
    if (missing := kept(ROOT / ABOUT[page]) - named) - {"cli"}:
        pytest.fail(f"{page} does not say what these are: {sorted(missing - {'cli'})}")


def test_every_target_of_make_is_in_a_page() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    assert targets - {"clean"} <= {given[0] for page in PAGES for given in tools.of(page, "make")}


def test_every_option_is_in_a_page() -> None:
    said = {word for page in PAGES for word in re.findall(r"(?<![\w-])--?[a-z][\w-]*", page.read_text())}
    assert program.every_option() - {"--help"} <= said, sorted(program.every_option() - said)


def test_every_command_has_a_row() -> None:
    """Those of `sim`, `models` and `bench` too, in the table of the README."""
    said: set[str] = set()
    for row in rows(ROOT / "README.md", "command"):
        for code in re.findall(r"`(?:ricloop )?([a-z][^`]*)`", row[0].replace("\\", "")):
            first, *rest = code.split()
            for top in first.split("|"):
                said |= {f"{top} {name}" for name in (rest[0].split("|") if rest else ())} | {top}
    there = {command for top in program.COMMANDS for command in program.leaves(top)}
    assert there <= said, f"no row for {sorted(there - said)}"
