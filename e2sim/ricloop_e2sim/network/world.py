"""The network's world: what all cells and users do in one tick, as array arithmetic.

A tick, in order: anomalies that begin or end; users move, and with them their channels; sleep and wake commands; what
users measure; traffic; handovers and link failures; connections asked for and released; SINR by the loads of the tick
before; scheduling; energy; counters. A control given during one tick takes effect at the start of the next.

Rules, in full:
* Interference of a cell is its PRB use of the tick before. A cell that is out of service disturbs nobody. In the uplink
  a cell hears what the users of others sent in the tick before.
* A cell does not drain itself: users left in one that falls asleep or is locked lose their link, and look for another.
* Idle users camp on the strongest cell they may use; who has data, or for whom there is some, asks it for a connection,
  and loses it after some time without any. Connected users go by A3 and by command.
* What could not be sent in a tick waits in the user's buffer; what does not fit into it is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.channel.plan import Settings as ChannelSettings
from ricloop_e2sim.energy.cellstate import AdminState
from ricloop_e2sim.energy.radiounits import RadioUnits
from ricloop_e2sim.energy.states import EnergyStates, EnergyTick
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.network.air import Air
from ricloop_e2sim.network.availability import Availability
from ricloop_e2sim.network.connections import ConnectionRules, Connections
from ricloop_e2sim.network.delivery import Delivery
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.impairments import Impairments
from ricloop_e2sim.network.population import Population
from ricloop_e2sim.network.roaming import Roaming
from ricloop_e2sim.network.slicing import Slicing
from ricloop_e2sim.network.totals import CellTotal, NetworkTotals, UserTotal
from ricloop_e2sim.phy.uplink import PowerControl
from ricloop_e2sim.rrc import counters as rrc
from ricloop_e2sim.rrc.events import Trigger
from ricloop_e2sim.rrc.rlf import LinkRules


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """What of a world's behaviour is a choice."""

    channel: ChannelSettings = field(default_factory=lambda: ChannelSettings(grain_m=1.0))
    connections: ConnectionRules = field(default_factory=ConnectionRules)
    links: LinkRules = field(default_factory=LinkRules)
    a3: Trigger = field(default_factory=Trigger)
    a3_offset_db: float = 3.0
    policy: Policy = Policy.PROPORTIONAL_FAIR
    mcs: int = 2
    """MCS table of TS 38.214 5.1.3.1, of both directions: 1 to 64QAM, 2 to 256QAM."""
    power: PowerControl = field(default_factory=PowerControl)
    """Of users."""
    watts_per_unit: float = 2.0
    measure_us: int = 200_000
    """Between two measurements: the layer-3 filter's sample (TS 38.331 5.5.3.2)."""
    move_us: int = 400_000
    """Between two looks at where users are: at 120 km/h 13 m, where shadowing keeps for 37 m and more."""
    allow_coverage_hole: bool = False
    """Nodes put the last cell that covers an area to sleep, too, when they are asked."""
    wake_extra_us: int = 500_000
    """From the command to service, beyond the radio unit's own transition."""


