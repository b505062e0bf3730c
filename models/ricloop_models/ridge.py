"""Ridge regression from a window of values to those that come: closed form, one product per forecast.

It works on square roots, on which the noise of counts and shares is about as large at night as in the evening
(Anscombe 1948), and on what is left when the window's own mean is taken off, so that one fit serves cells of any size.
Either every horizon has weights of its own (much data), or one step ahead is fitted on a few lags and taken again and
again (little data): that, too, is one affine map of the window, and is written down as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError

Wide: TypeAlias = NDArray[np.float64]

HOURLY_LAGS = (*range(1, 25), 48, 72, 96, 120, 144, 167, 168, 169, 336)
"""Hours back that hourly traffic follows: the last day, the same hour of each day of a week, and of two weeks ago."""


@dataclass(frozen=True, eq=False)
class Ridge:
    """What the roots of a window, less their mean, say of the roots to come, less the same."""

    weights: Wide
    """Shape [length, horizons]."""
    bias: Wide
    """Shape [horizons]."""

    def roots(self, windows: NDArray[np.floating]) -> Wide:
        """Forecast roots, shape [..., horizons], of windows [..., length]; values that are NaN count as the mean."""
        centred, mean = normed(np.sqrt(windows))
        said: Wide = centred @ self.weights + self.bias + mean
        return said

    def points(self, windows: NDArray[np.floating]) -> Wide:
        """The same in the values' own unit."""
        return values(self.roots(windows))


def values(roots: NDArray[np.floating]) -> Wide:
    """Of roots; one below 0 is 0."""
    found: Wide = np.square(np.maximum(roots, 0)).astype(np.float64)
    return found


def normed(windows: NDArray[np.floating]) -> tuple[Wide, Wide]:
    """Windows less their mean, NaN made 0, and the means, shape [..., 1]; that of no value at all is 0."""
    known = ~np.isnan(windows)
    filled = np.where(known, windows, 0).astype(np.float64)
    mean = filled.sum(-1, keepdims=True) / np.maximum(known.sum(-1, keepdims=True), 1)
    return (filled - mean) * known, mean


def fit(windows: NDArray[np.floating], targets: NDArray[np.floating], penalty: float) -> Ridge:
    """Weights for each horizon, of windows [rows, length] and what came after them, [rows, horizons]. Rows that lack a
    target are left out. The constant is penalised like the rest:
    of centred data it is small."""
    centred, mean = normed(np.sqrt(windows))
    wanted = np.sqrt(targets) - mean
    whole = ~np.isnan(wanted).any(1)
    solved = solve(centred[whole], wanted[whole], penalty)
    return Ridge(solved[:-1], solved[-1])


def fit_recursive(
    windows: NDArray[np.floating], following: NDArray[np.floating], lags: Sequence[int], horizons: int, penalty: float
) -> Ridge:
    """One step ahead on `lags` (1 is the newest value), iterated. `following`: shape [rows], what came next."""
    length = windows.shape[1]
    if not lags or min(lags) < 1 or max(lags) > length:
        raise ConfigError(f"lags are 1 to the window's {length}, not {list(lags)}")
    centred, mean = normed(np.sqrt(windows))
    wanted = np.sqrt(following)[:, None] - mean
    whole = ~np.isnan(wanted[:, 0])
    solved = solve(centred[whole][:, length - np.array(lags)], wanted[whole], penalty)
    return iterated(solved[:-1, 0], float(solved[-1, 0]), lags, length, horizons)


def iterated(weights: Wide, constant: float, lags: Sequence[int], length: int, horizons: int) -> Ridge:
    """One step taken `horizons` times, as one affine map: what each step says is a sum over the window and the steps
    before it, which are such sums themselves."""
    sums = np.vstack([np.eye(length), np.empty((horizons, length))])
    rest = np.zeros(length + horizons)
    back = np.array(lags)
    for at in range(length, length + horizons):
        sums[at] = weights @ sums[at - back]
        rest[at] = weights @ rest[at - back] + constant
    return Ridge(np.ascontiguousarray(sums[length:].T), rest[length:])


def solve(features: Wide, targets: Wide, penalty: float) -> Wide:
    """Least squares with a constant as last column and `penalty` times the squared weights: shape [features + 1,
    targets]."""
    whole = np.hstack([features, np.ones((len(features), 1))])
    return np.asarray(
        np.linalg.solve(whole.T @ whole + penalty * np.eye(whole.shape[1]), whole.T @ targets), np.float64
    )


def cut(series: Wide, length: int, horizons: int, stride: int = 1) -> tuple[Wide, Wide]:
    """All windows of series [entities, steps] and what came after each: [rows, length] and [rows, horizons]."""
    both = sliding_window_view(series, length + horizons, axis=1)[:, ::stride].reshape(-1, length + horizons)
    return both[:, :length], both[:, length:]
