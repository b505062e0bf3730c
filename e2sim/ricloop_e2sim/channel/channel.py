"""The large-scale channel between users that move and the cells near them (TR 38.901).

Everything random about a pair of user and site comes from a sequence of its own, at the number of moves the user has
made: nothing that others do, no order and no control changes it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.channel.draws import COMMON, normals, site_keys, user_keys
from ricloop_e2sim.channel.plan import Plan, Settings, UserPlan
from ricloop_e2sim.channel.tier import Tier


class Channel:
    """Gains to the candidate cells of each user: those of the nearest sites of each scenario, m in all.

    Two channels of equal plans, seeds and moves on one device are equal to the bit. Positions and the numbers of users
    are the host's; states and gains stay on the device of `xp`. Raises ConfigError where the positions do not fit
    the users.
    """

    def __init__(
        self,
        plan: Plan,
        users: UserPlan,
        xy: Floats,
        seed: np.random.SeedSequence,
        settings: Settings = Settings(),  # noqa: B008 — frozen
        xp: Arrays = NUMPY,
    ) -> None:
        count = users.user_count
        if xy.shape != (count, 2):
            raise ConfigError(f"positions of {count} users have shape {xy.shape}; give ({count}, 2)")
        self.settings, self.xp = settings, xp
        keys = user_keys(seed, count)
        self._moves = xp.integers((count,), 0)
        self.xy = np.array(xy, dtype=np.float64)
        """[u, 2], m: where the gains hold."""
        self._found = self.xy.copy()
        scenarios = sorted(set(plan.scenario))
        self._tiers = [Tier(plan, scenario, users, keys, settings, xp) for scenario in scenarios]
        edges = np.cumsum([0, *(tier.columns for tier in self._tiers)]).tolist()
        self._columns = [slice(first, last) for first, last in pairwise(edges)]
        # A sequence of the user's own, then one per site of each tier: the numbers of a move are drawn at once.
        sites = np.cumsum([1, *(tier.keep for tier in self._tiers)]).tolist()
        self._sites = [slice(first, last) for first, last in pairwise(sites)]
        self._keys = xp.integers((count, sites[-1]), 0)
        self._keys[:, 0] = xp.put(site_keys(keys, COMMON))
        self.near = xp.integers((count, edges[-1]), -1)
        """[u, m]: candidate cells, −1 where there is none."""
        self.gain_db = xp.full((count, edges[-1]), -np.inf)
        """[u, m]: from the antenna port, all losses and gains; −∞ where there is no cell."""
        self.changed: Ints = np.arange(count)
        """Users whose row of `gain_db` the last move changed; ascending."""
        self.found: Ints = self.changed
        """Those of them whose row of `near` it may have changed."""
        common = normals(self._keys[:, 0], self._moves, xp)[0]
        for tier, own in zip(self._tiers, self._sites, strict=True):
            tier.start(common, self._keys[:, own])
        self._find(self.changed)
        self._gain(self.changed)
        self.settled = all(tier.settled for tier in self._tiers)
        """Whether `near` stays as it is, wherever users go."""

    def move(self, xy: Floats) -> None:
        """Puts users at [u, 2], m; `near` and `gain_db` follow in place, `changed` tells where.

        A user that moved no further than the grain since its gains were computed keeps them.
        """
        east, north = (xy - self.xy).T
        squared = east * east + north * north
        rows = (squared > self.settings.grain_m**2).nonzero()[0]
        self.changed = rows
        if not len(rows):
            self.found = rows
            return
        self.xy[rows] = xy[rows]
        self._age(rows, np.sqrt(squared[rows]))
        if not self.settled:
            away = self.xy[rows] - self._found[rows]
            self._find(rows[(away * away).sum(axis=1) > self.settings.slack_m**2])
        self._gain(rows)

    def in_sight(self) -> Bools:
        """[u, m]: whether the user sees the candidate's site."""
        return np.concatenate([np.tile(self.xp.get(tier.los), (1, tier.slots)) for tier in self._tiers], axis=1)

    def _age(self, rows: Ints, moved_m: Floats) -> None:
        for block in self._blocks(len(rows)):
            part: Ints = self.xp.put(rows[block])
            moved: Floats = self.xp.put(moved_m[block])
            self._moves[part] += 1
            moves = self._moves[part]
            shadow, field = normals(self.xp.rows(self._keys, part), moves[:, np.newaxis], self.xp)
            for tier, own in zip(self._tiers, self._sites, strict=True):
                tier.advance(part, moved, shadow[:, :1], shadow[:, own], field[:, own])

    def _find(self, rows: Ints) -> None:
        self.found = rows
        if not len(rows):
            return
        self._found[rows] = self.xy[rows]
        for block in self._blocks(len(rows)):
            part: Ints = self.xp.put(rows[block])
            for tier, columns in zip(self._tiers, self._columns, strict=True):
                self.near[part, columns] = tier.find(part, self.xy[rows[block]], self._moves[part])

    def _gain(self, rows: Ints) -> None:
        for block in self._blocks(len(rows)):
            part: Ints = self.xp.put(rows[block])
            xy: Floats = self.xp.put(self.xy[rows[block]])
            for tier, columns in zip(self._tiers, self._columns, strict=True):
                self.gain_db[part, columns] = tier.gain_db(part, xy).reshape(len(part), tier.columns)

    def _blocks(self, rows: int) -> list[slice]:
        step = max(self.xp.block // self.gain_db.shape[1], 1)
        return [slice(first, first + step) for first in range(0, rows, step)]
