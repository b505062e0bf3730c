"""`python -m tests.charts.tables`: writes each README's table of values from the comments in values.yaml.

Comment lines directly above a key, at its indentation, are its description. The generators of npm and Go want the key
repeated in the comment, or a runtime of their own; this is a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.charts.cases import CHARTS

BEGIN, END = "<!-- values -->", "<!-- /values -->"
WIDEST = 60
"""Characters of a default, from which on the reader is sent to the file."""


@dataclass(frozen=True)
class Row:
    """A key of values.yaml."""

    path: str
    text: str
    """Its comment, on one line; empty where there is none."""
    default: Any
    has_rows: bool
    """Its own keys have comments, so that they are rows as well."""


def rows(values: str) -> Iterator[Row]:
    """Every key that has a comment or whose neighbours have one, in the file's order."""
    document = yaml.compose(values, yaml.SafeLoader)
    assert isinstance(document, yaml.MappingNode)
    yield from _rows(document, values.splitlines(), "")


def _rows(node: yaml.MappingNode, lines: list[str], above: str) -> Iterator[Row]:
    for key, value in node.value:
        path = above + key.value
        deeper = isinstance(value, yaml.MappingNode) and any(_comment(inner, lines) for inner, _ in value.value)
        yield Row(path, _comment(key, lines), yaml.SafeLoader("").construct_document(value), deeper)
        if deeper:
            yield from _rows(value, lines, path + ".")


def _comment(key: yaml.ScalarNode, lines: list[str]) -> str:
    start = key.start_mark
    if lines[start.line][: start.column].strip():
        return ""  # inside braces: the comment above is another key's
    found: list[str] = []
    for line in reversed(lines[: start.line]):
        said = re.fullmatch(rf" {{{start.column}}}# ?(.*)", line)
        if said is None:
            break
        found.insert(0, said[1].strip())
    return " ".join(found)


def table(values: str) -> str:
    """The rows as Markdown."""
    out = ["| value | default | what it is |", "|---|---|---|"]
    for row in rows(values):
        default = "" if row.has_rows else _shown(row.default)
        out.append(f"| `{row.path}` | {default} | {row.text.replace('|', chr(92) + '|')} |")
    return "\n".join(out)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("|", "\\|")
    return f"`{text}`" if len(text) <= WIDEST else "see `values.yaml`"


def with_table(readme: str, values: str) -> str:
    """The README with its table made anew; raises `ValueError` where the markers are absent."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README has no lines {BEGIN} and {END} for its table to stand between")
    return f"{before}{begin}\n{table(values)}\n{end}{after}"


def main() -> None:
    for chart in CHARTS:
        readme = chart / "README.md"
        readme.write_text(with_table(readme.read_text(), (chart / "values.yaml").read_text()))


if __name__ == "__main__":
    main()
