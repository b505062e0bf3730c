"""What is told of models' versions, challengers, drift and energy, as Prometheus reads it.

Label sets are bounded: handlers are those of the run, signals those of their models, versions those at work in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

_SHADOW = ("xapp", "handler", "challenger")


def lifecycle_metrics(told: dict[str, Any]) -> Iterator[Metric]:
    """Of `Lifecycle.status`."""
    versions = CounterMetricFamily("ricloop_model_versions", "Versions that went to work, or not.", labels=["result"])
    for result, count in told["versions"].items():
        versions.add_metric([result], count)
    yield versions
    drift = GaugeMetricFamily(
        "ricloop_drift", "1 while a signal of a model drifts, once it has.", labels=["handler", "model", "signal"]
    )
    for row in told["drifting"]:
        drift.add_metric([row["handler"], row["model"], row["signal"]], int(row["drifting"]))
    yield drift
    unseen = CounterMetricFamily(
        "ricloop_model_unseen", "Reports and answers that nobody had time to look at.", labels=["xapp", "handler"]
    )
    for row in told["models"]:
        unseen.add_metric([row["xapp"], row["handler"]], row["not_looked_at"])
    yield unseen
    yield from _errors(told["models"])
    yield from _shadows([row for row in told["models"] if row["shadow"] is not None])
    if (energy := told["energy"]) is not None:
        yield from _energy(energy)


def _errors(models: list[dict[str, Any]]) -> Iterator[Metric]:
    labels = ("xapp", "handler", "horizon")
    error = GaugeMetricFamily(
        "ricloop_model_error", "Mean absolute error of a forecast, by how many periods ahead.", labels=labels
    )
    misses = GaugeMetricFamily("ricloop_model_misses", "Share of what came outside the forecast's band.", labels=labels)
    for row in models:
        for of_horizon in row["error"]:
            if of_horizon["mae"] is not None:
                whose = (row["xapp"], row["handler"], str(of_horizon["horizon"]))
                error.add_metric(whose, of_horizon["mae"])
                misses.add_metric(whose, of_horizon["misses"])
    yield error
    yield misses


def _shadows(models: list[dict[str, Any]]) -> Iterator[Metric]:
    decisions = CounterMetricFamily("ricloop_shadow_decisions", "Answers that were compared.", labels=_SHADOW)
    skipped = CounterMetricFamily(
        "ricloop_shadow_skipped", "Answers that the challenger was not asked about.", labels=[*_SHADOW, "reason"]
    )
    faults = CounterMetricFamily(
        "ricloop_shadow_faults", "What the challenger did instead of answering.", labels=[*_SHADOW, "kind"]
    )
    disagreement = GaugeMetricFamily("ricloop_shadow_disagreement", "How much both differ, 0 to 1.", labels=_SHADOW)
    error = GaugeMetricFamily("ricloop_shadow_error", "Mean absolute error of each.", labels=[*_SHADOW, "of"])
    for row in models:
        shadow = row["shadow"]
        labels = [row["xapp"], row["handler"], shadow["challenger"]]
        decisions.add_metric(labels, shadow["decisions"])
        for reason, count in shadow["skip_reasons"].items():
            skipped.add_metric([*labels, reason], count)
        for kind, count in shadow["fault_kinds"].items():
            faults.add_metric([*labels, kind], count)
        if shadow["disagreement"] is not None:
            disagreement.add_metric(labels, shadow["disagreement"])
        for who in ("champion", "challenger"):
            if shadow[f"{who}_error"] is not None:
                error.add_metric([*labels, who], shadow[f"{who}_error"])
    yield from (decisions, skipped, faults, disagreement, error)


def _energy(energy: dict[str, Any]) -> Iterator[Metric]:
    joules = CounterMetricFamily(
        "ricloop_energy_joules", "What computing took: busy, and the rest of its share.", labels=["source", "part"]
    )
    for name, value in energy["joules"].items():
        joules.add_metric(name.split(), value)
    yield joules
    yield CounterMetricFamily(
        "ricloop_cpu_seconds", "Processor time of the RIC and the processes beside it.", energy["cpu_seconds"]
    )
    for name, text in (
        ("joules_per_decision", "Energy of a decision, the idle share in it."),
        ("cost_per_1000_decisions", "Currency for a thousand decisions, by tariff and PUE."),
        ("saved_watts", "What sleeping cells save."),
        ("net_watts", "What sleeping cells save, less what computing takes."),
    ):
        if energy[name] is not None:
            yield GaugeMetricFamily(f"ricloop_{name}", text, energy[name])
