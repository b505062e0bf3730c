"""Lines of code by package, the longest files and the longest functions; of two commits, side by side.

`python -m tests.upkeep.sizes [--against COMMIT] [--most N] [--json FILE]`
"""

from __future__ import annotations

import argparse
import ast
import json
import statistics
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.upkeep.versions import ROOT

GENERATED = "_pb2.py"


@dataclass(frozen=True)
class Function:
    """A function or method, from its `def` to its last line; `reason` is what its docstring says of its length."""

    path: str
    name: str
    lines: int
    reason: str | None


@dataclass
class Sizes:
    """Every Python file of one tree that somebody wrote."""

    files: dict[str, int] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)

    def add(self, path: str, text: str) -> None:
        self.files[path] = text.count("\n")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = (ast.get_docstring(node) or "").partition("Long because")[2]
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                self.functions.append(Function(path, node.name, lines, said.strip() or None))

    def by_package(self) -> Counter[str]:
        """Lines by the folder that a package is: `sdk/ricloop/runtime`, `tests`."""
        lines: Counter[str] = Counter()
        for path, count in self.files.items():
            lines[package(path)] += count
        return lines

    def median(self) -> float:
        return statistics.median(self.files.values()) if self.files else 0.0

    def longest_files(self, most: int) -> list[tuple[str, int]]:
        return sorted(self.files.items(), key=lambda item: (-item[1], item[0]))[:most]

    def longest_functions(self, most: int) -> list[tuple[str, int]]:
        longest = sorted(self.functions, key=lambda f: (-f.lines, f.path, f.name))[:most]
        return [(f"{f.path} {f.name}", f.lines) for f in longest]


def package(path: str) -> str:
    """What a file counts for: the folder below an import package, a file beside it by itself, all tests as one."""
    parts = path.split("/")
    if parts[0] not in ("sdk", "e2sim", "models", "xapps"):
        return parts[0]
    return "/".join(parts[:3]) if len(parts) > 3 else "/".join(parts[:2])


def here() -> Sizes:
    """The working tree: what git tracks, and what it would."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "*.py").split("\n")
    sizes = Sizes()
    for path in sorted(set(filter(None, listed))):
        if not path.endswith(GENERATED) and (ROOT / path).exists():
            sizes.add(path, (ROOT / path).read_text())
    return sizes


def at(commit: str) -> Sizes:
    """A commit, as git keeps it."""
    sizes = Sizes()
    for path in git("ls-tree", "-r", "--name-only", commit).split("\n"):
        if path.endswith(".py") and not path.endswith(GENERATED):
            sizes.add(path, git("show", f"{commit}:{path}"))
    return sizes


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def sides(before: Sizes | None, now: Sizes, most: int) -> dict[str, list[tuple[object, ...]]]:
    """Tables by title: rows of a package and its lines, then of the longest of each tree, before and now."""
    then = before or Sizes()
    was, lines = then.by_package(), now.by_package()
    rows: list[tuple[object, ...]] = [(name, was[name], lines[name]) for name in sorted({*lines, *was})]
    rows += [("all", was.total(), lines.total()), ("median file", then.median(), now.median())]
    files = zip_longest(then.longest_files(most), now.longest_files(most), fillvalue=("", ""))
    functions = zip_longest(then.longest_functions(most), now.longest_functions(most), fillvalue=("", ""))
    return {
        "lines of Python": rows,
        "longest files": [(*a, *b) for a, b in files],
        "longest functions": [(*a, *b) for a, b in functions],
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.upkeep.sizes", description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="an earlier commit to put beside the working tree")
    parser.add_argument("--most", type=int, default=15, metavar="N", help="how many files and functions (15)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same for machines")
    options = parser.parse_args()
    told = sides(at(options.against) if options.against else None, here(), options.most)
    for title, rows in told.items():
        table = Table(title=title, show_header=False)
        for row in rows:
            table.add_row(*(f"{cell}" if isinstance(cell, int | float) else str(cell) for cell in row))
        Console(width=160).print(table)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
