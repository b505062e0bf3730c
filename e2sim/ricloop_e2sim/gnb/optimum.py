"""The clairvoyant optimum: what the best sleeping plan saves when all demand is known, by dynamic programming.

Per sector, one coverage cell that never sleeps and one or more capacity cells whose users it can take over. The plan
is bound by what binds a controller: the first tick has every cell awake, waking takes the power model's time, falling
asleep its energy, a sleeping cell its sleep power, transferred users need the PRBs that *they* need in the coverage
cell, and the coverage cell may be filled only up to the cap by what it takes over. Lost bits are charged at the
baseline's mean energy per bit; that is less than what full cells spend on a bit, so it is the cap, not the charge,
that keeps a plan from winning by not serving. Draining and coming home are free, and done at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.energy.power import Power

ASLEEP = 0


@dataclass(frozen=True, eq=False)
class Demand:
    """Everything that was asked of the network; cells may belong to many gNBs."""

    bits: Floats
    """[ticks, cells]: offered by the users whose home a cell is."""
    own_prbs: Floats
    """[ticks, cells]: mean PRBs that this needs at home."""
    umbrella_prbs: Floats
    """[ticks, cells]: mean PRBs that this needs in the covering cell."""
    prbs: Floats
    """[cells]."""
    umbrella: Ints
    """[cells]: covering cell; itself for a coverage cell."""
    tick_us: int


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best plan's sum over all sectors."""

    energy_j: float
    baseline_j: float
    lost_bits: float
    baseline_lost_bits: float
    asleep: NDArray[np.bool_]
    """[ticks, cells]: the plan."""
    joules_per_bit: float

    @property
    def saved_percent(self) -> float:
        """Saving at equal served traffic."""
        charged = self.energy_j + self.joules_per_bit * (self.lost_bits - self.baseline_lost_bits)
        return 100 * (self.baseline_j - charged) / self.baseline_j if self.baseline_j else 0.0


def clairvoyant(demand: Demand, power: Power, joules_per_bit: float, cap: float | None = 0.9) -> Optimum:
    """Best plan of every sector. `cap` is the PRB use allowed of a coverage cell that has taken users over, None: 1."""
    ticks, cells = demand.bits.shape
    asleep = np.zeros((ticks, cells), dtype=np.bool_)
    energy = baseline = lost = baseline_lost = 0.0
    for covers, capacities in _sectors_by_size(demand.umbrella):
        costs = _Costs(demand, power, covers, capacities, joules_per_bit, cap)
        path = _best_path(costs)
        rows = np.arange(ticks)[:, None]
        sectors = np.arange(len(covers))[None, :]
        energy += float(costs.energy_j[rows, sectors, path].sum() + costs.transition_j(path))
        lost += float(costs.lost_bits[rows, sectors, path].sum())
        baseline += float(costs.energy_j[:, :, -1].sum())
        baseline_lost += float(costs.lost_bits[:, :, -1].sum())
        phases = np.array(costs.configurations)[path]
        for number in range(capacities.shape[1]):
            asleep[:, capacities[:, number]] = phases[:, :, number] == ASLEEP
    return Optimum(energy, baseline, lost, baseline_lost, asleep, joules_per_bit)


def _sectors_by_size(umbrella: Ints) -> list[tuple[Ints, Ints]]:
    """(coverage cells [s], their capacity cells [s, k]) for each number k of capacity cells; k may be 0."""
    sectors: dict[int, list[tuple[int, list[int]]]] = {}
    for cover in np.flatnonzero(umbrella == np.arange(len(umbrella))):
        below = [int(c) for c in np.flatnonzero(umbrella == cover) if c != cover]
        sectors.setdefault(len(below), []).append((int(cover), below))
    return [
        (np.array([c for c, _ in group]), np.array([b for _, b in group], dtype=np.int64).reshape(len(group), size))
        for size, group in sorted(sectors.items())
    ]


