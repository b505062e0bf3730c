"""Values that one xApp publishes and others read, in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Shared


class SharedStore:
    """By name; the newest value and when it was published. Not kept over a restart."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[Any, int]] = {}
        self.adapt: Callable[[Any, type[Any]], Any] | None = None
        """Makes a value what a reader in another process, or here of one from there, wants; ConfigError where it is of
        another class. None: every xApp is here."""
        self._adapted: dict[tuple[str, type[Any]], tuple[Any, Any]] = {}
        """By name and wanted type: a value, and what was made of it."""

    def publish(self, need: Shared[Any], value: Any, now: int) -> None:
        """Raises ConfigError for a value that is not of the declared type."""
        if not isinstance(value, need.type):
            raise ConfigError(f"{need.title} holds {need.type.__name__}, not {type(value).__name__}")
        self._values[need.name] = (value, now)

    def get(self, need: Shared[Any]) -> tuple[Any, int] | None:
        """Value and time of publication. Raises ConfigError where another xApp publishes it as another type."""
        found = self._values.get(need.name)
        if found is not None and self.adapt is not None and not isinstance(found[0], need.type):
            return self._as(need, found[0]), found[1]
        if found is not None and not isinstance(found[0], need.type):
            raise ConfigError(f"{need.title} is published as {type(found[0]).__name__}, not {need.type.__name__}")
        return found

    def _as(self, need: Shared[Any], value: Any) -> Any:
        """Made once of each value: who sends it on sees by its identity that it is the same."""
        key = (need.name, need.type)
        made = self._adapted.get(key)
        if made is None or made[0] is not value:
            assert self.adapt is not None, "asked only where there is one"
            made = self._adapted[key] = (value, self.adapt(value, need.type))
        return made[1]
