"""A tree as indented text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_INDENT = "  "
SHOWN = 128
"""Hex digits of a PDU that cannot be read."""


def render(tree: dict[str, Any]) -> str:
    """Text for a terminal, many lines without a newline at the end."""
    lines = [_headline(tree)]
    if "error" in tree:
        bit = "" if tree.get("bit") is None else f" (bit {tree['bit']})"
        path = f"{tree['path']}: " if tree.get("path") else ""
        lines.append(f"{_INDENT}error: {path}{tree['error']}{bit}")
        if "octets" in tree:
            lines.append(f"{_INDENT}octets: {_short(tree['octets'])}")
    else:
        _add(lines, tree["ies"], 1)
    return "\n".join(lines)


def _short(digits: str) -> str:
    """The beginning of a long row of hex digits, and how long it is."""
    return digits if len(digits) <= SHOWN else f"{digits[:SHOWN]}… ({len(digits) // 2} octets)"


def _headline(tree: dict[str, Any]) -> str:
    words = [f"{tree['source']} #{tree['number']}"]
    if "time_ns" in tree:
        words.append(_moment(tree["time_ns"]))
        words.append(f"{tree['from']} → {tree['to']}")
    version = f"(E2AP v{tree['version']})" if "version" in tree else ""
    return " ".join([*words, tree.get("message", ""), version]).rstrip()


def _moment(time_ns: int) -> str:
    """Date and time; a capture can also say a time that no calendar has."""
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    try:
        said = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        said = str(seconds)
    return f"{said}.{nanoseconds // 1000:06d}"


def _add(lines: list[str], value: Any, depth: int, name: str = "") -> None:
    start = _INDENT * depth + name
    if isinstance(value, dict) and value:
        # A choice, or any other dict of one member, stays on its parent's line.
        if len(value) == 1 and name:
            [(member, content)] = value.items()
            _add(lines, content, depth, f"{name} {member}" if name.endswith(":") else f"{name} · {member}")
            return
        if name:
            lines.append(start)
        for member, content in value.items():
            _add(lines, content, depth + bool(name), member)
    elif isinstance(value, list) and value:
        lines.append(start)
        for index, content in enumerate(value):
            _add(lines, content, depth + 1, f"[{index}]")
    else:
        shown = "–" if value is None or value in ({}, []) else value
        lines.append(f"{start}: {shown}" if name else f"{start}{shown}")
