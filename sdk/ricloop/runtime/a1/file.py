"""A1 policies in a file: all that are to be in force, put there by an operator, a non-RT RIC's adapter, or a ConfigMap.

    {"schema": 1, "policies": {"night": {"type": "Limits", "policy": {"sleep_below": 20.0}}}}

The file is read again when it changes: write another one and rename it, so that nobody reads half of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import structlog

from ricloop.core.errors import ConfigError, nearest
from ricloop.runtime.a1.policies import Instance

log = structlog.get_logger()

SCHEMA = 1
MOST_POLICIES = 256
MOST_OCTETS = 1024 * 1024


class PolicyFile:
    """Looks at it as often as it is asked."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError for a file that cannot be read."""
        self._path = path
        self._stamp = self._stat()
        self._now = self._read()

    @property
    def policies(self) -> tuple[Instance, ...]:
        """As they were last read."""
        return self._now

    def changed(self) -> bool:
        """True where there are others than before. What cannot be read is told, and changes nothing."""
        try:
            stamp = self._stat()
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            before, self._now = self._now, self._read()
        except ConfigError as error:
            if self._stamp is not None:
                log.error("A1 policies stay as they are", error=str(error))
            self._stamp = None
            return False
        return self._now != before

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError as error:
            raise ConfigError(f"policies {self._path}: {error.strerror}") from error
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> tuple[Instance, ...]:
        try:
            octets = self._path.read_bytes()
        except OSError as error:
            raise ConfigError(f"policies {self._path}: {error.strerror}") from error
        if len(octets) > MOST_OCTETS:
            raise ConfigError(f"policies {self._path}: {len(octets)} octets; {MOST_OCTETS} are the most")
        try:
            data = orjson.loads(octets)
        except orjson.JSONDecodeError as error:
            raise ConfigError(f"policies {self._path} is not JSON: {error}") from error
        return policies_of(data, str(self._path))


def policies_of(data: Any, where: str) -> tuple[Instance, ...]:
    """What a file says. Raises ConfigError naming the place."""
    table = _table(data, ("schema", "policies"), where)
    if table["schema"] != SCHEMA:
        raise ConfigError(f"{where}: schema {table['schema']!r}: here {SCHEMA} is read")
    policies = table["policies"]
    if not isinstance(policies, dict) or len(policies) > MOST_POLICIES:
        raise ConfigError(f"{where}: 'policies' is an object of {MOST_POLICIES} policies at the most, by id")
    return tuple(_instance(id, told, f"{where}: policy '{id}'") for id, told in policies.items())


def _instance(id: str, told: Any, where: str) -> Instance:
    table = _table(told, ("type", "policy"), where)
    if not isinstance(table["type"], str) or not isinstance(table["policy"], dict):
        raise ConfigError(f"{where}: 'type' is a name and 'policy' an object")
    return Instance(id, table["type"], orjson.dumps(table["policy"]).decode())


def _table(data: Any, keys: tuple[str, ...], where: str) -> dict[str, Any]:
    """An object with just these keys."""
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: an object with {' and '.join(map(repr, keys))} is needed")
    for key in data:
        if key not in keys:
            raise ConfigError(f"{where} has no '{key}'.{nearest(key, keys)} It has: {', '.join(keys)}")
    if missing := [key for key in keys if key not in data]:
        raise ConfigError(f"{where}: '{missing[0]}' is missing")
    return data
