"""The users of a network: groups that share a service, a way of moving and a place, side by side in one array."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.channel.indoor import depth_m
from ricloop_e2sim.channel.plan import UserPlan
from ricloop_e2sim.flows.diurnal import Area, Calendar, level
from ricloop_e2sim.flows.flow import Flow
from ricloop_e2sim.flows.fullbuffer import FullBuffer
from ricloop_e2sim.flows.iot import Iot
from ricloop_e2sim.flows.schedule import Block, Schedule
from ricloop_e2sim.flows.services import start
from ricloop_e2sim.flows.video import Video
from ricloop_e2sim.flows.voip import Voip
from ricloop_e2sim.flows.xr import Xr
from ricloop_e2sim.mobility.commuters import Commuters, CommutersSettings
from ricloop_e2sim.mobility.gaussmarkov import GaussMarkov, GaussMarkovSettings
from ricloop_e2sim.mobility.movement import Mobility, Rectangle
from ricloop_e2sim.mobility.places import Polyline, in_disc, in_rectangle
from ricloop_e2sim.mobility.route import Route, RouteSettings
from ricloop_e2sim.mobility.static import Static
from ricloop_e2sim.mobility.streets import Streets, StreetsSettings
from ricloop_e2sim.mobility.waypoint import Waypoint, WaypointSettings
from ricloop_e2sim.rrc.counters import CAUSES

MOVES = ("static", "waypoint", "gauss-markov", "streets", "route", "commuters")
VOICE = {"voip": "mo-VoiceCall", "video": "mo-VideoCall", "calls": "mo-VoiceCall"}
"""Establishment causes of services; mo-Data for the others."""
FLOOR_M = 3.0
SESSION_BUFFER_S = 1.0
"""What a bearer of guaranteed rate keeps, in seconds of its mean; others keep `Group.buffer_bits`."""


@dataclass(frozen=True, slots=True)
class Group:
    """Users of one kind. Raises ConfigError for what cannot be."""

    users: int
    service: str = "web"
    moves: str = "waypoint"
    """One of `MOVES`."""
    speed_kmh: float = 3.0
    hours: str = "mixed"
    """When they are busy: mixed, home or office; always: at every hour alike."""
    blocks: tuple[Block, ...] = ()
    """A week of their own, instead of `hours`: users of the most in any block, and traffic of each, at most 1."""
    scale: float = 1.0
    """Of the service's mean, at the busiest hour: at most 1."""
    indoor: float = 0.0
    """Share of them in buildings."""
    high_loss: float = 0.5
    """Share of those behind coated glass."""
    floors: int = 1
    """Of the buildings; on one of them each."""
    slice: int = 0
    disc: tuple[float, float, float] | None = None
    """x, y and radius, m, of where they are; None: the whole area."""
    line: tuple[tuple[float, float], ...] = ()
    """The points of a route, m."""
    buffer_bits: float = 400e6
    """Of a user without a guaranteed rate: a large page, or file, waits whole."""

    def __post_init__(self) -> None:
        if self.moves not in MOVES:
            raise ConfigError(f"nobody moves by {self.moves!r}.{nearest(self.moves, MOVES)} Known: {', '.join(MOVES)}")
        if self.hours not in HOURS:
            raise ConfigError(f"no hours are {self.hours!r}.{nearest(self.hours, HOURS)} Known: {', '.join(HOURS)}")
        within(0, 1, scale=self.scale, indoor=self.indoor, high_loss=self.high_loss)
        positive(buffer_bits=self.buffer_bits, floors=float(self.floors))
        for block in self.blocks:
            within(0, 1, traffic=block.traffic)
        if (self.moves == "route") is not bool(self.line):
            raise ConfigError("a route takes a line, and nothing else does: give both, or neither")


HOURS = {"always": None, **{area.name.lower(): area for area in Area}}


