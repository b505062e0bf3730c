"""Micro, light and deep sleep of cells (TR 38.864 5.1): how long a transition takes, and the energy of a tick.

```
ACTIVE ──sleep──▶ FALLING_ASLEEP ──down time──▶ ASLEEP ──wake──▶ WAKING ──up time──▶ ACTIVE
```
The report gives one time T for down and up, and no power within it: here a share of T is down and the rest is up, both
without service and at idle power P3, and the extra energy E is charged on entering sleep. That gives back the report's
least worthwhile stay, E/(P3−P_sleep) + T.

A command takes effect at the start of the next tick. Waking a cell that falls asleep lets it finish first; putting a
waking cell to sleep cancels the waking and costs E anew. Going deeper costs the difference of the two E and the deeper
down time; a shallower sleep is only reached by waking.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.energy.cellstate import CellState, Depth
from ricloop_e2sim.energy.radiounits import RadioUnits


@dataclass(frozen=True, slots=True, eq=False)
class EnergyTick:
    """What one tick did to the cells; every field is [cells]."""

    in_service: Floats
    """Share of the tick in which the cell serves."""
    asleep: Floats
    """Share of the tick at sleep power."""
    asleep_w: Floats
    """That power."""
    fell: Bools
    """Went out of service by a command at the start of the tick."""
    woke: Bools
    """Came back into service in this tick."""
    falls: Bools
    """Entered a sleep, or a deeper one, by a command."""
    charged_j: Floats
    """Extra energy of entering a sleep."""
    awake: bool = False
    """Every cell serves for all of the tick, and nothing changes."""


class EnergyStates:
    """State of every cell."""

    def __init__(self, units: RadioUnits, *, down_share: float = 0.5, wake_extra_us: Ints | int = 0) -> None:
        """`down_share` of T is spent falling asleep; `wake_extra_us` [cells] is an operator's delay of waking.

        Raises ConfigError for a share outside 0..1 and a negative delay.
        """
        if not 0 <= down_share <= 1:
            raise ConfigError(f"down share {down_share:g} of the transition time is outside 0..1; 0.5 halves it")
        if np.any(np.asarray(wake_extra_us) < 0):
            raise ConfigError(f"extra wake time {np.min(wake_extra_us)} µs is negative; give 0 or more")
        cells = len(units.idle_w)
        self.units = units
        self.state: Ints = np.zeros(cells, dtype=np.int64)
        """[cells] of `CellState`."""
        self.depth: Ints = np.zeros(cells, dtype=np.int64)
        """[cells] of `Depth`: of the sleep a cell is in, enters or leaves; AWAKE in ACTIVE."""
        self._down_us: Ints = np.rint(units.transition_us * down_share).astype(np.int64)
        self._up_us: Ints = np.rint(units.transition_us).astype(np.int64) - self._down_us + wake_extra_us
        self._until_us: Ints = np.zeros(cells, dtype=np.int64)
        self._ordered: Ints = np.full(cells, Depth.KEEP, dtype=np.int64)
        self._all: Ints = np.arange(cells)
        self._settled: EnergyTick | None = None
        """The tick of every cell at rest, while there is no command and no transition."""

    @property
    def active(self) -> Bools:
        """[cells]."""
        return np.equal(self.state, CellState.ACTIVE)

    @property
    def saving(self) -> Bools:
        """[cells]: what energySavingState says: asleep, or not yet back in service."""
        return np.equal(self.state, CellState.ASLEEP) | np.equal(self.state, CellState.WAKING)

    def sleep(self, cell: int, depth: Depth) -> None:
        """Go to this depth, or wake, from the next tick on; the newest order of a tick holds."""
        self._ordered[cell] = int(depth)
        self._settled = None

    def tick(self, start_us: int, tick_us: int) -> EnergyTick:
        """Apply the commands at `start_us`, and the transitions that end in the tick."""
        if self._settled is not None:
            return self._settled
        fell = self.active
        falls, charged_j = self._obey(start_us)
        fell &= ~self.active
        end_us = start_us + tick_us
        left = np.clip((end_us - self._until_us) / tick_us, 0.0, 1.0)
        over = self._until_us < end_us
        slept = (self.state == CellState.FALLING_ASLEEP) & over
        woke = (self.state == CellState.WAKING) & over
        asleep = np.where(self.state == CellState.ASLEEP, 1.0, np.where(slept, left, 0.0))
        serving = np.where(self.state == CellState.ACTIVE, 1.0, np.where(woke, left, 0.0))
        asleep_w = self.units.sleep_w[self.depth, self._all]
        self.state[slept] = CellState.ASLEEP
        self.state[woke] = CellState.ACTIVE
        self.depth[woke] = Depth.AWAKE
        tick = EnergyTick(serving, asleep, asleep_w, fell, woke, falls, charged_j)
        if not (np.any(self.state & 1) or np.any(slept | woke | fell | falls)):
            self._settled = replace(tick, awake=bool((serving == 1).all()))
        return tick

    def joules(self, tick: EnergyTick, tick_us: int, downlink: Floats) -> Floats:
        """Energy of a tick, [cells]. `downlink`: PRB use 0..1, mean over the whole tick."""
        if tick.awake:
            return np.asarray(self.units.active_w(downlink) * (tick_us / 1e6))
        # A use over the whole tick is a larger one over the part in service.
        inside = np.divide(1.0, tick.in_service, out=np.zeros_like(tick.in_service), where=tick.in_service > 0)
        active_w = self.units.active_w(downlink * inside)
        idle = 1 - tick.in_service - tick.asleep
        watts = active_w * tick.in_service + self.units.idle_w * idle + tick.asleep_w * tick.asleep
        return np.asarray(watts * (tick_us / 1e6) + tick.charged_j)

    def _obey(self, start_us: int) -> tuple[Bools, Floats]:
        """Start what the commands order. Which cells fall asleep, or deeper, and the extra energy, [cells]."""
        ordered, state, energy = self._ordered, self.state, self.units.transition_j
        # What is paid already counts while the cell is in that sleep or falls into it.
        paid = np.where(state == CellState.WAKING, Depth.AWAKE, self.depth)
        falls = ordered > paid
        rises = (ordered == Depth.AWAKE) & ((state == CellState.ASLEEP) | (state == CellState.FALLING_ASLEEP))
        charged_j = np.where(falls, energy[np.maximum(ordered, 0), self._all] - energy[paid, self._all], 0.0)
        finished_us = np.where(state == CellState.FALLING_ASLEEP, np.maximum(self._until_us, start_us), start_us)
        self._until_us[rises] = (finished_us + self._up_us[self.depth, self._all])[rises]
        self.state[rises] = CellState.WAKING
        self.depth[falls] = ordered[falls]
        self._until_us[falls] = start_us + self._down_us[self.depth, self._all][falls]
        self.state[falls] = CellState.FALLING_ASLEEP
        self._ordered[:] = Depth.KEEP
        return falls, np.asarray(charged_j)
