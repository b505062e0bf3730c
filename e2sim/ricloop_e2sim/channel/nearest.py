"""The sites nearest to a user, found through a grid of buckets.

Each bucket lists every site that can be among the nearest of any point in it, so a search looks at a few dozen sites
however many there are. Built once: the lists of large squares first, and from these the buckets'.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

AT_ONCE = 1_000_000
"""Distances computed together: bounds the memory."""
DIAGONAL = 1.001 * 2**0.5
"""Of a bucket, in edges, and a little for rounding."""
COARSE = 8
"""Buckets along the edge of a large square."""
MARGIN = 4
"""Buckets beyond the outermost sites; a user beyond those is compared with every site."""


class NearestSites:
    """Finds the `keep` nearest of the sites at (x, y), or all where there are fewer."""

    def __init__(self, x_m: Floats, y_m: Floats, keep: int) -> None:
        self.x, self.y = x_m, y_m
        self.keep = min(keep, len(x_m))
        width, height = float(np.ptp(x_m)), float(np.ptp(y_m))
        longer = max(width, height)
        self.edge = max(np.sqrt(width * height / len(x_m)), longer / len(x_m), 1.0) / 2
        self.left = x_m.min() - MARGIN * self.edge
        self.low = y_m.min() - MARGIN * self.edge
        self.columns = int(width / self.edge) + 2 * MARGIN + 1
        self.rows = int(height / self.edge) + 2 * MARGIN + 1
        self.lists = self._lists() if self.keep < len(x_m) else np.arange(len(x_m))[np.newaxis]

    def _lists(self) -> Ints:
        """[buckets, l]: sites per bucket, l the longest list that any needs."""
        column, row = np.arange(self.columns), np.arange(self.rows)[:, np.newaxis]
        wide = (self.columns - 1) // COARSE + 1
        squares = self._within(wide, (self.rows - 1) // COARSE + 1, COARSE * self.edge, None)
        return self._within(self.columns, self.rows, self.edge, squares[row // COARSE * wide + column // COARSE])

    def _within(self, columns: int, rows: int, edge: float, among: Ints | None) -> Ints:
        """[squares, l]: of sites `among` [rows, columns, k], None: all, those that can be nearest to any point of each.

        A point of a square is within half a diagonal of its centre, so its nearest sites are within a whole diagonal
        beyond the centre's own.
        """
        count = columns * rows
        sites = np.arange(len(self.x))[np.newaxis] if among is None else among.reshape(count, -1)
        parts = np.array_split(np.arange(count), 1 + count * sites.shape[1] // AT_ONCE)

        def distances(part: Ints) -> tuple[Ints, Floats]:
            some = sites if among is None else sites[part]
            x = self.left + (part % columns + 0.5) * edge
            y = self.low + (part // columns + 0.5) * edge
            return some, np.hypot(self.x[some] - x[:, np.newaxis], self.y[some] - y[:, np.newaxis])

        most = 0
        for part in parts:
            distance = distances(part)[1]
            own = np.partition(distance, self.keep - 1, axis=1)[:, self.keep - 1, np.newaxis]
            most = max(most, int((distance <= own + DIAGONAL * edge).sum(axis=1).max()))
        lists = np.empty((count, most), dtype=np.int64)
        for part in parts:
            some, distance = distances(part)
            closest = np.argpartition(distance, most - 1, axis=1)[:, :most]
            lists[part] = np.take_along_axis(np.broadcast_to(some, distance.shape), closest, axis=1)
        return lists

    def find(self, xy: Floats) -> Ints:
        """[n, keep], ascending: the sites nearest to points [n, 2]."""
        if self.keep == len(self.x):
            return np.broadcast_to(self.lists, (len(xy), self.keep)).copy()
        column = np.floor((xy[:, 0] - self.left) / self.edge)
        row = np.floor((xy[:, 1] - self.low) / self.edge)
        within = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        near = np.empty((len(xy), self.keep), dtype=np.int64)
        inside = np.flatnonzero(within)
        bucket = (row[inside] * self.columns + column[inside]).astype(np.int64)
        near[inside] = self._closest(xy[inside], self.lists[bucket])
        outside = np.flatnonzero(~within)
        everywhere = np.arange(len(self.x))
        for part in np.array_split(outside, 1 + len(outside) * len(self.x) // AT_ONCE):
            near[part] = self._closest(xy[part], np.broadcast_to(everywhere, (len(part), len(everywhere))))
        return near

    def _closest(self, xy: Floats, among: Ints) -> Ints:
        """[n, keep], ascending: the nearest to points [n, 2] of the sites [n, l] listed for each."""
        squared = (self.x[among] - xy[:, :1]) ** 2 + (self.y[among] - xy[:, 1:]) ** 2
        first = np.argpartition(squared, self.keep - 1, axis=1)[:, : self.keep]
        return np.sort(np.take_along_axis(among, first, axis=1), axis=1)
