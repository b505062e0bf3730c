"""Where in a document a figure stands. Each raises `LookupError` where the document has no such place."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.figures.figure import Read, Value


def at(*keys: str) -> Read:
    """The value under keys, one in another."""

    def read(document: Any) -> Value:
        for key in keys:
            document = document[key]
        return _value(document, ".".join(keys))

    return read


def row(column: str, *, under: str = "", **where: Value) -> Read:
    """That column of the one row with these values; rows are the document, or stand `under` a key of it."""

    def read(document: Any) -> Value:
        found = [each for each in (document[under] if under else document) if where.items() <= each.items()]
        if len(found) != 1:
            raise LookupError(f"{len(found)} rows with {where}")
        return _value(found[0][column], column)

    return read


def cell(title: str, who: str, column: str) -> Read:
    """Of the table with this title, in the one line whose first cell begins with `who`."""

    def read(document: Any) -> Value:
        tables = {table["title"]: table for table in document["tables"]}
        table = tables[title]
        found = [line for line in table["rows"] if line[0].startswith(who)]
        if len(found) != 1:
            raise LookupError(f"{title}: {len(found)} lines of {who!r}")
        return _value(found[0][table["columns"].index(column)], column)

    return read


def digest(*keys: str) -> Read:
    """SHA-256 of what stands under these keys, numbers to nine digits: equal where all that was computed is."""

    def read(document: Any) -> Value:
        text = json.dumps([_rounded(document[key]) for key in keys], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    return read


def listed(under: str, *columns: str) -> Read:
    """SHA-256 of these columns of every row under a key."""

    def read(document: Any) -> Value:
        rows = [[each[column] for column in columns] for each in document[under]]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    return read


def _value(found: object, name: str) -> Value:
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise LookupError(f"{name} is {found!r}")
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
