"""Detectors of change in standardised signals: our own, and those of river (extra `ml`) where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError, nearest

ALLOWED, FIRES = 2.0, 12.0
"""Page-Hinkley: standard deviations that a signal may be away without being held against it; how much adds up to an
alarm. Of 320,000 values of signals with an autocorrelation of 0.5 none raised a false alarm, with 0.8 one in 18,000
(`tests/runtime/test_drift.py`); a shift by four standard deviations was told after six records."""
RIVER_SEED = 1

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


class Detector(Protocol):
    """Looks at all signals of a model, one record after the other."""

    name: str

    def update(self, scores: Floats) -> Flags:
        """Shape [signals] both; NaN is not looked at. True where a change is noticed."""

    def reset(self, rows: Flags) -> None:
        """Begin anew with these signals."""


class PageHinkley:
    """Page's cumulative sum test in both directions, of all signals at once (E. S. Page, Continuous Inspection Schemes,
    Biometrika 41, 1954)."""

    name = "page-hinkley"

    def __init__(self, count: int, allowed: float = ALLOWED, fires: float = FIRES) -> None:
        self._allowed, self._fires = allowed, fires
        self._sums = np.zeros((2, count))
        """Upwards, downwards."""

    def update(self, scores: Floats) -> Flags:
        moved = np.stack([scores, -scores]) - self._allowed
        self._sums = np.maximum(0.0, self._sums + np.where(np.isnan(moved), 0.0, moved))
        fired: Flags = np.any(self._sums > self._fires, axis=0)
        # A change that has been told is not told again for each record, nor does it have to be worked off.
        self._sums[:, fired] = 0.0
        return fired

    def reset(self, rows: Flags) -> None:
        self._sums[:, rows] = 0.0


class River:
    """A detector of river per signal: for the side process and evaluations, not for a loop."""

    def __init__(self, name: str, count: int) -> None:
        self.name = name
        self._make = RIVER[name]
        self._parts = [self._make() for _ in range(count)]

    def update(self, scores: Floats) -> Flags:
        fired = np.zeros(len(scores), np.bool_)
        for row in np.flatnonzero(np.isfinite(scores)):
            part = self._parts[row]
            part.update(float(scores[row]))
            fired[row] = part.drift_detected
        return fired

    def reset(self, rows: Flags) -> None:
        for row in np.flatnonzero(rows):
            self._parts[row] = self._make()


def _adwin() -> Any:
    from river.drift import ADWIN

    return ADWIN(delta=1e-5)


def _page_hinkley() -> Any:
    from river.drift import PageHinkley as OfRiver

    return OfRiver(min_instances=10, delta=ALLOWED, threshold=FIRES, alpha=1.0)


def _kswin() -> Any:
    from river.drift import KSWIN

    return KSWIN(alpha=1e-6, window_size=100, stat_size=30, seed=RIVER_SEED)


RIVER: dict[str, Callable[[], Any]] = {
    "river-adwin": _adwin,
    "river-page-hinkley": _page_hinkley,
    "river-kswin": _kswin,
}
"""A. Bifet, R. Gavaldà: Learning from Time-Changing Data with Adaptive Windowing, SDM 2007; Page, as above; C. Raab,
M. Heusinger, F.-M. Schleif: Reactive Soft Prototype Computing for Concept Drift Streams, Neurocomputing 2020."""
NAMES = ("auto", PageHinkley.name, *RIVER)


def detector(name: str) -> Callable[[int], Detector]:
    """By name; `auto` is ADWIN where river is installed, else our own. Raises ConfigError for what is not there."""
    if name not in NAMES:
        raise ConfigError(f"there is no drift detector '{name}'.{nearest(name, NAMES)} There are: {', '.join(NAMES)}")
    there = find_spec("river") is not None
    if name == "auto":
        name = "river-adwin" if there else PageHinkley.name
    if name == PageHinkley.name:
        return PageHinkley
    if not there:
        raise ConfigError(f'drift detector {name} needs river: pip install "ricloop[ml]", or use page-hinkley')
    return lambda count: River(name, count)
