"""Walks through a chart's values: each mapping and each leaf by its path, one changed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def leaves(values: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything that is no mapping with keys."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def mappings(values: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Every mapping, the whole first."""
    yield above
    for key, value in values.items():
        if isinstance(value, dict):
            yield from mappings(value, (*above, key))


def only(path: Path, value: object) -> dict[str, Any]:
    """Values that set that path and nothing else."""
    made = value
    for key in reversed(path):
        made = {key: made}
    assert isinstance(made, dict)
    return made


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """`{"image.tag": "1"}` as Helm's values: `{"image": {"tag": "1"}}`."""
    made: dict[str, Any] = {}
    for path, value in flat.items():
        made = merged(made, only(tuple(path.split(".")), value))
    return made


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """The second laid over the first, mapping by mapping, as Helm does it."""
    both = dict(first)
    for key, value in second.items():
        under = both.get(key)
        both[key] = merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return both
