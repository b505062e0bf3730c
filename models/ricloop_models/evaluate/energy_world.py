"""Many policies live through one day: as many copies of the network, side by side in one simulated world.

What is lost, late and used is the world's own account. Cells of different copies do not hear each other, so a copy does
what it would do alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.energy.cellstate import CellState, Depth
from ricloop_e2sim.energy.power import Power
from ricloop_e2sim.gnb.counters import CellCounter
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.world import World

FULL = 0.9
"""Use of a cover above which it counts as overloaded: the cap of the clairvoyant plan."""


@dataclass(frozen=True, eq=False)
class Day:
    """One network and everything that is asked of it; the same for every policy."""

    layout: Layout
    """Of all its sites (see `beside`)."""
    sites: int
    power: Power
    rules: Rules
    tick_us: int
    loads: Sequence[Load]
    hours: Floats
    """[ticks]: time of day at the end of each, 0..24."""
    transfer: float = 1.0
    """Blocks that a cover needs for what one block of a capacity cell carried, as far as a controller can know it."""
    days: float = 1.0

    @property
    def capacity(self) -> Ints:
        """[pairs]: capacity cells."""
        return np.flatnonzero(self.layout.capacity)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a policy is told at the end of a tick; every array is [copies, pairs]: a capacity cell and its cover."""

    tick: int
    hour: float
    cover: Floats
    """Share of the cover's blocks that is in use."""
    both: Floats
    """The same with the capacity cell's, as the cover would need them."""
    asleep: Bools
    """Asleep, being drained, or on its way there or back."""

    def of(self, copies: slice) -> Seen:
        """What some copies see."""
        return Seen(self.tick, self.hour, self.cover[copies], self.both[copies], self.asleep[copies])


class Policy(Protocol):
    """Decides for some copies, and holds what it remembers of them."""

    @property
    def copies(self) -> int: ...

    def want(self, seen: Seen) -> Bools:
        """[copies, pairs]: which capacity cells should be asleep from the next tick on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one policy's copy."""

    energy_j: float
    """Transitions included."""
    asleep_s: float
    """Cell seconds."""
    offered_bits: float
    lost_bits: float
    waiting_bit_s: float
    """Bits that had to wait, times the seconds that they waited."""
    overloaded: float
    """Share of the covers' ticks with a use above `FULL` that the first copy does not have."""
    switches: int

    def energy_at(self, power: Power, sleep_w: float) -> float:
        """Joules, had sleep drawn so many watts: it changes nothing else."""
        return self.energy_j + (sleep_w - power.sleep_w) * self.asleep_s


def beside(layouts: Sequence[Layout]) -> Layout:
    """Several networks as one whose parts do not hear each other."""
    starts = np.cumsum([0, *(p.cell_count for p in layouts[:-1])])
    sectors = np.cumsum([0, *(p.sector_count for p in layouts[:-1])])
    rate = blocks([p.rate for p in layouts])
    return replace(
        layouts[0],
        cells=np.concatenate([p.cells for p in layouts]),
        titles=tuple(title for p in layouts for title in p.titles),
        sector=np.concatenate([p.sector + at for p, at in zip(layouts, sectors, strict=True)]),
        frequency_mhz=np.concatenate([p.frequency_mhz for p in layouts]),
        prbs=np.concatenate([p.prbs for p in layouts]),
        umbrella=np.concatenate([p.umbrella + at for p, at in zip(layouts, starts, strict=True)]),
        home=np.concatenate([p.home + at for p, at in zip(layouts, starts, strict=True)]),
        rate=rate,
        rsrp_dbm=np.broadcast_to(np.nan, rate.shape),
        sinr_db=np.broadcast_to(np.nan, rate.shape),
    )


def blocks(parts: Sequence[Floats]) -> Floats:
    """Matrices down the diagonal of one, zero elsewhere."""
    rows, columns = (np.cumsum([0, *sizes]) for sizes in zip(*(part.shape for part in parts), strict=True))
    whole = np.zeros((rows[-1], columns[-1]))
    for part, row, column in zip(parts, rows[:-1], columns[:-1], strict=True):
        whole[row : row + part.shape[0], column : column + part.shape[1]] = part
    return whole


def live(day: Day, policies: Sequence[Policy]) -> tuple[list[Outcome], Floats]:
    """An outcome per copy, in the order of the policies, the first of which is the yardstick of `overloaded`; and what
    it saw of `Seen.both`, [ticks, pairs]."""
    ends = np.cumsum([policy.copies for policy in policies])
    copies = _Copies(day, int(ends[-1]))
    record = np.empty((len(day.loads), len(day.capacity)))
    parts = [slice(end - policy.copies, end) for policy, end in zip(policies, ends.tolist(), strict=True)]
    for tick, load in enumerate(day.loads):
        copies.step(load)
        seen = copies.seen(tick)
        record[tick] = seen.both[0]
        copies.order(np.concatenate([p.want(seen.of(part)).ravel() for p, part in zip(policies, parts, strict=True)]))
    return copies.outcomes(), record


