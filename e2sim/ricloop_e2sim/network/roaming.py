"""How users change cells: A3 and commanded handovers, link failures and re-establishment, and their counters."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.network.air import Air
from ricloop_e2sim.network.availability import Availability
from ricloop_e2sim.network.consents import Consents
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.rrc import counters as rrc
from ricloop_e2sim.rrc.events import NO_REPORTS, Event, Reports, Trigger, together
from ricloop_e2sim.rrc.handover import NO_MOVES, Handovers, HandoverTick, Moves, Phase
from ricloop_e2sim.rrc.rlf import LinkRules, Links, LinkTick
from ricloop_e2sim.rrc.robustness import Robustness

MAX_ORDERS = 4096
"""Handovers commanded in one tick."""


class Roaming:
    """Users [u] among cells [c]. `serving` is changed in place."""

    def __init__(
        self,
        deployment: Deployment,
        air: Air,
        trigger: Trigger,
        a3_offset_db: float,
        links: LinkRules,
        limit: Ints,
        tick_us: int,
        seed: np.random.SeedSequence,
    ) -> None:
        users, candidates = air.near.shape
        self._deployment, self._air, self._limit, self._a3_offset = deployment, air, limit, a3_offset_db
        self.event = Event(users, candidates, trigger, air.xp)
        self.handovers = Handovers(users)
        self.links = Links(users, np.random.Generator(np.random.PCG64(seed)), links)
        self.consents = Consents(deployment.gnb, tick_us)
        self._robustness = Robustness(users)
        self._orders: dict[int, int] = {}
        self._whole: Floats = np.ones(users)
        self._target_sinr: Floats = np.zeros(users)
        """[u] dB: of those on their way to a target, in it."""
        self._reports = NO_REPORTS

    def order(self, user: int, target: int) -> bool:
        """A handover to start with the next tick; the newest of a user holds. False where there are too many."""
        if len(self._orders) >= MAX_ORDERS and user not in self._orders:
            return False
        self._orders[user] = target
        return True

    def settled(self) -> Bools:
        """[u]: neither in a handover nor looking for a cell."""
        return ~(self.handovers.phase.astype(np.bool_) | self.links.seeking)

    def leave(self, users: Ints, serving: Ints) -> None:
        """These users are released."""
        if not len(users):
            return
        gone: Bools = np.zeros(len(serving), dtype=np.bool_)
        gone[users] = True
        self.links.leave(gone)
        self.event.forget(users)
        self._robustness.forget(gone)
        serving[users] = -1

    def look(self, start_us: int, length_us: int, serving: Ints) -> None:
        """Users compare what they have measured, which holds for so long."""
        connected = (serving >= 0).nonzero()[0]
        self._reports = together(
            [
                self.event.update(self._air.lead(users, serving[users], self._a3_offset), start_us, length_us, users)
                for users in self._air.blocks(connected)
            ]
        )

    def step(
        self,
        start_us: int,
        tick_us: int,
        cells: Availability,
        *,
        serving: Ints,
        sinr: Floats,
        use: Floats,
        table: Ints,
        waiting: Floats,
    ) -> Floats:
        """[u]: share of the tick in which a user can receive.

        `sinr` [u] dB and `use` [c] of the tick before, `table` counters of `rrc.counters`, `waiting` [u] bits in
        buffers.
        """
        air, handovers = self._air, self.handovers
        asked = self._ask(start_us, start_us + tick_us, serving)
        moving, tick = handovers.phase.nonzero()[0], handovers.quiet
        if len(moving):
            self._target_sinr[moving] = air.sinr_of(moving, handovers.target[moving], use, cells.transmit)
            tick = handovers.step(
                start_us,
                tick_us,
                connected=np.bincount(serving + 1, minlength=len(use) + 1)[1:],
                limit=np.where(cells.opened, self._limit, 0),
                in_service=cells.usable,
                target_sinr=self._target_sinr,
            )
            serving[tick.done.user] = tick.done.target
        lost, lost_us = self._lost(tick, serving, cells.fell, start_us)
        links = self.links.step(
            start_us,
            tick_us,
            serving=serving,
            sinr=sinr,
            executing=handovers.phase == Phase.EXECUTING,
            lost=lost,
            lost_us=lost_us,
            candidate=air.near,
            strength=air.strength_of,
            in_service=cells.opened,
        )
        if tick is handovers.quiet and links is self.links.quiet:
            return self._whole
        abandoned = self._abandon(links)
        serving[links.failed] = -1
        serving[links.back] = links.cell
        problems = self._robustness.step(tick, links, lost[len(tick.failed) :])
        for users in (tick.done.user, links.failed, links.back):
            if len(users):
                self.event.forget(users)
        if len(moving):
            rrc.count_handovers(table, asked, tick, abandoned, self._deployment.gnb, self._deployment.frequency_mhz)
        rrc.count_links(table, links, waiting)
        rrc.count_problems(table, problems)
        return np.asarray(1.0 - np.minimum(tick.interrupted + links.interrupted, 1.0))

    def _ask(self, start_us: int, end_us: int, serving: Ints) -> Moves:
        """What measurements and commands ask for; a command goes before a measurement of its user."""
        reports = self._reports
        if not (len(reports.user) or self._orders):
            return NO_MOVES
        now = reports.at_us < end_us
        users, targets, at_us = reports.user[now], self._air.near[reports.user, reports.slot][now], reports.at_us[now]
        if len(users):
            self._reports = Reports(reports.user[~now], reports.slot[~now], reports.at_us[~now])
        if self.consents.consulted:
            free = np.equal(self.handovers.phase, Phase.NONE)
            free[list(self._orders)] = False
            users, targets, at_us = self.consents.given(users, targets, at_us, serving, free, start_us)
        if self._orders:
            ordered = np.array(list(self._orders), dtype=np.int64)
            others = ~np.isin(users, ordered)
            users = np.concatenate((ordered, users[others]))
            targets = np.concatenate((np.array(list(self._orders.values()), dtype=np.int64), targets[others]))
            at_us = np.concatenate((np.full(len(ordered), start_us), at_us[others]))
            self._orders.clear()
        return self.handovers.request(users, targets, at_us, serving)

    @staticmethod
    def _lost(tick: HandoverTick, serving: Ints, fell: Bools, start_us: int) -> tuple[Ints, Ints]:
        """Users whose link ends in this tick for another reason than its SINR, and when."""
        if not np.count_nonzero(fell):
            return tick.failed.user, tick.failed.at_us
        dropped = (serving >= 0) & fell[serving]
        dropped[tick.failed.user] = False
        users = np.flatnonzero(dropped)
        return (
            np.concatenate((tick.failed.user, users)),
            np.concatenate((tick.failed.at_us, np.full(len(users), start_us))),
        )

    def _abandon(self, links: LinkTick) -> tuple[Moves, Moves]:
        if not len(links.failed):
            return NO_MOVES, NO_MOVES
        failed: Bools = np.zeros(len(self.handovers.phase), dtype=np.bool_)
        failed[links.failed] = True
        return self.handovers.abandon(failed)
