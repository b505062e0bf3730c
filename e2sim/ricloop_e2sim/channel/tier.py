"""The sites of one scenario, and the state of what lies between each user and the nearest of them.

Kept per scenario so that a city's small cells do not crowd its macro sites out of a user's nearest, and so that one
form of the path loss holds for a whole block of columns.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.channel.draws import WALL, Words, normals, site_keys
from ricloop_e2sim.channel.indoor import penetration_db
from ricloop_e2sim.channel.nearest import NearestSites
from ricloop_e2sim.channel.pathloss import FORMS, LEAST_M, rural_breakpoint_m
from ricloop_e2sim.channel.plan import Plan, Settings, UserPlan
from ricloop_e2sim.channel.shadowing import SHADOWING, by_sight, memory
from ricloop_e2sim.channel.sight import FIELD_M, PROBABILITIES, sees
from ricloop_e2sim.channel.sites import Sites
from ricloop_e2sim.layout import Bools, Floats, Ints


class Tier:
    """One scenario. `keep` sites per user, `slots` cells per site: columns slot by slot, `slots · keep` in all."""

    def __init__(self, plan: Plan, scenario: str, users: UserPlan, keys: Words, settings: Settings) -> None:
        self.scenario = scenario
        self.sites = Sites(plan, scenario)
        self.nearest = NearestSites(self.sites.x_m, self.sites.y_m, settings.near_sites)
        self.keep, self.slots = self.nearest.keep, self.sites.slots
        self.columns = self.slots * self.keep
        self.settled = self.keep == len(self.sites.names)
        """True where a user's nearest sites are all there are."""

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
            np.array(self.sites.frequencies_ghz),
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

    def start(self, common: Floats) -> None:
        """Begins the common process [users] of every user."""
        self.common[:] = common[:, np.newaxis]

    def find(self, rows: Ints, xy: Floats, moves: Ints) -> Ints:
        """Looks for the nearest sites of users `rows`; gives the candidate cells, [n, columns].

        A site that stays keeps its state; a new one begins at the number of its own sequence that is due.
        """
        before, near = self.near[rows], self.nearest.find(xy[rows])
        keys = site_keys(self.keys[rows, np.newaxis], self.sites.names[near])
        shadow, field = normals(keys, moves[rows, np.newaxis])
        same = near[:, :, np.newaxis] == before[:, np.newaxis, :]
        stays, place = same.any(axis=2), same.argmax(axis=2)
        self.shadow[rows] = np.where(stays, np.take_along_axis(self.shadow[rows], place, axis=1), shadow)
        self.field[rows] = np.where(stays, np.take_along_axis(self.field[rows], place, axis=1), field)
        self.near[rows] = near
        self.pair_keys[rows] = keys
        return np.moveaxis(self.sites.cells[:, near], 0, 1).reshape(len(rows), self.columns)

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
        east, north = xy[rows, :1] - self.sites.x_m[near], xy[rows, 1:] - self.sites.y_m[near]
        d2d = np.maximum(np.sqrt(east * east + north * north), LEAST_M[self.scenario])
        h_bs, h_ut = self.sites.height_m(near), self.users.height_m[rows, np.newaxis]
        outdoor = np.maximum(d2d - self.depth[rows], 0.0)
        los = sees(self.field[rows], PROBABILITIES[self.scenario](outdoor, h_ut))
        self.los[rows] = los
        own, common = self.own_db[rows], self.common_db[rows] * self.common[rows]
        shadow = np.where(los, own[:, :1], own[:, 1:]) * self.shadow[rows] + np.where(los, common[:, :1], common[:, 1:])
        if self.scenario == "RMa":
            # One break point for all carriers, as they share the shadowing: that of the lowest.
            turn = rural_breakpoint_m(h_bs, h_ut, np.array(self.sites.frequencies_ghz[0]))
            shadow *= np.where(los & (d2d > turn), self.beyond[rows], 1.0)
        azimuth = np.degrees(np.arctan2(north, east))
        below = np.degrees(np.arctan2(h_bs - h_ut, d2d))
        indoor = self.indoor_db[rows]
        form = FORMS[self.scenario]
        losses = []
        for carrier, frequency in enumerate(self.sites.frequencies_ghz):
            seen, hidden = form(d2d, h_bs, h_ut, np.array(frequency))
            losses.append(np.where(los, seen, hidden) + shadow + indoor[:, carrier : carrier + 1])
        # Slots first: a [n, keep] array spreads over them without leaving the fast inner loops.
        gain = self.sites.antenna_db(azimuth, below, near)
        self.sites.subtract(gain, losses, near)
        return gain.transpose(1, 0, 2)
