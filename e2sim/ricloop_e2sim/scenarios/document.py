"""A foreign settings file, read value by value: what nobody asked for is what was not understood."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import ConfigError

Key = str | int


class Document:
    """Mappings and lists, as YAML gives them."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self._read: set[tuple[Key, ...]] = set()

    def take(self, *path: Key) -> Any:
        """The value at a path, which counts as read; None where there is none."""
        value = self._at(path)
        if value is not None:
            self._read.add(path)
        return value

    def need(self, *path: Key) -> Any:
        """The same. Raises ConfigError where there is none."""
        value = self.take(*path)
        if value is None:
            raise ConfigError(f"{_shown(path)} is missing")
        return value

    def number(self, *path: Key) -> float:
        """A number, also where it is written as text. Raises ConfigError for anything else."""
        value = self._number(path)
        self._read.add(path)
        return value

    def most(self, greatest: float, *path: Key) -> float:
        """A number, but no more than this: one that is greater does not count as read."""
        value = self._number(path)
        if value <= greatest:
            self._read.add(path)
        return min(value, greatest)

    def count(self, *path: Key) -> int:
        """Entries of a list: their paths end with 0 and the numbers after it; none where there is no list."""
        value = self._at(path)
        return len(value) if isinstance(value, list) else 0

    def find(self, name: Any, *table: Key) -> int:
        """Which entry of a list has the `name`. Raises ConfigError where none has."""
        for number in range(self.count(*table)):
            if self._at((*table, number, "name")) == name:
                self.take(*table, number, "name")
                return number
        raise ConfigError(f"{_shown(table)} has nothing called {name!r}")

    def expect(self, value: Any, *path: Key) -> bool:
        """Is it this value? Then it counts as read: it is how things are here anyhow."""
        found = bool(self._at(path) == value)
        if found:
            self._read.add(path)
        return found

    def unread(self) -> list[str]:
        """Paths of all that nobody took; of a branch that nobody took any of, its root alone."""
        return [_shown(path) for path in self._unread(self._whole, ())]

    def _unread(self, value: Any, path: tuple[Key, ...]) -> list[tuple[Key, ...]]:
        if path in self._read:
            return []
        if path and not any(read[: len(path)] == path for read in self._read):
            return [path]
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        return [missed for key, one in inner for missed in self._unread(one, (*path, key))]

    def _number(self, path: tuple[Key, ...]) -> float:
        value = self._at(path)
        if value is None:
            raise ConfigError(f"{_shown(path)} is missing")
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ConfigError(f"{_shown(path)} is {value!r}; give a number") from None

    def _at(self, path: tuple[Key, ...]) -> Any:
        value = self._whole
        for key in path:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value


def _shown(path: tuple[Key, ...]) -> str:
    """As `Cells/Cell_Profiles[0]/band`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f"/{key}" for key in path)
    return text.removeprefix("/")
