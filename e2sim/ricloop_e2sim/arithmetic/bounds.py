"""Checks of settings, each with one way of saying what is wrong."""

from __future__ import annotations

import math

from ricloop.core.errors import ConfigError


def positive(**settings: float) -> None:
    """Raise `ConfigError` for the first of the named settings that is not a finite number above 0."""
    for name, value in settings.items():
        if not (math.isfinite(value) and value > 0):
            raise ConfigError(f"{name} {value}: give a finite number above 0")


def within(low: float, high: float, **settings: float) -> None:
    """Raise `ConfigError` for the first of the named settings that is not in `low`…`high`, ends included."""
    for name, value in settings.items():
        if not low <= value <= high:
            raise ConfigError(f"{name} {value}: give a number from {low:g} to {high:g}")