class _Copies:
    """The world of all copies, and the hands that carry out what policies want: drain, then sleep; wake; call off."""

    def __init__(self, day: Day, copies: int) -> None:
        self._day, self._copies = day, copies
        self.world = World(beside([day.layout] * copies), day.power, day.rules, day.tick_us)
        layout = self.world.layout
        self._capacity = np.flatnonzero(layout.capacity)
        self._cover = layout.umbrella[self._capacity]
        self._covers = np.unique(self._cover)
        self._draining = np.zeros(layout.cell_count, np.bool_)
        self._rate: Floats | None = None
        self._waiting = np.zeros(copies)
        self._over = np.zeros(copies)

    def step(self, load: Load) -> None:
        day, copies, world = self._day, self._copies, self.world
        if load.rate is not None and load.rate is not self._rate:
            self._rate = load.rate
            users, cells = load.rate.shape
            blocks = world.rate.reshape(copies, users, copies, cells)
            for copy in range(copies):
                blocks[copy, :, copy] = load.rate
        world.step(Load(np.tile(load.present, copies), np.tile(load.bits, copies)))
        self._waiting += world.buffer.reshape(copies, -1).sum(axis=1) * day.tick_us / 1e6
        over = (world.use[self._covers] > FULL).reshape(copies, -1)
        self._over += (over & ~over[0]).mean(axis=1)

    def seen(self, tick: int) -> Seen:
        world, day = self.world, self._day
        prbs, use = world.layout.prbs, world.use
        cover = use[self._cover]
        moved = day.transfer * use[self._capacity] * prbs[self._capacity] / prbs[self._cover]
        asleep = (world.cells.state[self._capacity] != CellState.ACTIVE) | self._draining[self._capacity]
        shape = (self._copies, -1)
        both = (cover + moved).reshape(shape)
        return Seen(tick, float(day.hours[tick]), cover.reshape(shape), both, asleep.reshape(shape))

    def order(self, want: Bools) -> None:
        """Every copy's wishes, [copies × pairs]."""
        world = self.world
        state = world.cells.state[self._capacity]
        self._sleep(self._capacity[want & (state == CellState.ACTIVE)])
        for cell in self._capacity[
            ~want & ((state == CellState.ASLEEP) | (state == CellState.FALLING_ASLEEP))
        ].tolist():
            world.cells.sleep(cell, Depth.AWAKE)
        back = self._capacity[~want & (state == CellState.ACTIVE)]
        for cell in back[self._draining[back]].tolist():
            self._draining[cell] = False
            for user in np.flatnonzero((world.layout.home == cell) & (world.serving >= 0)).tolist():
                world.hand_over(user, cell)

    def _sleep(self, cells: Ints) -> None:
        world = self.world
        if not len(cells):
            return
        leaving = np.zeros(world.layout.cell_count, np.bool_)
        leaving[cells] = True
        inside = np.flatnonzero((world.serving >= 0) & leaving[world.serving])
        for user in inside.tolist():
            world.hand_over(user, int(world.layout.umbrella[world.serving[user]]))
        # Where handovers take no time they come before the sleep of the same tick (as in replay).
        instant = self._day.rules.preparation_us + self._day.rules.interruption_us == 0
        occupied = np.zeros_like(leaving)
        occupied[world.serving[inside]] = not instant
        for user in world.handovers.users:
            # One that is on its way in, since a drain was called off, would be cut.
            occupied[world.handovers.target_of(user)] = not instant
        self._draining |= leaving & occupied
        self._draining &= ~(leaving & ~occupied)
        for cell in cells[~occupied[cells]].tolist():
            world.cells.sleep(cell, Depth.DEEP)

    def outcomes(self) -> list[Outcome]:
        totals = self.world.totals.reshape(CellCounter.COUNT, self._copies, -1).sum(axis=2)
        return [
            Outcome(
                energy_j=float(totals[CellCounter.ENERGY_J, copy]),
                asleep_s=float(totals[CellCounter.ASLEEP_S, copy]),
                offered_bits=float(totals[CellCounter.OFFERED_BITS, copy]),
                lost_bits=float(totals[CellCounter.LOST_BITS, copy]),
                waiting_bit_s=float(self._waiting[copy]),
                overloaded=float(self._over[copy]) / len(self._day.loads),
                switches=int(totals[CellCounter.SLEEPS, copy] + totals[CellCounter.WAKES, copy]),
            )
            for copy in range(self._copies)
        ]
