"""The sites of one scenario, and the state of what lies between each user and the nearest of them.

Kept per scenario so that a city's small cells do not crowd its macro sites out of a user's nearest, and so that one
form of the path loss holds for a whole block of columns.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.channel.antenna import pattern_db
from ricloop_e2sim.channel.draws import WALL, Words, normals, site_keys
from ricloop_e2sim.channel.indoor import penetration_db
from ricloop_e2sim.channel.nearest import NearestSites
from ricloop_e2sim.channel.pathloss import FORMS, LEAST_M, rural_breakpoint_m
from ricloop_e2sim.channel.plan import Plan, Settings, UserPlan
from ricloop_e2sim.channel.shadowing import SHADOWING, by_sight, memory
from ricloop_e2sim.channel.sight import FIELD_M, PROBABILITIES, sees
from ricloop_e2sim.layout import Bools, Floats, Ints


def _narrow(table: Floats) -> Floats:
    """A table [slots, sites] as [slots, 1] where all sites are alike, and as [1, 1] where all slots are too."""
    if (table == table[:, :1]).all():
        table = table[:, :1]
        if (table == table[0]).all():
            table = table[:1]
    return table


def _of(table: Floats, near: Ints) -> Floats:
    """What a table says of sites [n, keep]: [slots, n, keep], or less that broadcasts to it."""
    return table[:, :, np.newaxis] if table.shape[1] == 1 else table[:, near]


class Tier:
    """One scenario. `keep` sites per user, `slots` cells per site: columns slot by slot, `slots · keep` in all."""

    def __init__(self, plan: Plan, scenario: str, users: UserPlan, keys: Words, settings: Settings) -> None:
        self.scenario = scenario
        sites = np.flatnonzero(np.array(plan.scenario) == scenario)
        self.x, self.y = plan.x_m[sites], plan.y_m[sites]
        self.height = _narrow(plan.height_m[sites][np.newaxis])
        self.names = sites
        self.nearest = NearestSites(self.x, self.y, settings.near_sites)
        self.keep = self.nearest.keep
        self._place_cells(plan, sites)

        self.users = users
        self.keys = keys
        count = users.user_count
        penetrated = users.indoor & (scenario != "InH")
        self.depth = np.where(penetrated, users.depth_m, 0.0)[:, np.newaxis]
        wall = normals(site_keys(keys, WALL), np.zeros(count, dtype=np.int64))[0] * settings.fading
        self.indoor_db = penetration_db(
            penetrated[:, np.newaxis],
            users.high_loss[:, np.newaxis],
            self.depth,
            wall[:, np.newaxis],
            np.array(self.carriers),
        )
        law = SHADOWING[scenario]
        self.correlation_m = by_sight(law.los_m, law.nlos_m, law.o2i_m, penetrated)
        deviation = by_sight(law.los_db, law.nlos_db, law.o2i_db, penetrated) * settings.fading
        self.common_db = deviation * np.sqrt(settings.shared)
        self.own_db = deviation * np.sqrt(1 - settings.shared)
        self.beyond = np.where(penetrated, 1.0, law.beyond_db / law.los_db)[:, np.newaxis]

        self.near = np.full((count, self.keep), -1)
        self.pair_keys = np.zeros((count, self.keep), dtype=np.uint64)
        self.shadow = np.zeros((count, self.keep))
        self.field = np.zeros((count, self.keep))
        self.common = np.zeros((count, 2))
        self.los: Bools = np.zeros((count, self.keep), dtype=np.bool_)

    def _place_cells(self, plan: Plan, sites: Ints) -> None:
        """Tables [slots, sites] of the cells: −1 and no gain where a site has fewer than the most."""
        mine = np.flatnonzero(np.isin(plan.site, sites))
        mine = mine[np.argsort(plan.site[mine], kind="stable")]
        at = np.searchsorted(sites, plan.site[mine])
        counts = np.bincount(at, minlength=len(sites))
        slot = np.arange(len(mine)) - np.repeat(np.cumsum(counts) - counts, counts)
        self.slots = int(counts.max())
        self.cells = np.full((self.slots, len(sites)), -1)
        self.cells[slot, at] = mine
        self.columns = self.slots * self.keep

        def table(values: Floats, absent: float | None = None) -> Floats:
            filled = np.full((self.slots, len(sites)), values[mine[0]] if absent is None else absent)
            filled[slot, at] = values[mine]
            return _narrow(filled)

        self.azimuth = table(plan.azimuth_deg)
        self.tilt = table(plan.tilt_deg)
        self.horizontal = table(plan.horizontal_deg)
        self.vertical = table(plan.vertical_deg)
        self.peak = table(plan.peak_dbi, absent=-np.inf)
        frequencies = np.unique(plan.frequency_ghz[mine])
        self.carriers: list[float] = frequencies.tolist()
        self.carrier = np.zeros((self.slots, len(sites)), dtype=np.int64)
        self.carrier[slot, at] = np.searchsorted(frequencies, plan.frequency_ghz[mine])

    def start(self, common: Floats) -> None:
        """Begins the common process [users] of every user."""
        self.common[:] = common[:, np.newaxis]

    def find(self, rows: Ints, xy: Floats, moves: Ints) -> Ints:
        """Looks for the nearest sites of users `rows`; gives the candidate cells, [n, columns].

        A site that stays keeps its state; a new one begins at the number of its own sequence that is due.
        """
        before, near = self.near[rows], self.nearest.find(xy[rows])
        keys = site_keys(self.keys[rows, np.newaxis], self.names[near])
        shadow, field = normals(keys, moves[rows, np.newaxis])
        same = near[:, :, np.newaxis] == before[:, np.newaxis, :]
        stays, place = same.any(axis=2), same.argmax(axis=2)
        self.shadow[rows] = np.where(stays, np.take_along_axis(self.shadow[rows], place, axis=1), shadow)
        self.field[rows] = np.where(stays, np.take_along_axis(self.field[rows], place, axis=1), field)
        self.near[rows] = near
        self.pair_keys[rows] = keys
        return np.moveaxis(self.cells[:, near], 0, 1).reshape(len(rows), self.columns)

    def advance(self, rows: Ints, moved_m: Floats, moves: Ints, common: Floats) -> None:
        """Lets shadowing and sight of users `rows` age by the distance [n] that each moved.

        `common` [n] is the users' own new normal, which the common process of both states takes: that keeps each
        state's correlation in distance exact, and two states of one user correlated by 0.99.
        """
        moved = moved_m[:, np.newaxis]
        kept, fresh = memory(moved, self.correlation_m[rows])
        self.common[rows] = kept * self.common[rows] + fresh * common[:, np.newaxis]
        shadow, field = normals(self.pair_keys[rows], moves[rows, np.newaxis])
        los = self.los[rows]
        shadow *= np.where(los, fresh[:, :1], fresh[:, 1:])
        shadow += np.where(los, kept[:, :1], kept[:, 1:]) * self.shadow[rows]
        self.shadow[rows] = shadow
        kept, fresh = memory(moved, FIELD_M)
        field *= fresh
        field += kept * self.field[rows]
        self.field[rows] = field

    def gain_db(self, rows: Ints, xy: Floats) -> Floats:
        """[n, slots, keep]: gain from each candidate's antenna port to users `rows`, −∞ where there is no cell."""
        near = self.near[rows]
        east, north = xy[rows, :1] - self.x[near], xy[rows, 1:] - self.y[near]
        d2d = np.maximum(np.sqrt(east * east + north * north), LEAST_M[self.scenario])
        h_bs, h_ut = _of(self.height, near)[0], self.users.height_m[rows, np.newaxis]
        outdoor = np.maximum(d2d - self.depth[rows], 0.0)
        los = sees(self.field[rows], PROBABILITIES[self.scenario](outdoor, h_ut))
        self.los[rows] = los
        own, common = self.own_db[rows], self.common_db[rows] * self.common[rows]
        shadow = np.where(los, own[:, :1], own[:, 1:]) * self.shadow[rows] + np.where(los, common[:, :1], common[:, 1:])
        if self.scenario == "RMa":
            # One break point for all carriers, as they share the shadowing: that of the lowest.
            turn = rural_breakpoint_m(h_bs, h_ut, np.array(self.carriers[0]))
            shadow *= np.where(los & (d2d > turn), self.beyond[rows], 1.0)
        azimuth = np.degrees(np.arctan2(north, east))
        below = np.degrees(np.arctan2(h_bs - h_ut, d2d))
        indoor = self.indoor_db[rows]
        form = FORMS[self.scenario]
        losses = []
        for carrier, frequency in enumerate(self.carriers):
            seen, hidden = form(d2d, h_bs, h_ut, np.array(frequency))
            losses.append(np.where(los, seen, hidden) + shadow + indoor[:, carrier : carrier + 1])
        # Slots first: a [n, keep] array spreads over them without leaving the fast inner loops.
        pattern = pattern_db(
            azimuth - _of(self.azimuth, near),
            below - _of(self.tilt, near),
            _of(self.horizontal, near),
            _of(self.vertical, near),
        )
        gain = np.empty((self.slots, *near.shape))
        np.add(pattern, _of(self.peak, near), out=gain)
        if len(losses) == 1:
            gain -= losses[0]
        else:
            carrier_of = self.carrier[:, near]
            for carrier, loss in enumerate(losses):
                np.subtract(gain, loss, out=gain, where=carrier_of == carrier)
        return np.moveaxis(gain, 0, 1)