class NetworkWorld:
    """State of all cells [c] and users [u], and their running totals."""

    def __init__(
        self,
        deployment: Deployment,
        population: Population,
        impairments: Impairments,
        slicing: Slicing,
        rules: NetworkRules,
        tick_us: int,
        seed: np.random.SeedSequence,
        xp: Arrays = NUMPY,
    ) -> None:
        channel, links = seed.spawn(2)
        cells, users = deployment.cell_count, population.count
        self.deployment, self.population, self.impairments = deployment, population, impairments
        self.slicing, self.rules, self.tick_us = slicing, rules, tick_us
        self.time_us = 0
        self._look_us = max(rules.measure_us // tick_us, 1) * tick_us
        self._move_us = max(rules.move_us // self._look_us, 1) * self._look_us
        self.air = Air(deployment, population, rules.channel, rules.power, self._look_us, channel, xp)
        units = RadioUnits(deployment.units, rules.watts_per_unit)
        energy = EnergyStates(units, wake_extra_us=rules.wake_extra_us)
        self.availability = Availability(deployment, impairments, energy, tick_us)
        self._limit: Ints = np.full(cells, rules.connections.most_users)
        self.roaming = Roaming(
            deployment, self.air, rules.a3, rules.a3_offset_db, rules.links, self._limit, tick_us, links
        )
        self._connections = Connections(users, rules.connections)
        self.delivery = Delivery(deployment, population, slicing.ratios, rules.policy, rules.mcs, tick_us)
        self._slot: Floats = 15e3 / deployment.spacing_khz / tick_us
        """[c]: a slot's length (TS 38.211 4.3.2), of a tick."""
        self._slot_of: Floats = np.zeros(users)
        """[u]: the same in the serving cell."""
        self._released: Bools = np.zeros(users, dtype=np.bool_)
        """[u]: whose connections end in the next tick, by command."""
        self._releasing = False
        """Whether there are any."""
        self.serving: Ints = np.full(users, -1, dtype=np.int64)
        self.camped: Ints = np.full(users, -1, dtype=np.int64)
        """[u]: the cell that a user is connected to, or was last."""
        self.backlogs: Floats = np.zeros((2, users))
        """[2, u] bits that wait: for users, and at users."""
        self.backlog: Floats = self.backlogs[0]
        self.uses: Floats = np.zeros((2, cells))
        """[2, c]: PRB use 0..1 over the last tick."""
        self.use: Floats = self.uses[0]
        self.power_w: Floats = np.zeros(cells)
        """[c]: mean over the last tick."""
        self.sinr_db: Floats = np.full(users, -200.0)
        """[u]: in the serving cell; of the downlink, which measurements and links go by."""
        self.sinr_up_db: Floats = np.full(users, -200.0)
        self.inside: Ints = np.zeros(cells, dtype=np.int64)
        """[c]: users connected at the end of the last tick."""
        self.totals = NetworkTotals(cells, users)
        self._told: Floats = np.zeros((UserTotal.COUNT, 2, users))
        """What a tick adds to the totals of users."""

    # -------------------------------------------------------------------------------------------------- controls

    def hand_over(self, user: int, target: int) -> str:
        """Order a handover. Empty when accepted, else why it is refused."""
        title = self.deployment.titles[target]
        if self.availability.in_service[target] <= 0:
            return f"target {title} is out of service"
        if state := self.availability.administration.state[target]:
            return f"target {title} is {AdminState(state).name} and takes no users"
        if self.serving[user] < 0:
            return f"user {user} is not connected"
        if not (self.air.near[user] == target).any():
            return f"user {user} does not receive {title}"
        if self.serving[user] == target or not self.roaming.settled()[user]:
            return f"user {user} is in {title} already, or on its way to a cell"
        return "" if self.roaming.order(user, target) else "too many handovers are ordered in this tick"

    def prioritise(self, user: int, level: int) -> None:
        """Schedule a user by this priority level, 1..127, from the next tick on, where its cell's policy is by QoS. A
        new connection begins with that of its service."""
        self.delivery.prioritise(user, level)

    def release(self, user: int) -> str:
        """End a user's connection in the next tick. Empty when accepted, else why it is refused."""
        if self.serving[user] < 0 or not self.roaming.settled()[user]:
            return f"user {user} is not connected, or on its way to a cell"
        self._released[user] = self._releasing = True
        return ""

    def connected(self) -> Ints:
        """[c]: users in each cell now."""
        return np.bincount(self.serving + 1, minlength=self.deployment.cell_count + 1)[1:]

    # ---------------------------------------------------------------------------------------------------- a tick

    def step(self) -> None:
        """Move one tick on."""
        start, tick = self.time_us, self.tick_us
        if self.impairments.begin_tick(start):
            self.air.disturb(self.impairments.power_db, self.impairments.noise_db)
            self.slicing.cap(self.impairments.cap)
            self.availability.disturb()
        cells = self.availability
        energy = cells.step(start, lambda: self.connected() + self.roaming.handovers.coming(len(self.use)))
        if start % self._look_us == 0:
            if start % self._move_us == 0:
                others = self.air.move(self.population.move(start, self._move_us))
                if len(others):
                    self.roaming.event.forget(others)
            self.air.measure(cells.transmit)
            self.roaming.look(start, self._look_us, self.serving)
        offered = self.population.offer(start, tick)
        reachable = self.roaming.step(
            start,
            tick,
            cells,
            serving=self.serving,
            sinr=self.sinr_db,
            use=self.use,
            table=self.totals.rrc,
            waiting=self.backlog,
        )
        backlog = self.backlogs + offered
        self._connect(start, backlog)
        if self.air.serve(self.serving):
            self._attach()
        sinr = self.air.sinr_db(self.use, cells.transmit)
        self.sinr_db, self.sinr_up_db = sinr
        self._serve(backlog, offered, reachable, sinr)
        self._charge(energy)
        self.totals.cell[CellTotal.CONNECTED_S] += self.inside * (tick / 1e6)
        rrc.count_connected(self.totals.rrc, self.inside, tick)
        self.time_us = start + tick

    def _connect(self, start_us: int, backlog: Floats) -> None:
        connections, roaming, end_us = self._connections, self.roaming, start_us + self.tick_us
        waiting: Bools = backlog[0] + backlog[1] > 0
        connections.note(waiting, end_us)
        settled = roaming.settled()
        wants = waiting & (self.serving < 0) & settled
        leaving = connections.idle(self.serving, settled, start_us)
        if self._releasing:
            leaving = np.union1d(leaving, self._commanded_to_leave(settled))
        if len(leaving):
            rrc.count_releases(self.totals.rrc, self.serving[leaving], waiting[leaving])
            roaming.leave(leaving, self.serving)
        if np.count_nonzero(wants):
            air = self.air
            opened, limit = self.availability.opened, self._limit
            asked = connections.ask(wants, air.near, air.strength_of, opened, self.connected(), limit, start_us)
            users, cells = asked.user[asked.admitted], asked.cell[asked.admitted]
            self.serving[users] = cells
            self.delivery.prioritise(users, self.population.priority[users])
            roaming.event.forget(users)
            cause = self.population.cause[asked.user]
            rrc.count_establishments(
                self.totals.rrc, asked.cell, cause, asked.admitted, np.ones(len(asked.user), dtype=np.bool_)
            )

    def _commanded_to_leave(self, settled: Bools) -> Ints:
        """Those that did not go, or begin to go, to another cell meanwhile."""
        users = (self._released & settled & (self.serving >= 0)).nonzero()[0]
        self._released[:] = self._releasing = False
        return users

    def _attach(self) -> None:
        """Take in who is served where in this tick."""
        attached: Bools = self.serving >= 0
        np.copyto(self.camped, self.serving, where=attached)
        self.delivery.attach(self.serving)
        self._slot_of = self._slot.take(self.serving, mode="wrap")
        self._told[UserTotal.CONNECTED_S] = attached * (self.tick_us / 1e6)
        self.inside = self.connected()

    def _serve(self, backlog: Floats, offered: Floats, reachable: Floats, sinr: Floats) -> None:
        """`backlog`, `offered` bits and `sinr` dB are [2, u]; `reachable`, of the tick, [u]."""
        prbs_of, seconds, impairments = self.deployment.prbs, self.tick_us / 1e6, self.impairments
        carried = self.delivery.serve(
            sinr,
            backlog,
            self.availability.prbs,
            reachable,
            self.air.uplink.most_prbs,
            impairments.backhaul_bps if impairments.congested else None,
        )
        prbs, bits, most = carried.prbs, carried.bits, carried.most
        left = backlog - bits
        np.minimum(left, self.population.buffer_bits, out=self.backlogs)
        lost = left - self.backlogs
        self.population.settle(bits, lost)
        np.divide(carried.used, prbs_of, out=self.uses)
        self.air.hear(prbs[1] / most[0])

        busy = np.minimum(prbs / most, 1.0)
        np.copyto(busy, 1.0, where=left > 0)
        told = self._told
        np.multiply(prbs, seconds, out=told[UserTotal.PRB_S])
        told[UserTotal.BITS] = bits
        told[UserTotal.OFFERED_BITS] = offered
        told[UserTotal.LOST_BITS] = lost
        np.multiply(busy, told[UserTotal.CONNECTED_S], out=told[UserTotal.BUSY_S])
        np.multiply(backlog + self.backlogs, seconds / 2, out=told[UserTotal.QUEUE_BIT_S])
        np.multiply(bits, busy <= self._slot_of, out=told[UserTotal.SLOT_BITS])
        # Who has no data adds nothing to its cell.
        self.totals.add(told, self.camped, (backlog[0] + backlog[1]).nonzero()[0])
        cell, cell_up = self.totals.cell, self.totals.cell_up
        cell[CellTotal.AVAILABLE_PRB_S] += self.availability.prb_s
        cell_up[CellTotal.AVAILABLE_PRB_S] += self.availability.prb_s
        cell[CellTotal.OUT_S] += self.availability.out_s

    def _charge(self, energy: EnergyTick) -> None:
        seconds, cell, dark = self.tick_us / 1e6, self.totals.cell, self.impairments.dark
        joules = self.availability.energy.joules(energy, self.tick_us, self.use)
        joules[dark] = 0.0
        self.power_w = joules / seconds
        cell[CellTotal.ENERGY_J] += joules
        if energy.awake:
            return
        cell[CellTotal.ASLEEP_S] += energy.asleep * seconds
        cell[CellTotal.SLEEPS] += energy.charged_j > 0
        cell[CellTotal.WAKES] += energy.woke
