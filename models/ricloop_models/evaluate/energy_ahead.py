"""How load goes on in a network whose own other days are known: upper quantiles for policies that plan.

Ridge regression on exponential means of the load and the time of day, and the quantiles of its error on days that were
kept apart, by what was foretold. Blended with that, as much as the setting trusts in it, a timetable: what came at that
time on the other days, whatever the load is now. With all trust a policy is a night window of the best minutes, with
none it goes by the load. `energy_prior` is for a network without a history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_models.evaluate.energy_world import Seen

HARMONICS = 3
BINS = 8
RIDGE = 1e-6
"""Of the squared weights, per sample."""
SMOOTH = 3
"""Ticks over which a load must hold to overload a cover: shorter bursts wait in buffers."""


def memory(ticks_per_day: float) -> Floats:
    """[means]: time constants of the exponential means, in ticks; the first is the load itself."""
    return np.array([1e-9, 4.0, 12.0, max(20.0, ticks_per_day / 12)])


class Means:
    """Exponential means of loads, whatever their shape."""

    def __init__(self, constants: Floats) -> None:
        self._gain = 1 - np.exp(-1 / constants)
        self._means: Floats | None = None

    def features(self, load: Floats, hour: float) -> Floats:
        """[…, features] after one more tick's load […]."""
        before = np.repeat(load[..., None], len(self._gain), axis=-1) if self._means is None else self._means
        self._means = before + self._gain * (load[..., None] - before)
        angle = hour * (2 * np.pi / 24) * np.arange(1, HARMONICS + 1)
        day = np.concatenate(([1.0], np.sin(angle), np.cos(angle)))
        slow = (self._means[..., 1:, None] * day).reshape(*load.shape, -1)
        return np.concatenate((np.broadcast_to(day, (*load.shape, len(day))), self._means[..., :1], slow), axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """One horizon's regression and the quantiles of its error."""

    constants: Floats
    weights: Floats
    """[features]"""
    foretold: Floats
    """[bins]: mean of what is foretold, ascending."""
    errors: tuple[Floats, ...]
    """[bins] of ascending errors, actual less foretold."""
    usual: Floats
    """[ticks of the day from midnight, n]: what came after that time on all days, ascending."""

    @classmethod
    def of(cls, days: Sequence[tuple[Floats, Floats]], constants: Floats, horizon: int) -> Learned:
        """`days`: (loads [ticks, pairs], hours [ticks]), each the same whole day; the last third gives the errors, the
        rest the weights, all the timetable."""
        seen = [_samples(loads, hours, constants, horizon) for loads, hours in days]
        kept = len(seen) * 2 // 3
        x, y = (np.concatenate(part) for part in zip(*seen[:kept], strict=True))
        weights = np.linalg.solve(x.T @ x + RIDGE * len(x) * np.eye(x.shape[1]), x.T @ y)
        x, y = (np.concatenate(part) for part in zip(*seen[kept:], strict=True))
        foretold = x @ weights
        bins = np.array_split(np.argsort(foretold, kind="stable"), BINS)
        errors = tuple(np.sort((y - foretold)[rows]) for rows in bins)
        return cls(
            constants, weights, np.array([foretold[rows].mean() for rows in bins]), errors, _usual(days, horizon)
        )


class LearnedAhead:
    """`energy_rules.Ahead` of one copy per quantile and trust."""

    def __init__(self, soon: Learned, later: Learned, quantiles: Floats, trust: Floats) -> None:
        self._means = Means(soon.constants)
        self._weights = np.stack((soon.weights, later.weights), axis=1)
        self._foretold = (soon.foretold, later.foretold)
        self._beyond = [
            np.stack([np.quantile(errors, quantiles) for errors in one.errors], axis=1) for one in (soon, later)
        ]
        self._usual = [np.quantile(one.usual, quantiles, axis=1)[..., None] for one in (soon, later)]
        self._trust = trust[:, None]

    def upper(self, seen: Seen) -> tuple[Floats, Floats]:
        middle = self._means.features(seen.both, seen.hour) @ self._weights
        soon, later = (self._blended(middle[..., at], at, seen.hour) for at in range(2))
        return soon, later

    def _blended(self, middle: Floats, at: int, hour: float) -> Floats:
        live = np.maximum(middle + _between(middle, self._foretold[at], self._beyond[at]), 0)
        usual = self._usual[at]
        return (1 - self._trust) * live + self._trust * usual[:, _tick_of_day(hour, usual.shape[1])]


def _between(line: Floats, at: Floats, values: Floats) -> Floats:
    """[copies, pairs]: each copy's `values` [copies, bins], known `at` [bins], linear between, flat beyond."""
    low = np.clip(np.searchsorted(at, line) - 1, 0, len(at) - 2)
    weight = np.clip((line - at[low]) / (at[low + 1] - at[low]), 0, 1)
    below, above = (np.take_along_axis(values, one, axis=1) for one in (low, low + 1))
    found: Floats = below + weight * (above - below)
    return found


def _samples(loads: Floats, hours: Floats, constants: Floats, horizon: int) -> tuple[Floats, Floats]:
    """([n, features], [n]): what is known after each tick, and the greatest smoothed load of the next `horizon`."""
    means = Means(constants)
    known = np.stack([means.features(row, float(hour)) for row, hour in zip(loads, hours, strict=True)])
    ahead = _greatest(loads, horizon)
    return known[: len(ahead)].reshape(-1, known.shape[2]), ahead.ravel()


def _greatest(loads: Floats, horizon: int) -> Floats:
    """[fewer ticks, pairs]: after each tick the greatest smoothed load of the next `horizon`."""
    smooth = np.lib.stride_tricks.sliding_window_view(loads, SMOOTH, axis=0).mean(axis=-1)
    greatest: Floats = np.lib.stride_tricks.sliding_window_view(smooth[1:], horizon, axis=0).max(axis=-1)
    return greatest


def _usual(days: Sequence[tuple[Floats, Floats]], horizon: int) -> Floats:
    """`Learned.usual`; the last ticks of a day, whose next ones are unknown, take what came before."""
    ahead = np.concatenate([_greatest(loads, horizon) for loads, _ in days], axis=1)
    whole = np.pad(ahead, ((0, len(days[0][0]) - len(ahead)), (0, 0)), mode="edge")
    usual = np.empty_like(whole)
    usual[_tick_of_day(days[0][1], len(whole))] = np.sort(whole, axis=1)
    return usual


def _tick_of_day(hour: float | Floats, ticks: int) -> Ints:
    return np.rint(np.multiply(hour, ticks / 24)).astype(np.int64) % ticks
