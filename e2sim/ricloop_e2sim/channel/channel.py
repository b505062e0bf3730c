"""The large-scale channel between users that move and the cells near them (TR 38.901).

Everything random about a pair of user and site comes from a sequence of its own, at the number of moves the user has
made: nothing that others do, no order and no control changes it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.channel.draws import COMMON, normals, site_keys, user_keys
from ricloop_e2sim.channel.plan import Plan, Settings, UserPlan
from ricloop_e2sim.channel.tier import Tier
from ricloop_e2sim.layout import Bools, Floats, Ints

BLOCK = 32_768
"""Gains computed together: few enough that the arrays on the way stay in a processor's cache."""


class Channel:
    """Gains to the candidate cells of each user: those of the nearest sites of each scenario, m in all.

    Two channels of equal plans, seeds and moves are equal to the bit. Raises ConfigError where the positions do not fit
    the users.
    """

    def __init__(
        self,
        plan: Plan,
        users: UserPlan,
        xy: Floats,
        seed: np.random.SeedSequence,
        settings: Settings = Settings(),  # noqa: B008 — frozen
    ) -> None:
        count = users.user_count
        if xy.shape != (count, 2):
            raise ConfigError(f"positions of {count} users have shape {xy.shape}; give ({count}, 2)")
        self.settings = settings
        keys = user_keys(seed, count)
        self._common_keys = site_keys(keys, COMMON)
        self._moves = np.zeros(count, dtype=np.int64)
        self.xy = np.array(xy, dtype=np.float64)
        """[u, 2], m: where the gains hold."""
        self._found = self.xy.copy()
        scenarios = sorted(set(plan.scenario))
        self._tiers = [Tier(plan, scenario, users, keys, settings) for scenario in scenarios]
        edges = np.cumsum([0, *(tier.columns for tier in self._tiers)]).tolist()
        self._columns = [slice(first, last) for first, last in pairwise(edges)]
        self.near = np.full((count, edges[-1]), -1)
        """[u, m]: candidate cells, −1 where there is none."""
        self.gain_db = np.full((count, edges[-1]), -np.inf)
        """[u, m]: from the antenna port, all losses and gains; −∞ where there is no cell."""
        self.changed: Ints = np.arange(count)
        """Users whose row of `gain_db`, and perhaps of `near`, the last move changed; ascending."""
        common = normals(self._common_keys, self._moves)[0]
        for tier in self._tiers:
            tier.start(common)
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
        rows = np.flatnonzero(squared > self.settings.grain_m**2)
        self.changed = rows
        if not len(rows):
            return
        self.xy[rows] = xy[rows]
        self._moves[rows] += 1
        moved = np.sqrt(squared[rows])
        common = normals(self._common_keys[rows], self._moves[rows])[0]
        for part in self._blocks(len(rows)):
            for tier in self._tiers:
                tier.advance(rows[part], moved[part], self._moves, common[part])
        if not self.settled:
            away = self.xy[rows] - self._found[rows]
            self._find(rows[(away * away).sum(axis=1) > self.settings.slack_m**2])
        self._gain(rows)

    def in_sight(self) -> Bools:
        """[u, m]: whether the user sees the candidate's site."""
        return np.concatenate([np.tile(tier.los, (1, tier.slots)) for tier in self._tiers], axis=1)

    def _find(self, rows: Ints) -> None:
        if not len(rows):
            return
        self._found[rows] = self.xy[rows]
        for tier, columns in zip(self._tiers, self._columns, strict=True):
            self.near[rows, columns] = tier.find(rows, self.xy, self._moves)

    def _gain(self, rows: Ints) -> None:
        for block in self._blocks(len(rows)):
            part = rows[block]
            for tier, columns in zip(self._tiers, self._columns, strict=True):
                self.gain_db[part, columns] = tier.gain_db(part, self.xy).reshape(len(part), tier.columns)

    def _blocks(self, rows: int) -> list[slice]:
        step = max(BLOCK // self.gain_db.shape[1], 1)
        return [slice(first, first + step) for first in range(0, rows, step)]
