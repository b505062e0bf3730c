"""Intervals that keep their promise: adaptive conformal bounds around any forecast, for many cells and horizons at once.

A bound is the forecast plus a quantile of its own last errors. Which quantile is learned: each time that a value comes
out under its bound the level sinks a little, else it rises (ACI: Gibbs and Candès, "Adaptive conformal inference under
distribution shift", NeurIPS 2021; here one level for each entity, horizon and quantile). Whatever the errors do, the
share of values under a bound then tends to what was asked.
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
        if not (entities >= 0 < horizons and 0 < gamma < 1 and memory >= least >= 1):
            raise ConfigError(
                f"conformal bounds need horizons > 0, 0 < gamma < 1 and memory >= least >= 1, not "
                f"{horizons}, {gamma}, {memory} and {least}"
            )
        self.quantiles = tuple(quantiles)
        self._gamma, self._least, self._sorts = np.float32(gamma), least, sorts
        self._targets = np.array(quantiles, np.float32)[:, None, None]
        shape = (horizons, entities)
        self._levels = np.broadcast_to(self._targets, (len(self.quantiles), *shape)).copy()
        self._offsets = np.full((len(self.quantiles), *shape), np.nan, np.float32)
        self._errors = np.full((memory, *shape), np.nan, np.float32)
        # By the step at which they are due, so that what is due now lies together.
        self._points = np.full((horizons + 1, *shape), np.nan, np.float32)
        self._bounds = np.full((horizons + 1, len(self.quantiles), *shape), np.nan, np.float32)
        self._step, self._at, self._turn = -1, 0, 0

    @property
    def levels(self) -> Floats:
        """Shape [quantiles, horizons, entities]: of the errors' quantile that is taken now."""
        return self._levels

    def observe(self, step: int, actual: Floats) -> tuple[Floats, Floats]:
        """What happened at `step`, shape [entities]. Gives the errors of the forecasts that were due, shape [horizons,
        entities], and the bounds that they had, [quantiles, horizons, entities]; NaN where there were none."""
        self._advance(step)
        slot = step % len(self._points)
        bounds, errors = self._bounds[slot], actual - self._points[slot]
        # NaN is neither over nor under a bound: where one is not known the level stays.
        self._levels += (actual > bounds) * (self._gamma * self._targets)
        self._levels -= (actual <= bounds) * (self._gamma * (1 - self._targets))
        np.clip(self._levels, np.float32(0), np.float32(1), out=self._levels)
        self._errors[self._at] = errors
        self._at = (self._at + 1) % len(self._errors)
        self._sort()
        return errors, bounds

    def issue(self, step: int, point: Floats) -> Floats:
        """Bounds of the forecast that is made at `step`, shape [entities, horizons], as [entities, horizons,
        quantiles]; NaN where there were too few errors. One that is made again in the same step takes its place."""
        self._advance(step)
        ahead = point.T
        bounds = ahead + self._offsets
        horizons = len(ahead)
        slots = (step + 1 + np.arange(horizons)) % len(self._points)
        self._points[slots, np.arange(horizons)] = ahead
        self._bounds[slots, :, np.arange(horizons)] = bounds.transpose(1, 0, 2)
        return bounds.transpose(2, 1, 0)

    def grown(self, entities: int) -> Conformal:
        """The same with room for more entities, of which nothing is known yet."""
        memory, horizons, had = self._errors.shape
        made = Conformal(
            entities, horizons, self.quantiles, gamma=float(self._gamma), memory=memory, least=self._least,
            sorts=self._sorts,
        )  # fmt: skip
        for name, array in self._arrays().items():
            made._arrays()[name][..., :had] = array
        made._step, made._at, made._turn = self._step, self._at, self._turn
        return made

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that it learned, as arrays: for `numpy.savez` or a snapshot."""
        clock = np.array([self._step, self._at, self._turn])
        return {"clock": clock, **{name: array.copy() for name, array in self._arrays().items()}}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on where `state` was taken. Raises ConfigError where it is of another shape."""
        for name, array in self._arrays().items():
            if name not in state or state[name].shape != array.shape:
                found = "nothing" if name not in state else list(state[name].shape)
                raise ConfigError(f"state of conformal bounds: '{name}' is {found}, not {list(array.shape)}")
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

    def _sort(self) -> None:
        """Take the quantiles of some entities anew: linear between order statistics, as numpy's."""
        entities = self._errors.shape[2]
        count = entities if self._sorts is None else min(self._sorts, entities)
        start = self._turn if self._turn + count <= entities else max(0, entities - count)
        own = slice(start, start + count)
        self._turn = start + count if start + count < entities else 0
        # NaN is sorted to the end.
        ordered = np.sort(np.ascontiguousarray(self._errors[:, :, own].transpose(1, 2, 0)), axis=2)
        known = np.count_nonzero(~np.isnan(ordered), axis=2)
        place = self._levels[:, :, own] * np.maximum(known - 1, 0)
        below = place.astype(np.intp)
        above = np.minimum(below + 1, np.maximum(known - 1, 0))
        low = np.take_along_axis(ordered[None], below[..., None], axis=3)[..., 0]
        high = np.take_along_axis(ordered[None], above[..., None], axis=3)[..., 0]
        offsets = low + (place - below).astype(np.float32) * (high - low)
        self._offsets[:, :, own] = np.where(known >= self._least, offsets, np.nan)
