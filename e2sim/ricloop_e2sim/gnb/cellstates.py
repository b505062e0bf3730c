"""Sleeping and waking of cells: a state machine per cell, kept as arrays.

```
ACTIVE ──sleep──▶ FALLING_ASLEEP ──down time──▶ ASLEEP ──wake──▶ WAKING ──up time──▶ ACTIVE
```
A command takes effect at the start of the next tick. Waking a cell that falls asleep lets it finish first; putting a
waking cell to sleep cancels the waking. There is no service and idle power in both transitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.energy.power import Power


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick did to the cells; every field is [cells]."""

    in_service: Floats
    """Share of the tick in which the cell serves."""
    asleep: Floats
    """Share of the tick at sleep power."""
    fell: Bools
    """Went out of service by a sleep command at the start of the tick."""
    charged: Bools
    """Pays the energy of a transition in this tick."""
    woke: Bools
    """Came back into service in this tick."""


class CellStates:
    """State of every cell of one gNB."""

    def __init__(self, cells: int, power: Power) -> None:
        self.state: NDArray[np.int8] = np.zeros(cells, dtype=np.int8)
        self._until_us = np.zeros(cells, dtype=np.int64)
        self._power = power
        self._sleep = np.zeros(cells, dtype=np.bool_)
        self._wake = np.zeros(cells, dtype=np.bool_)
        self._settled: Tick | None = None
        """The tick of every cell at rest, while there is no command and no transition."""

    @property
    def active(self) -> Bools:
        return np.equal(self.state, CellState.ACTIVE)

    @property
    def saving(self) -> Bools:
        """What energySavingState says: asleep, or not yet back in service."""
        return np.equal(self.state, CellState.ASLEEP) | np.equal(self.state, CellState.WAKING)

    def command(self, cell: int, sleep: bool) -> None:
        """Sleep or wake from the next tick on; the newest command of a tick holds. Repeating one changes nothing."""
        self._sleep[cell], self._wake[cell] = sleep, not sleep
        self._settled = None

    def tick(self, start_us: int, length_us: int) -> Tick:
        """Apply the commands at `start_us`, and the transitions that end in the tick."""
        if self._settled is not None:
            return self._settled
        fell = self._sleep & self.active
        cancelled = self._sleep & (self.state == CellState.WAKING)
        falling = fell | cancelled
        self.state[falling] = CellState.FALLING_ASLEEP
        self._until_us[falling] = start_us + self._power.down_us
        rising = self._wake & ((self.state == CellState.ASLEEP) | (self.state == CellState.FALLING_ASLEEP))
        late = np.where(self.state == CellState.FALLING_ASLEEP, np.maximum(self._until_us, start_us), start_us)
        self._until_us[rising] = late[rising] + self._power.up_us
        self.state[rising] = CellState.WAKING
        self._sleep[:] = False
        self._wake[:] = False

        end_us = start_us + length_us
        left = (end_us - np.maximum(self._until_us, start_us)) / length_us
        woke = (self.state == CellState.WAKING) & (self._until_us < end_us)
        slept = (self.state == CellState.FALLING_ASLEEP) & (self._until_us < end_us)
        asleep = np.where(self.state == CellState.ASLEEP, 1.0, np.where(slept, left, 0.0))
        serving = np.where(self.state == CellState.ACTIVE, 1.0, np.where(woke, left, 0.0))
        self.state[woke] = CellState.ACTIVE
        self.state[slept] = CellState.ASLEEP
        if not np.any(self.state & 1) and not woke.any() and not slept.any():
            self._settled = Tick(serving, asleep, fell, falling, woke)
        return Tick(serving, asleep, fell, falling, woke)
