"""One gNB's world: what its cells and users do in one tick, as array arithmetic.

Order of a tick: handovers that are due, sleep and wake commands, users that come, go, fail and re-establish, traffic,
scheduling, power, counters. A control given during one tick takes effect at the start of the next.

Rules, in full:
* A sleeping cell does not drain itself. Users still in it fail: they are without a cell for `Rules.reestablish_us`,
  and everything they had to receive meanwhile is lost.
* A user without a cell goes to its home cell, else to the cell that covers it, else to the best active one of the gNB;
  where none is active its traffic is lost.
* Users elsewhere come back to a home cell that is in service: one per cell and tick, or all at once
  (`Rules.return_at_once`, in replay). One that was handed over on command stays away for `Rules.stay_us` first: long
  enough to put its home to sleep, and then the network's own load balancing brings it back.
* What could not be sent in a tick waits in the user's buffer; what does not fit in the buffer is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ricloop.core.ids import CellId
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.e2node.ccc.ratios import KeptRatios
from ricloop_e2sim.e2node.identity import Role, UeNames
from ricloop_e2sim.e2node.nodeworld import Changes
from ricloop_e2sim.e2node.returns import Returns
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.energy.power import Power
from ricloop_e2sim.energy.radiounits import RadioUnits, of_power
from ricloop_e2sim.energy.states import EnergyStates, EnergyTick
from ricloop_e2sim.gnb.counters import CellCounter, UserCounter
from ricloop_e2sim.gnb.handover import Handovers
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.measures import GnbMeasures
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.scheduler import allocate


class World:
    """State of one gNB's cells and users, and their running totals."""

    def __init__(self, layout: Layout, power: Power, rules: Rules, tick_us: int) -> None:
        cells, users = layout.cell_count, layout.user_count
        self.layout, self.power, self.rules, self.tick_us = layout, power, rules, tick_us
        self.time_us = 0
        whole_us = max(power.down_us + power.up_us, 1)
        self.cells = EnergyStates(RadioUnits([of_power(power)] * cells), down_share=power.down_us / whole_us)
        self.handovers = Handovers(users, rules.preparation_us, rules.interruption_us)
        self.rate = layout.rate
        self.serving: Ints = np.full(users, -1, dtype=np.int64)
        self.buffer: Floats = np.zeros(users)
        self.totals = np.zeros((CellCounter.COUNT, cells))
        self.user_totals = np.zeros((UserCounter.COUNT, users))
        self._before: Ints = self.serving.copy()
        self.uncovered_s = 0.0
        """Sector-seconds in which no cell of a sector was active."""
        self.power_w: Floats = np.zeros(cells)
        """Mean over the last tick."""
        self.use: Floats = np.zeros(cells)
        """PRB use 0..1 over the last tick."""
        self.returns = Returns(tick_us)
        """Who has a say in which users go home."""
        self._away_until_us = np.zeros(users, dtype=np.int64)
        self._failed_until_us = np.full(users, -1, dtype=np.int64)

    def connected(self) -> Ints:
        """[cells]: users in each cell now."""
        return np.bincount(self.serving[self.serving >= 0], minlength=self.layout.cell_count)

    def hand_over(self, user: int, target: int) -> str:
        """Order a handover. Empty when accepted, else why it is refused."""
        name = self.layout.titles[target]
        if not self.cells.active[target]:
            return f"target {name} is {CellState(int(self.cells.state[target])).name.lower()}"
        if self.rate[user, target] <= 0:
            return f"user {user} does not receive {name}"
        if self._failed_until_us[user] >= 0:
            return f"user {user} lost its cell and is re-establishing"
        source = int(self.serving[user])
        if target in (source, self.handovers.target_of(user)):
            return f"user {user} is in {name} already, or on its way"
        if source < 0:
            return f"user {user} is not connected"
        self.handovers.command(user, source, target)
        return ""

    # ------------------------------------------------------------------------------- what its E2 nodes need

    quotas = bearers = False
    """Its scheduler knows neither slices nor priorities."""
    operation = None
    """Its cells sleep in one way, and are never locked."""

    def changes(self) -> Changes:
        """Who changed its cell in the last tick."""
        users = np.flatnonzero(self._before != self.serving)
        return Changes(users, self._before[users], self.serving[users], self.layout.cells)

    def cell_of(self, target: int) -> CellId:
        return int(self.layout.cells[target])

    def target_of(self, cell: CellId) -> int | None:
        return self.layout.index_of(cell)

    def prioritise(self, user: int, level: int) -> str:
        return f"{self.layout.name} knows no bearers"

    def release(self, user: int) -> str:
        return f"{self.layout.name} releases nobody"

    def may_sleep(self, cell: int) -> str:
        """Every cell may: what is uncovered then is counted."""
        return ""

    def share(self, quotas: Sequence[tuple[bytes, int, int, int]]) -> str:
        return f"{self.layout.name} has no slices"

    def names(self, role: Role) -> UeNames:
        return UeNames(self.layout, role)

    def measures(self) -> GnbMeasures:
        return GnbMeasures(self)

    def ratios(self) -> KeptRatios:
        return KeptRatios(self.layout.cell_count)

    # -------------------------------------------------------------------------------------------------- a tick

    def step(self, load: Load) -> None:
        """Move one tick on."""
        start, length = self.time_us, self.tick_us
        np.copyto(self._before, self.serving)
        self.rate = self.rate if load.rate is None else load.rate
        self._hand_over(start)
        tick = self.cells.tick(start, length)
        self._place(load, tick, start)
        self._serve(load, tick, start)
        inactive = ~self.cells.active
        if inactive.any():
            self.uncovered_s += self._uncovered_sectors(inactive) * length / 1e6
        self.time_us = start + length

    def _uncovered_sectors(self, inactive: Bools) -> int:
        covered = np.zeros(self.layout.sector_count, dtype=np.bool_)
        covered[self.layout.sector[~inactive]] = True
        return int((~covered).sum())

    def _hand_over(self, start: int) -> None:
        started, done = self.handovers.begin_tick(start)
        for handover in started:
            self.totals[CellCounter.HANDOVERS_ASKED, handover.source] += 1
        for handover in done:
            # The target may have gone to sleep since the command; then the user stays where it is.
            if self.serving[handover.user] == handover.source and self.cells.active[handover.target]:
                self.serving[handover.user] = handover.target
                self._away_until_us[handover.user] = start + self.rules.stay_us
                self.totals[CellCounter.HANDOVERS_DONE, handover.source] += 1

    def _place(self, load: Load, tick: EnergyTick, start: int) -> None:
        cells, home = self.layout.cell_count, self.layout.home
        present = load.present | (self.buffer > 0)
        self.serving[~present] = -1
        if tick.fell.any():
            left = (self.serving >= 0) & tick.fell[self.serving]
            self.totals[CellCounter.FAILURES] += np.bincount(self.serving[left], minlength=cells)
            self._failed_until_us[left] = start + self.rules.reestablish_us
            self.serving[left] = -1
        away = (self.serving >= 0) & (self.serving != home)
        if away.any():
            users = np.flatnonzero(away & (self._away_until_us <= start) & (tick.in_service[home] > 0))
            self._bring_home(users[self.returns.allow(users, self.serving[users], home[users], start)])
        waiting = np.flatnonzero(present & (self.serving < 0) & (self._failed_until_us <= start))
        if len(waiting):
            self._attach(waiting, tick.in_service > 0)
        for user in self.handovers.users:
            if self.serving[user] < 0:
                self.handovers.drop(user)

    def _bring_home(self, users: Ints) -> None:
        home = self.layout.home
        if not self.rules.return_at_once:
            users = users[np.unique(home[users], return_index=True)[1]]
        np.add.at(self.totals[CellCounter.HANDOVERS_ASKED], self.serving[users], 1)
        np.add.at(self.totals[CellCounter.HANDOVERS_DONE], self.serving[users], 1)
        self.serving[users] = home[users]

    def _attach(self, users: Ints, in_service: Bools) -> None:
        home = self.layout.home[users]
        umbrella = self.layout.umbrella[home]
        best = np.argmax(np.where(in_service, self.rate[users], -1.0), axis=1)
        cell = np.where(in_service[home], home, np.where(in_service[umbrella], umbrella, best))
        cell[~in_service[cell]] = -1
        self.serving[users] = cell
        cells = self.layout.cell_count
        reached = cell >= 0
        again = reached & (self._failed_until_us[users] >= 0)
        self.totals[CellCounter.CONNECTIONS] += np.bincount(cell[reached & ~again], minlength=cells)
        self.totals[CellCounter.REESTABLISHED] += np.bincount(cell[again], minlength=cells)
        self._failed_until_us[users[reached]] = -1

    def _serve(self, load: Load, tick: EnergyTick, start: int) -> None:
        layout, seconds, cells = self.layout, self.tick_us / 1e6, self.layout.cell_count
        serving, attached = self.serving, self.serving >= 0
        backlog = self.buffer + load.bits
        wanted = np.where(attached, backlog, 0.0)
        if self.handovers.users:
            wanted *= 1 - self.handovers.interrupted(start, self.tick_us)
        rate = np.where(attached, self.rate[np.arange(layout.user_count), serving], 0.0)
        asked = np.divide(wanted, rate * seconds, out=np.zeros_like(wanted), where=rate > 0)
        granted = allocate(asked, serving, layout.prbs * tick.in_service)
        delivered = np.where(granted >= asked, np.where(rate > 0, wanted, 0.0), granted * rate * seconds)
        remaining = np.where(attached, backlog - delivered, 0.0)
        self.buffer = np.minimum(remaining, self.rules.buffer_bits)
        lost = backlog - delivered - self.buffer

        within = serving[attached]
        used = np.bincount(within, granted[attached], cells)
        self.use = used / layout.prbs
        self._charge(tick, seconds)
        busy = np.where(granted > 0, np.minimum(self.use[serving], 1.0), (remaining > 0) & attached) * seconds
        totals = self.totals
        totals[CellCounter.PRB_S] += used * seconds
        totals[CellCounter.AVAILABLE_PRB_S] += layout.prbs * tick.in_service * seconds
        totals[CellCounter.BITS] += np.bincount(within, delivered[attached], cells)
        totals[CellCounter.ACTIVE_UE_S] += np.bincount(within, busy[attached], cells)
        totals[CellCounter.CONNECTED_S] += self.connected() * seconds
        totals[CellCounter.LOST_BITS] += np.bincount(layout.home, lost, cells)
        totals[CellCounter.OFFERED_BITS] += np.bincount(layout.home, load.bits, cells)
        self.user_totals[UserCounter.PRB_S] += granted * seconds
        self.user_totals[UserCounter.BITS] += delivered
        self.user_totals[UserCounter.BUSY_S] += busy

    def _charge(self, tick: EnergyTick, seconds: float) -> None:
        """Energy of the tick: sleep power, idle power in transitions, the active curve in service, and transitions."""
        power, totals = self.power, self.totals
        awake = 1 - tick.asleep
        # `use` is a mean over the whole tick, so the part that follows it needs no share.
        watts = power.idle_w * awake + power.slope_w * self.use + power.sleep_w * tick.asleep
        energy = watts * seconds + power.transition_j * tick.falls
        self.power_w = energy / seconds
        totals[CellCounter.ENERGY_J] += energy
        totals[CellCounter.ASLEEP_S] += tick.asleep * seconds
        totals[CellCounter.SLEEPS] += tick.falls
        totals[CellCounter.WAKES] += tick.woke
