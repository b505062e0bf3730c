"""The sites of one scenario, and the state of what lies between each user and the nearest of them.

Kept per scenario so that a city's small cells do not crowd its macro sites out of a user's nearest, and so that one
form of the path loss holds for a whole block of columns.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.channel.draws import WALL, normals, site_keys
from ricloop_e2sim.channel.indoor import penetration_db
from ricloop_e2sim.channel.nearest import NearestSites
from ricloop_e2sim.channel.pathloss import FORMS, LEAST_M, rural_breakpoint_m
from ricloop_e2sim.channel.plan import Plan, Settings, UserPlan
from ricloop_e2sim.channel.shadowing import SHADOWING, by_sight, memory
from ricloop_e2sim.channel.sight import FIELD_M, PROBABILITIES, sees
from ricloop_e2sim.channel.sites import Sites


class Tier:
    """One scenario. `keep` sites per user, `slots` cells per site: columns slot by slot, `slots · keep` in all."""

    def __init__(
        self, plan: Plan, scenario: str, users: UserPlan, keys: Ints, settings: Settings, xp: Arrays = NUMPY
    ) -> None:
        """`keys` [users] of `user_keys`, on the host."""
        self.scenario, self._xp = scenario, xp
        self.sites = Sites(plan, scenario, xp)
        self.nearest = NearestSites(xp.get(self.sites.x_m), xp.get(self.sites.y_m), settings.near_sites)
        self.keep, self.slots = self.nearest.keep, self.sites.slots
        self.columns = self.slots * self.keep
        self.settled = self.keep == self.sites.count
        """True where a user's nearest sites are all there are."""
        self._frequencies: list[Floats] = [xp.put(np.array(f)) for f in self.sites.frequencies_ghz]

        count = users.user_count
        penetrated = users.indoor & (scenario != "InH")
        depth = np.where(penetrated, users.depth_m, 0.0)[:, np.newaxis]
        wall = normals(site_keys(keys, WALL), np.zeros(count, dtype=np.int64))[0] * settings.fading
        indoor_db = penetration_db(
            penetrated[:, np.newaxis],
            users.high_loss[:, np.newaxis],
            depth,
            wall[:, np.newaxis],
            np.array(self.sites.frequencies_ghz),
        )
        law = SHADOWING[scenario]
        deviation = by_sight(law.los_db, law.nlos_db, law.o2i_db, penetrated) * settings.fading
        self.keys: Ints = xp.put(keys)
        self.height_m: Floats = xp.put(users.height_m[:, np.newaxis])
        self.depth: Floats = xp.put(depth)
        self.indoor_db: Floats = xp.put(indoor_db)
        shadowing_m = by_sight(law.los_m, law.nlos_m, law.o2i_m, penetrated)
        self.correlation_m: Floats = xp.put(np.append(shadowing_m, np.full((count, 1), FIELD_M), axis=1))
        """[users, 3]: of shadowing in sight and out of it, and of the field that decides on sight."""
        self.common_db: Floats = xp.put(deviation * np.sqrt(settings.shared))
        self.own_db: Floats = xp.put(deviation * np.sqrt(1 - settings.shared))
        self.beyond: Floats = xp.put(np.where(penetrated, 1.0, law.beyond_db / law.los_db)[:, np.newaxis])

        self.near = xp.integers((count, self.keep), -1)
        self.pair_keys = xp.integers((count, self.keep), 0)
        """[users, keep]: of the sequences of user and site."""
        self.shadow = xp.zeros((count, self.keep))
        self.field = xp.zeros((count, self.keep))
        self.common = xp.zeros((count, 2))
        self.los = xp.falses((count, self.keep))

    def start(self, common: Floats, pair_keys: Ints) -> None:
        """Begins the common process [users] of every user; `pair_keys` [users, keep] is where it keeps its keys."""
        self.common[:] = common[:, np.newaxis]
        self.pair_keys = pair_keys

    def find(self, rows: Ints, xy: Floats, moves: Ints) -> Ints:
        """Looks for the nearest sites of users `rows` [n]; gives the candidate cells, [n, columns].

        They are at `xy` [n, 2] m, on the host, and have made `moves` [n] moves. A site that stays keeps its state; a
        new one begins at the number of its own sequence that is due.
        """
        xp = self._xp
        before: Ints = self.near[rows]
        near: Ints = xp.put(self.nearest.find(xy))
        keys = site_keys(self.keys[rows, np.newaxis], self.sites.names[near], xp)
        shadow, field = normals(keys, moves[:, np.newaxis], xp)
        same = near[:, :, np.newaxis] == before[:, np.newaxis, :]
        stays, place = same.any(axis=2), xp.argmax(same)
        self.shadow[rows] = xp.where(stays, xp.along(self.shadow[rows], place), shadow)
        self.field[rows] = xp.where(stays, xp.along(self.field[rows], place), field)
        self.near[rows] = near
        self.pair_keys[rows] = keys
        return self.sites.cells[:, near].swapaxes(0, 1).reshape(len(rows), self.columns)

    def advance(self, rows: Ints, moved_m: Floats, common: Floats, shadow: Floats, field: Floats) -> None:
        """Lets shadowing and sight of users `rows` [n] age by the distance [n] that each moved.

        `shadow` and `field`, both changed, are the new normals of users and sites [n, keep]. `common` [n, 1] is the
        users' own, which the common process of both states takes: that keeps each state's correlation in distance
        exact, and two states of one user correlated by 0.99.
        """
        xp = self._xp
        kept, fresh = memory(moved_m[:, np.newaxis], xp.rows(self.correlation_m, rows), xp)
        self.common[rows] = kept[:, :2] * xp.rows(self.common, rows) + fresh[:, :2] * common
        los: Bools = xp.rows(self.los, rows)
        shadow *= xp.where(los, fresh[:, :1], fresh[:, 1:2])
        shadow += xp.where(los, kept[:, :1], kept[:, 1:2]) * xp.rows(self.shadow, rows)
        self.shadow[rows] = shadow
        field *= fresh[:, 2:]
        field += kept[:, 2:] * xp.rows(self.field, rows)
        self.field[rows] = field

    def gain_db(self, rows: Ints, xy: Floats) -> Floats:
        """[n, slots, keep]: gain from each candidate's antenna port to users `rows` [n] at `xy` [n, 2] m.

        −∞ where there is no cell.
        """
        xp = self._xp
        near: Ints = xp.rows(self.near, rows)
        east, north = xy[:, :1] - xp.take(self.sites.x_m, near), xy[:, 1:] - xp.take(self.sites.y_m, near)
        d2d = xp.maximum(xp.sqrt(east * east + north * north), LEAST_M[self.scenario])
        h_bs, h_ut = self.sites.height_m(near), xp.rows(self.height_m, rows)
        outdoor = xp.maximum(d2d - xp.rows(self.depth, rows), 0.0)
        los = sees(xp.rows(self.field, rows), PROBABILITIES[self.scenario](outdoor, h_ut, xp), xp)
        self.los[rows] = los
        own: Floats = xp.rows(self.own_db, rows)
        common = xp.rows(self.common_db, rows) * xp.rows(self.common, rows)
        shadow = xp.where(los, own[:, :1], own[:, 1:]) * xp.rows(self.shadow, rows)
        shadow += xp.where(los, common[:, :1], common[:, 1:])
        if self.scenario == "RMa":
            # One break point for all carriers, as they share the shadowing: that of the lowest.
            turn = rural_breakpoint_m(h_bs, h_ut, self._frequencies[0])
            shadow *= xp.where(los & (d2d > turn), self.beyond[rows], 1.0)
        azimuth = xp.degrees(xp.arctan2(north, east))
        below = xp.degrees(xp.arctan2(h_bs - h_ut, d2d))
        indoor = xp.rows(self.indoor_db, rows)
        form = FORMS[self.scenario]
        losses = []
        for carrier, frequency in enumerate(self._frequencies):
            seen, hidden = form(d2d, h_bs, h_ut, frequency, xp)
            losses.append(xp.where(los, seen, hidden) + shadow + indoor[:, carrier : carrier + 1])
        # Slots first: a [n, keep] array spreads over them without leaving the fast inner loops.
        gain = self.sites.antenna_db(azimuth, below, near)
        self.sites.subtract(gain, losses, near)
        return gain.swapaxes(0, 1)