class _Costs:
    """Energy and lost bits of every (tick, sector, configuration).

    A capacity cell's phase is 0 asleep, 1..n the n-th tick of waking, n + 1 awake; a configuration is one phase per
    capacity cell, and the last configuration is all awake.
    """

    def __init__(
        self, demand: Demand, power: Power, covers: Ints, capacities: Ints, joules_per_bit: float, cap: float | None
    ) -> None:
        self.joules_per_bit, self._power = joules_per_bit, power
        outage = _outage_by_phase(power.up_us, demand.tick_us)
        self._phases = len(outage)
        self.configurations = list(itertools.product(range(len(outage)), repeat=capacities.shape[1]))
        shape = (len(demand.bits), len(covers), len(self.configurations))
        self.energy_j, self.lost_bits, self.forbidden = np.empty(shape), np.empty(shape), np.zeros(shape, np.bool_)
        seconds = demand.tick_us / 1e6
        for index, phases in enumerate(self.configurations):
            need, carried = demand.own_prbs[:, covers], demand.bits[:, covers]
            taken = np.zeros_like(need)
            energy, lost = np.zeros(shape[:2]), np.zeros(shape[:2])
            for number, phase in enumerate(phases):
                cell, away = capacities[:, number], outage[phase]
                # Users come home in the tick in which their cell is back, and find what is left of it.
                if away == 1:
                    taken = taken + demand.umbrella_prbs[:, cell]
                    carried = carried + demand.bits[:, cell]
                    served = np.zeros_like(need)
                else:
                    own = demand.own_prbs[:, cell]
                    served = np.minimum(own, demand.prbs[cell] * (1 - away))
                    lost += _excess(own, served) * demand.bits[:, cell]
                energy += self._energy(served / demand.prbs[cell], phase == ASLEEP) * seconds
            need = need + taken
            served = np.minimum(need, demand.prbs[covers])
            lost += _excess(need, served) * carried
            energy += self._energy(served / demand.prbs[covers], False) * seconds
            self.energy_j[:, :, index], self.lost_bits[:, :, index] = energy, lost
            if cap is not None:
                self.forbidden[:, :, index] = (taken > 0) & (need > cap * demand.prbs[covers])

    def _energy(self, use: Floats, asleep: bool) -> Floats:
        return np.full_like(use, self._power.sleep_w) if asleep else self._power.active_w(use)

    @property
    def total(self) -> Floats:
        """[ticks, sectors, configurations] in J, lost bits charged; infinite where the cap forbids it."""
        return np.where(self.forbidden, np.inf, self.energy_j + self.joules_per_bit * self.lost_bits)

    def transitions(self) -> Floats:
        """[from, to] in J: what changing the configuration costs, infinite where time does not allow it."""
        count, last = len(self.configurations), self._phases - 1
        cost = np.zeros((count, count))
        power = self._power
        # While it falls asleep a cell still draws idle power.
        falling_j = power.transition_j + (power.idle_w - power.sleep_w) * power.down_us / 1e6
        for (i, old), (j, new) in itertools.product(enumerate(self.configurations), repeat=2):
            for before, after in zip(old, new, strict=True):
                awake = before >= last - 1 if last > 1 else before == last
                if after == ASLEEP and before != ASLEEP:
                    cost[i, j] += falling_j if awake else np.inf
                elif after != ASLEEP and after != min(before + 1, last):
                    cost[i, j] = np.inf
        return cost

    def transition_j(self, path: Ints) -> float:
        cost = self.transitions()
        start = np.full((1, path.shape[1]), len(self.configurations) - 1)
        before = np.concatenate((start, path[:-1]))
        return float(cost[before, path].sum())


def _outage_by_phase(up_us: int, tick_us: int) -> Sequence[float]:
    """Share of a tick without service: asleep, each tick of waking, awake."""
    whole, rest = divmod(up_us, tick_us)
    return (1.0, *([1.0] * whole), *([rest / tick_us] if rest else []), 0.0)


def _excess(need: Floats, served: Floats) -> Floats:
    """Share of the need that is not served."""
    return np.divide(need - served, need, out=np.zeros_like(need), where=need > 0)


def _best_path(costs: _Costs) -> Ints:
    """[ticks, sectors]: configuration of the cheapest path; all awake before and in the first tick."""
    stage, move = costs.total, costs.transitions()
    ticks, sectors, count = stage.shape
    value = np.full((sectors, count), np.inf)
    value[:, -1] = stage[0, :, -1]
    chosen = np.empty((ticks, sectors, count), dtype=np.int64)
    for tick in range(1, ticks):
        options = value[:, :, None] + move[None, :, :]
        chosen[tick] = options.argmin(axis=1)
        value = options.min(axis=1) + stage[tick]
    path = np.empty((ticks, sectors), dtype=np.int64)
    path[-1] = value.argmin(axis=1)
    for tick in range(ticks - 1, 0, -1):
        path[tick - 1] = chosen[tick, np.arange(sectors), path[tick]]
    return path
