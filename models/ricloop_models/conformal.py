"""Intervals that keep their promise: adaptive conformal bounds around any forecast, many cells and horizons at once.

A bound is the forecast plus a quantile of its own last errors. Which quantile is learned: each time that a value comes
out under its bound the level sinks a little, else it rises (ACI: Gibbs and Candès, "Adaptive conformal inference under
distribution shift", NeurIPS 2021; here one level for each entity, horizon and quantile). Whatever the errors do, the
share of values under a bound then tends to what was asked. A level may pass 0 and 1, where the bound is the least and
the largest error: were it stopped there, misses of overlapping forecasts, which come in rows, would be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError

Floats = NDArray[np.float32]


class Conformal:
    """Bounds for `entities` series, 1 to `horizons` steps ahead. Time is counted in steps by the caller; steps may be
    left out. Every array has a place for each entity, NaN for those of which nothing is known."""

    def __init__(
        self,
        entities: int,
        horizons: int,
        quantiles: Sequence[float],
        *,
        gamma: float = 0.01,
        memory: int = 672,
        least: int = 20,
        sorts: int | None = None,
    ) -> None:
        """`gamma`: how far a level moves with each value. `memory`: errors that quantiles are taken of, per entity and
        horizon. `least`: errors without which nothing is said. `sorts`: entities whose quantiles are taken anew in one
        step, in turn; None: all. It bounds the cost of a step; the levels of all move in every step."""
        if not (entities > 0 < horizons and 0 < gamma < 1 and memory >= least >= 1):
            raise ConfigError(
                "conformal bounds need entities and horizons, 0 < gamma < 1 and memory >= least >= 1, not "
                f"{entities}, {horizons}, {gamma}, {memory} and {least}"
            )
        self.quantiles = tuple(quantiles)
        self._gamma, self._least, self._sorts = gamma, least, sorts
        targets = np.array(quantiles, np.float32)[:, None]
        self._over, self._under = np.float32(gamma) * targets, np.float32(gamma) * (1 - targets)
        shape, count = (horizons, len(self.quantiles), entities), sorts or entities
        self._levels = np.broadcast_to(targets, shape).copy()
        self._offsets = np.full(shape, np.nan, np.float32)
        # Entities that are sorted together lie together; the last of them may be nobody.
        self._errors = np.full((-(-entities // count), memory, horizons, count), np.nan, np.float32)
        # By the step at which they are due, so that what is due now lies together.
        self._points = np.full((horizons + 1, horizons, entities), np.nan, np.float32)
        self._bounds = np.full((horizons + 1, *shape), np.nan, np.float32)
        self._padded = np.full((horizons, self._errors.shape[0] * count), np.nan, np.float32)
        self._step, self._at, self._turn = -1, 0, 0

    @property
    def levels(self) -> Floats:
        """Shape [horizons, quantiles, entities]: of the errors' quantile that is taken now; below 0 and above 1 it is
        the least and the largest."""
        return self._levels

    def observe(self, step: int, actual: Floats) -> tuple[Floats, Floats]:
        """What happened at `step`, shape [entities]. Gives the errors of the forecasts that were due, shape [horizons,
        entities], and the bounds that they had, [horizons, quantiles, entities]; NaN where there were none."""
        self._advance(step)
        slot = step % len(self._points)
        bounds, errors = self._bounds[slot], actual - self._points[slot]
        # NaN is neither over nor under a bound: where one is not known the level stays.
        self._levels += (actual > bounds) * self._over
        self._levels -= (actual <= bounds) * self._under
        groups, memory, horizons, count = self._errors.shape
        self._padded[:, : len(actual)] = errors
        self._errors[:, self._at] = self._padded.reshape(horizons, groups, count).swapaxes(0, 1)
        self._at = (self._at + 1) % memory
        self._sort(self._turn)
        self._turn = (self._turn + 1) % groups
        return errors, bounds

    def issue(self, step: int, point: Floats) -> Floats:
        """Bounds of the forecast that is made at `step`, shape [horizons, entities], as [horizons, quantiles,
        entities]; NaN where there were too few errors. One that is made again in the same step takes its place."""
        self._advance(step)
        bounds = point[:, None, :] + self._offsets
        horizon = np.arange(len(point))
        slots = (step + 1 + horizon) % len(self._points)
        self._points[slots, horizon] = point
        self._bounds[slots, horizon] = bounds
        return bounds

    def grown(self, entities: int) -> Conformal:
        """The same with room for more entities, of which nothing is known yet."""
        groups, memory, horizons, count = self._errors.shape
        had = self._levels.shape[2]
        made = Conformal(
            entities, horizons, self.quantiles, gamma=self._gamma, memory=memory, least=self._least, sorts=self._sorts
        )
        for name in ("levels", "offsets", "points", "bounds"):
            made._arrays()[name][..., :had] = self._arrays()[name]
        if self._sorts is None:
            made._errors[0, :, :, :count] = self._errors[0]
        else:
            made._errors[:groups] = self._errors
        made._step, made._at, made._turn = self._step, self._at, self._turn
        return made

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that it learned, as arrays: for `numpy.savez` or a snapshot."""
        clock = np.array([self._step, self._at, self._turn])
        return {"clock": clock, **{name: array.copy() for name, array in self._arrays().items()}}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on where `state` was taken. Raises ConfigError where it is of another shape."""
        for name, shape in {"clock": (3,), **{name: array.shape for name, array in self._arrays().items()}}.items():
            if name not in state or state[name].shape != shape:
                found = "nothing" if name not in state else list(state[name].shape)
                raise ConfigError(f"state of conformal bounds: '{name}' is {found}, not {list(shape)}")
        for name, array in self._arrays().items():
            array[...] = state[name]
        self._step, self._at, self._turn = (int(value) for value in state["clock"])

    def _arrays(self) -> dict[str, Floats]:
        return {
            "levels": self._levels,
            "offsets": self._offsets,
            "errors": self._errors,
            "points": self._points,
            "bounds": self._bounds,
        }

    def _advance(self, step: int) -> None:
        """Forget what was due in steps that are over: their slots are those of steps that came into reach."""
        slots = len(self._points)
        for passed in range(max(self._step, step - slots), step):
            self._points[passed % slots] = self._bounds[passed % slots] = np.nan
        self._step = max(self._step, step)

    def _sort(self, turn: int) -> None:
        """Take the quantiles of one group of entities anew: linear between order statistics, as numpy's."""
        _, memory, horizons, count = self._errors.shape
        own = slice(turn * count, min((turn + 1) * count, self._levels.shape[2]))
        # A row per horizon and entity; NaN is sorted to its end.
        ordered = self._errors[turn].reshape(memory, -1).T.copy()
        ordered.sort(axis=1)
        known = np.isfinite(ordered).sum(axis=1)
        last = np.maximum(known - 1, 0).reshape(horizons, 1, count)[..., : own.stop - own.start]
        place = np.clip(self._levels[:, :, own], np.float32(0), np.float32(1)) * last.astype(np.float32)
        below = place.astype(np.intp)
        row = (np.arange(horizons)[:, None] * count + np.arange(own.stop - own.start))[:, None, :] * memory
        flat = ordered.reshape(-1)
        low, high = flat[row + below], flat[row + np.minimum(below + 1, last)]
        offsets = low + (place - below).astype(np.float32) * (high - low)
        self._offsets[:, :, own] = np.where(last + 1 >= self._least, offsets, np.float32(np.nan))
