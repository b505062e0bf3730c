"""Lines of a shell, taken apart into commands."""

from __future__ import annotations

import re
import shlex


def lines(text: str) -> list[str]:
    """The lines of a block, each whole: what a backslash continues is joined, comments are left."""
    return [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip() and not line.startswith("#")]


def parts(line: str) -> list[list[str]]:
    """A line's commands between pipes, `;`, `&&` and redirections, as a shell splits them; comments are left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|<>&;"):
            found.append([])
        else:
            found[-1].append(word)
    return [part for part in found if part]
