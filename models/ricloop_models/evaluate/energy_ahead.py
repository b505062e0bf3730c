"""How load goes on: upper quantiles for policies that plan, learned from other days than those they are judged on.

`Learned` is for a network whose own other days are known (other seeds): ridge regression on exponential means of the
load and the time of day, and the quantiles of its error on days that were kept apart, by what was foretold. `Prior` is
for a network that nobody has seen before: load stays and ramps as other networks' did at that hour, or, now and then,
is what other networks carry at that hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.layout import Floats, Ints
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

    @classmethod
    def of(cls, days: Sequence[tuple[Floats, Floats]], constants: Floats, horizon: int) -> Learned:
        """`days`: (loads [ticks, pairs], hours [ticks]); the last third gives the errors, the rest the weights."""
        seen = [_samples(loads, hours, constants, horizon) for loads, hours in days]
        kept = len(seen) * 2 // 3
        x, y = (np.concatenate(part) for part in zip(*seen[:kept], strict=True))
        weights = np.linalg.solve(x.T @ x + RIDGE * len(x) * np.eye(x.shape[1]), x.T @ y)
        x, y = (np.concatenate(part) for part in zip(*seen[kept:], strict=True))
        foretold = x @ weights
        bins = np.array_split(np.argsort(foretold, kind="stable"), BINS)
        errors = tuple(np.sort((y - foretold)[rows]) for rows in bins)
        return cls(constants, weights, np.array([foretold[rows].mean() for rows in bins]), errors)


class LearnedAhead:
    """`energy_rules.Ahead` of one copy per quantile."""

    def __init__(self, soon: Learned, later: Learned, quantiles: Floats) -> None:
        self._means = Means(soon.constants)
        self._weights = np.stack((soon.weights, later.weights), axis=1)
        self._foretold = (soon.foretold, later.foretold)
        self._beyond = [
            np.stack([np.quantile(errors, quantiles) for errors in one.errors], axis=1) for one in (soon, later)
        ]

    def upper(self, seen: Seen) -> tuple[Floats, Floats]:
        middle = self._means.features(seen.both, seen.hour) @ self._weights
        soon, later = (
            np.maximum(middle[..., at] + _between(middle[..., at], self._foretold[at], self._beyond[at]), 0)
            for at in range(2)
        )
        return soon, later


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
    smooth = np.lib.stride_tricks.sliding_window_view(loads, SMOOTH, axis=0).mean(axis=-1)
    ahead = np.lib.stride_tricks.sliding_window_view(smooth[1:], horizon, axis=0).max(axis=-1)
    return known[: len(ahead)].reshape(-1, known.shape[2]), ahead.ravel()


# --------------------------------------------------------------------------------------- an unknown network

STEP = 0.01
LOADS = np.arange(-2, 4 + STEP / 2, STEP)
"""Shares of a cover at which distributions are kept."""
ELSEWHERE = 0.1
"""Probability that an interval is the first of another regime of the day, of which few are known to have more than
ten. The quantile is read against it: half of it with half of one minus the quantile is nearly the same policy."""


@dataclass(frozen=True, eq=False)
class Prior:
    """Distributions by hour of day, pooled over other networks with equal weight.

    Another network's load is taken as share of its own busiest hours', times the covers that would fill this network's
    sectors: networks are built for their busiest hours.
    """

    ramp: NDArray[np.float64]
    """[24, loads]: P(change from one hour to the next ≤ …), at the hours that it lies between."""
    level: NDArray[np.float64]
    """[24, loads]: P(load ≤ …)."""

    @classmethod
    def of(cls, networks: Sequence[tuple[Floats, Ints]]) -> Prior:
        """`networks`: (loads [hours, entities] as shares of a cover, hour of day [hours])."""
        ramp, level = np.zeros((24, len(LOADS))), np.zeros((24, len(LOADS)))
        for loads, hour in networks:
            change = np.diff(loads, axis=0)
            for at in range(24):
                around = (hour[1:] == at) | (hour[:-1] == at)
                ramp[at] += _distribution(change[around]) / len(networks)
                level[at] += _distribution(loads[hour == at]) / len(networks)
        return cls(ramp, level)

    def upper(self, load: Floats, hour: int, quantiles: Floats) -> Floats:
        """[quantiles, n]: of the next interval's load, given this one's [n]; infinite where other networks never said
        so much."""
        stays = np.interp(LOADS - load[:, None], LOADS, self.ramp[hour], left=0.0, right=1.0)
        share = (1 - ELSEWHERE) * stays + ELSEWHERE * self.level[hour]
        reached = [share >= quantile - 1e-12 for quantile in quantiles.tolist()]
        return np.array([np.where(one.any(axis=1), LOADS[one.argmax(axis=1)], np.inf) for one in reached])


class PriorAhead:
    """`energy_rules.Ahead` of one copy per quantile: it needs no memory."""

    def __init__(self, prior: Prior, quantiles: Floats) -> None:
        # What is foretold rises with the load: a table of it, read at the next greater load.
        self._loads = LOADS[LOADS > -STEP / 2]
        self._table = np.stack([prior.upper(self._loads, hour, quantiles) for hour in range(24)])

    def upper(self, seen: Seen) -> tuple[Floats, Floats]:
        row = np.minimum(np.searchsorted(self._loads, seen.both - 1e-9), len(self._loads) - 1)
        found = np.take_along_axis(self._table[int(seen.hour) % 24], row, axis=1)
        return found, found


def _distribution(values: Floats) -> Floats:
    """[loads]: share of the values that are not greater."""
    return np.searchsorted(np.sort(values, axis=None), LOADS, side="right") / values.size