class Population:
    """All users [u], group after group. Each group and concern draws from a stream of its own."""

    def __init__(
        self, groups: tuple[Group, ...], area: Rectangle, calendar: Calendar, slices: int, seed: np.random.SeedSequence
    ) -> None:
        if not groups:
            raise ConfigError("a network without users: give at least one group")
        self.groups, self._calendar = groups, calendar
        self._moves: list[Mobility] = []
        self.flows: list[Flow] = []
        plans: list[UserPlan] = []
        for group, stream in zip(groups, seed.spawn(len(groups)), strict=True):
            if not 0 <= group.slice < slices:
                raise ConfigError(f"slice {group.slice} of a group: there are {slices}, numbered from 0")
            moves, flow, places, homes = stream.spawn(4)
            self.flows.append(start(group.service, group.users, flow))
            generator = np.random.Generator(np.random.PCG64(homes))
            self._moves.append(_mobility(group, area, calendar, generator, moves))
            plans.append(_user_plan(group, np.random.Generator(np.random.PCG64(places))))
        edges = np.cumsum([0, *(group.users for group in groups)])
        self.parts = [slice(first, last) for first, last in pairwise(edges.tolist())]
        self.count = int(edges[-1])
        self.plan = UserPlan(
            *(
                np.concatenate([getattr(plan, name) for plan in plans])
                for name in ("height_m", "indoor", "high_loss", "depth_m")
            )
        )
        self._areas: Ints = np.array([HOURS[group.hours] or Area.MIXED for group in groups])
        self._always: Bools = np.array([HOURS[group.hours] is None for group in groups])
        self._schedules = [(number, Schedule(group.blocks)) for number, group in enumerate(groups) if group.blocks]
        self._scale: Floats = np.array([group.scale for group in groups])
        self.group: Ints = self._per_user([float(number) for number in range(len(groups))]).astype(np.int64)
        """[u]."""
        self.slice: Ints = self._per_user([float(group.slice) for group in groups]).astype(np.int64)
        self.priority: Floats = self._per_user([float(flow.qos.priority) for flow in self.flows])
        """[u]: of the 5QI; lower is served first."""
        self.cause: Ints = self._per_user(
            [float(CAUSES.index(VOICE.get(group.service, "mo-Data"))) for group in groups]
        ).astype(np.int64)
        rooms = [_buffers(group, flow) for group, flow in zip(groups, self.flows, strict=True)]
        self.buffer_bits: Floats = np.stack([self._per_user(list(column)) for column in zip(*rooms, strict=True)])
        """[2, u]: what waits for a user at most, and at a user; what is beyond is lost."""
        self._answered: Floats = self._per_user([flow.answered for flow in self.flows])
        by_group = list(zip(self.flows, self.parts, strict=True))
        self._loops = [(flow, part) for flow, part in by_group if isinstance(flow, FullBuffer | Video)]
        self._senders = [(flow, part) for flow, part in by_group if isinstance(flow, FullBuffer | Voip | Xr | Iot)]
        self.xy: Floats = np.empty((self.count, 2))
        """[u, 2] m: at the end of the last tick."""
        self.move(0, 0)
        self._offered: Floats = np.zeros((2, self.count))
        self._down, self._up = self._offered
        self._minute, self._levels = -1, [0.0] * len(groups)
        """How busy each group is, and in which minute of the week that is."""

    def _per_user(self, values: list[float]) -> Floats:
        return np.repeat(np.array(values), [group.users for group in self.groups])

    def move(self, time_us: int, tick_us: int) -> Floats:
        """[u, 2] m: where all are at the end of the tick."""
        for mobility, part in zip(self._moves, self.parts, strict=True):
            self.xy[part] = mobility.move(time_us, tick_us)
        return self.xy

    def offer(self, time_us: int, tick_us: int) -> Floats:
        """[2, u] bits newly offered in the tick: to users, and by them."""
        hour = self._calendar.hour(time_us)
        if int(hour * 60) != self._minute:
            self._minute, self._levels = int(hour * 60), self._busy(hour)
        down, up = self._down, self._up
        for flow, part, busy in zip(self.flows, self.parts, self._levels, strict=True):
            down[part] = flow.offer(time_us, tick_us, busy)
        np.multiply(down, self._answered, out=up)
        for sender, part in self._senders:
            up[part] = sender.send()
        return self._offered

    def _busy(self, hour: float) -> list[float]:
        """Of each group, 0..1."""
        levels = np.where(self._always, 1.0, level(self._areas, hour))
        for number, schedule in self._schedules:
            levels[number] = schedule.share_at(hour) * schedule.traffic_at(hour)
        busy: list[float] = (levels * self._scale).tolist()
        return busy

    def settle(self, delivered: Floats, lost: Floats) -> None:
        """What became of the bits, [2, u] each: players and full buffers go by it."""
        for flow, part in self._loops:
            flow.settle(delivered[:, part], lost[:, part])


def _buffers(group: Group, flow: Flow) -> tuple[float, float]:
    """Bits, of the downlink and of the uplink."""
    if flow.qos.guaranteed:
        up_bps = flow.mean_up_bps if isinstance(flow, Voip | Xr) else flow.answered * flow.mean_bps
        return flow.mean_bps * SESSION_BUFFER_S, up_bps * SESSION_BUFFER_S
    most = np.inf if isinstance(flow, FullBuffer | Video) else group.buffer_bits
    return most, most


def _mobility(
    group: Group,
    area: Rectangle,
    calendar: Calendar,
    generator: np.random.Generator,
    seed: np.random.SeedSequence,
) -> Mobility:
    speed = group.speed_kmh / 3.6
    if group.disc is not None:
        x, y, radius = group.disc
        area = Rectangle(x - radius, y - radius, x + radius, y + radius)
    if group.moves == "route":
        return Route(group.users, Polyline(np.array(group.line)), RouteSettings(speed), seed)
    if group.moves == "waypoint":
        return Waypoint(group.users, area, WaypointSettings(speed), seed)
    if group.moves == "gauss-markov":
        return GaussMarkov(group.users, area, GaussMarkovSettings(speed), seed)
    if group.moves == "streets":
        return Streets(group.users, area, StreetsSettings(speed), seed)

    def places() -> Floats:
        if group.disc is not None:
            return in_disc(generator, group.users, group.disc[:2], group.disc[2])
        return in_rectangle(generator, group.users, area)

    if group.moves == "commuters":
        return Commuters(places(), places(), calendar, CommutersSettings(mean_mps=speed), seed)
    return Static(places())


def _user_plan(group: Group, generator: np.random.Generator) -> UserPlan:
    draws = generator.random((3, group.users))
    indoor: Bools = draws[0] < group.indoor
    floor = np.floor(draws[2] * group.floors) * indoor
    return UserPlan(
        height_m=1.5 + FLOOR_M * floor,
        indoor=indoor,
        high_loss=draws[1] < group.high_loss,
        depth_m=depth_m(generator, group.users),
    )
