"""What asn1tools' parser makes of this package's modules, kept in `parsed.txt`: to parse them takes a process a second.

A line per syntax: the SHA-256 of its text, and the description as JSON, in which `{"(": [...]}` is a tuple. A text that
has no line is parsed, so that an old file costs time and nothing else; `python -m tests.codec.generate` makes it anew.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from typing import Any

KEPT = "parsed.txt"
_TUPLE = "("


def description(text: str) -> dict[str, Any]:
    """The modules in `text` as asn1tools' compilers want them, anew at each call: they rewrite it."""
    digest = _digest(text)
    for line in files("ricloop.asn1").joinpath(KEPT).read_text(encoding="utf-8").splitlines():
        if line.startswith(digest):
            kept: dict[str, Any] = json.loads(line[len(digest) :], object_hook=_read)
            return kept
    return _parsed(text)


def line_of(text: str) -> str:
    """The line of `text` for the file."""
    return f"{_digest(text)} {json.dumps(_plain(_parsed(text)), separators=(',', ':'))}\n"


def _parsed(text: str) -> dict[str, Any]:
    import asn1tools

    parsed: dict[str, Any] = asn1tools.parse_string(text)
    return parsed


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case tuple():
            return {_TUPLE: [_plain(inner) for inner in value]}
    return value


def _read(value: dict[str, Any]) -> Any:
    return tuple(value[_TUPLE]) if _TUPLE in value else value
