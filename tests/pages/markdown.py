"""Pages for people, taken apart: fenced blocks, code in sentences, rows of tables, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page for pattern in ("*.md", ".github/*.md", "[a-z]*/*.md", "helm/*/README.md") for page in ROOT.glob(pattern)
)
"""Every page that is written by hand; the cards of models are made by their trainings."""

FENCED = re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: Path
    line: int
    """Of its fence, from 1."""
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


@dataclass(frozen=True)
class Code:
    """A piece of code in a sentence or a cell of a table."""

    page: Path
    line: int
    text: str
    """With `|` as it is meant, where a table needs it escaped."""
    around: str
    """The whole line that it stands in."""

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}: {self.text}"


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for found in FENCED.finditer(text):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])


def block(page: str, marker: str) -> Block:
    """The one block of a page that has these words."""
    found = [each for each in blocks(ROOT / page) if marker in each.text]
    assert len(found) == 1, f"{page} needs one block with {marker!r}"
    return found[0]


def prose(page: Path) -> str:
    """A page without its blocks, of which the lines are left empty."""
    return FENCED.sub(lambda found: "\n" * found[0].count("\n"), page.read_text())


def codes(page: Path) -> Iterator[Code]:
    for number, line in enumerate(prose(page).splitlines(), 1):
        for text in re.findall(r"`([^`]+)`", line):
            yield Code(page, number, text.replace("\\|", "|"), line)


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the table whose first row begins with this heading, that row left out."""
    lines = prose(page).splitlines()
    (begin,) = [number for number, line in enumerate(lines) if line.startswith(f"| {heading} |")]
    found = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def headings(page: Path) -> list[str]:
    """Anchors of a page, as forges make them of its headings."""
    found = re.findall(r"^#{1,6} (.+)$", prose(page), flags=re.M)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found]
