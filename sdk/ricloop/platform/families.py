"""Metrics from plain numbers, and as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

Values: TypeAlias = float | Mapping[Any, float]
"""One number where there is no label, else by the label's value, or the tuple of all of them."""

FamilyT = TypeVar("FamilyT", CounterMetricFamily, GaugeMetricFamily)


def counter(name: str, text: str, values: Values, *labels: str) -> Metric:
    return _filled(CounterMetricFamily(name, text, labels=labels), values)


def gauge(name: str, text: str, values: Values, *labels: str) -> Metric:
    return _filled(GaugeMetricFamily(name, text, labels=labels), values)


def histogram(
    name: str, text: str, values: Mapping[str, tuple[Sequence[tuple[float, int]], int, float]], label: str
) -> Metric:
    """`values`: by that of the label, the buckets as (end, how many up to it), how many in all, and their sum."""
    family = HistogramMetricFamily(name, text, labels=[label])
    for value, (buckets, count, total) in values.items():
        upto = [(str(edge), float(number)) for edge, number in buckets]
        family.add_metric([value], [*upto, ("+Inf", float(count))], total)
    return family


def as_text(metrics: Iterable[Metric]) -> bytes:
    """In Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(metrics))
    return generate_latest(registry)


def _filled(family: FamilyT, values: Values) -> FamilyT:
    for value, number in values.items() if isinstance(values, Mapping) else [((), values)]:
        family.add_metric([value] if isinstance(value, str) else list(value), float(number))
    return family


class _Told(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics
