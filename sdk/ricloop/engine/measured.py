"""An engine that knows how long it takes, splits what it is given where that is quicker, and looks at its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.model import Engine, ModelError, Table
from ricloop.core.time import Clock
from ricloop.engine.buffers import aligned
from ricloop.engine.times import CAUTION, CAUTIOUS_RUNS, Times

WARM_UP_ROUNDS, WARM_UP_RUNS, WARM_UP_NS = 5, 100, 20_000_000
"""A round ends after so many runs or nanoseconds. The quietest counts: what a busy machine adds, later runs show."""
LEAST_RUNS = 5

Plan: TypeAlias = tuple[tuple[int, int], ...]
"""Calls as (bucket, rows of it that are asked for)."""


class Measured:
    """What the loop asks: write `rows` rows into `input(rows)`, have `expected_ns(rows)` left, call `infer(rows)`."""

    def __init__(self, engine: Engine, clock: Clock, known: Mapping[int, tuple[int, int]] | None = None) -> None:
        """`known`: per bucket the typical and the worst time in ns, where they were measured before (`measured`): there
        is no warm-up then. Raises ModelError where the engine fails on a table of zeros."""
        self.engine, self.buckets = engine, tuple(engine.buckets)
        self.bad_rows = 0
        """Rows so far whose answer was not finite."""
        self._clock = clock
        self._times = {bucket: Times() for bucket in self.buckets}
        self._cautious = 0
        for bucket in self.buckets:
            if known is None:
                engine.input(bucket)[:] = 0
                self._warm_up(bucket)
            else:
                typical, worst = known[bucket]
                self._times[bucket].warmed_up(typical=typical, worst=worst)
        self._outputs = engine.run(self.buckets[0], self.buckets[0]).shape[1]
        self._staged = aligned((0, engine.input(self.buckets[0]).shape[1]))
        self._joined = aligned((0, self._outputs))

    @property
    def name(self) -> str:
        return self.engine.name

    def bucket_for(self, rows: int) -> int:
        """The smallest bucket that holds `rows`; the largest where none does. Raises ModelError below one row."""
        if rows < 1:
            raise ModelError(f"a model is asked about 1 row or more, not {rows}")
        return next((bucket for bucket in self.buckets if bucket >= rows), self.buckets[-1])

    def expected_ns(self, rows: int) -> int:
        """How long `infer(rows)` may take: the 99.9th percentile of the bucket's window, summed over its calls; never
        less than the warm-up's, and a quarter more for a thousand runs after a missed deadline."""
        total = sum(self._times[bucket].expected for bucket, _ in self._plan(rows))
        return round(total * CAUTION) if self._cautious else total

    def typical_ns(self, rows: int) -> int:
        """The median that the warm-up found for these rows."""
        return sum(self._times[bucket].typical for bucket, _ in self._plan(rows))

    def input(self, rows: int) -> Table:
        """Where `rows` rows are written to, shape [rows, columns]; the same memory each time."""
        bucket = self.bucket_for(rows)
        if rows <= bucket:
            return self.engine.input(bucket)[:rows]
        if len(self._staged) < rows:
            whole = -(-rows // bucket) * bucket
            self._staged = aligned((whole, self._staged.shape[1]))
        return self._staged[:rows]

    def infer(self, rows: int) -> Table:
        """The answers to what stands in `input(rows)`, shape [rows, outputs], good until the next call. Rows that are
        not finite are counted in `bad_rows`; `finite` says which. Raises ModelError."""
        plan = self._plan(rows)
        if len(plan) == 1:
            answer = self._run(*plan[0])
        else:
            asked, answer, at = self.input(rows), self._join(rows), 0
            for bucket, part in plan:
                self.engine.input(bucket)[:part] = asked[at : at + part]
                answer[at : at + part] = self._run(bucket, part)
                at += part
        if answer.shape != (rows, self._outputs):
            raise ModelError(f"engine {self.name} answered {list(answer.shape)}, not {[rows, self._outputs]}")
        # A sum is not finite where anything in it is not; it costs a third of looking at each.
        with np.errstate(all="ignore"):
            whole = np.isfinite(answer.sum())
        if not whole:
            self.bad_rows += int(rows - finite(answer).sum())
        return answer

    def missed(self) -> None:
        """An answer came too late: expect more of the next thousand runs."""
        self._cautious = CAUTIOUS_RUNS

    def profile(self) -> dict[int, dict[str, float]]:
        """Per bucket `p50`, `p99` and `p99.9` in microseconds, over the last runs."""
        return {
            bucket: {f"p{percent:g}": times.percentile(percent) / 1000 for percent in (50, 99, 99.9)}
            for bucket, times in self._times.items()
        }

    def measured(self) -> dict[int, tuple[int, int]]:
        """Per bucket the typical and the expected time in ns: `known` of another engine of this kind on this host."""
        return {bucket: (times.typical, times.expected) for bucket, times in self._times.items()}

    def close(self) -> None:
        self.engine.close()

    # ------------------------------------------------------------------------------------------------ inside

    def _run(self, bucket: int, rows: int) -> Table:
        begin = self._clock.now()
        answer = self.engine.run(bucket, rows)
        self._times[bucket].add(self._clock.now() - begin)
        if self._cautious:
            self._cautious -= 1
        return answer

    def _warm_up(self, bucket: int) -> None:
        worst: list[float] = []
        median: list[float] = []
        for _ in range(WARM_UP_ROUNDS):
            took: list[int] = []
            # A clock that stands still measures nothing, however often it is asked.
            while len(took) < LEAST_RUNS or (len(took) < WARM_UP_RUNS and 0 < sum(took) < WARM_UP_NS):
                begin = self._clock.now()
                self.engine.run(bucket, bucket)
                took.append(self._clock.now() - begin)
            # The first call of all makes what later ones find.
            worst.append(np.percentile(took[1:], 99.9, method="lower"))
            median.append(np.median(took[1:]))
        self._times[bucket].warmed_up(typical=int(min(median)), worst=int(min(worst)))

    def _plan(self, rows: int) -> Plan:
        """The calls that are expected to take least time, among: one bucket, or larger buckets full and a rest."""
        return self._split(rows, self.buckets.index(self.bucket_for(rows)))[1]

    def _split(self, rows: int, level: int) -> tuple[int, Plan]:
        """(expected ns, calls) with buckets up to `level`: that one as often as it is full, then the rest."""
        bucket = self.buckets[level]
        cost = self._times[bucket].expected
        whole, rest = divmod(rows, bucket)
        took, calls = (self._split(rest, level - 1) if level else (cost, ((bucket, rest),))) if rest else (0, ())
        # A rest that a smaller bucket holds goes there: that is where `input` had it written.
        if rest and level and rest > self.buckets[level - 1] and cost <= took:
            took, calls = cost, ((bucket, rest),)
        return cost * whole + took, ((bucket, bucket),) * whole + calls

    def _join(self, rows: int) -> Table:
        if len(self._joined) < rows:
            self._joined = aligned((max(rows, self.buckets[-1]), self._outputs))
        return self._joined[:rows]


def finite(answer: Table) -> NDArray[np.bool_]:
    """Shape [rows]: which answers may be used."""
    found: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(answer), axis=1)
    return found
