"""The inputs that KPM offers an xApp: a report per cell, or per UE, each period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed
from ricloop.core.time import ms
from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.kpm.metric import Metric
from ricloop.e2sm.kpm.report import Report, UeReport, rows_of

_LONGEST_MS = (1 << 32) - 1


@dataclass(frozen=True, eq=False)
class Every(Feed[Report]):
    """Cell-level metrics, each `period` (report style 1)."""

    period: timedelta
    metrics: tuple[Metric, ...]
    rows: Mapping[Metric, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check("kpm.every", self.period, self.metrics)
        object.__setattr__(self, "rows", rows_of(self.metrics))

    @cached_property
    def title(self) -> str:
        return f"kpm.every({period_ms(self)} ms, {', '.join(map(str, self.metrics))})"


@dataclass(frozen=True, eq=False)
class EveryUe(Feed[UeReport]):
    """UE-level metrics, each `period`, of the UEs for which `where` holds (report style 4)."""

    period: timedelta
    metrics: tuple[Metric, ...]
    where: Condition | None = None
    rows: Mapping[Metric, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check("kpm.every_ue", self.period, self.metrics)
        for metric in self.metrics:
            if not metric.measure.per_ue:
                raise ConfigError(f"kpm.every_ue: '{metric}' is measured per cell or node, not per UE; use kpm.every")
        object.__setattr__(self, "rows", rows_of(self.metrics))

    @cached_property
    def title(self) -> str:
        where = "" if self.where is None else f", where {self.where}"
        return f"kpm.every_ue({period_ms(self)} ms, {', '.join(map(str, self.metrics))}{where})"


def every(period: timedelta, *metrics: Metric) -> Feed[Report]:
    """A `Report` of all cells each `period` (whole milliseconds): `every(ms(100), Metric("RRU.PrbTotDl"))`."""
    return Every(period, metrics)


def every_ue(period: timedelta, *metrics: Metric, where: Condition | None = None) -> Feed[UeReport]:
    """A `UeReport` each `period`; `where=None` means every UE."""
    return EveryUe(period, metrics, where)


def period_ms(feed: Every | EveryUe) -> int:
    """The reporting period in milliseconds."""
    return feed.period // ms(1)


def _check(what: str, period: Any, metrics: tuple[Any, ...]) -> None:
    if not isinstance(period, timedelta):
        raise ConfigError(f"{what}: the period is a length of time, as ms(100), not {period!r}")
    if period % ms(1) or not 1 <= period // ms(1) <= _LONGEST_MS:
        raise ConfigError(f"{what}: the period is whole milliseconds from 1 to {_LONGEST_MS}, not {period}")
    if not metrics:
        raise ConfigError(f"{what} needs at least one metric, as kpm.Metric('RRU.PrbTotDl')")
    for metric in metrics:
        if not isinstance(metric, Metric):
            raise ConfigError(f"{what}: {metric!r} is not a kpm.Metric; write kpm.Metric({metric!r})")
    if len({metric.key for metric in metrics}) != len(metrics):
        raise ConfigError(f"{what}: a metric is named twice in {', '.join(map(str, metrics))}")
