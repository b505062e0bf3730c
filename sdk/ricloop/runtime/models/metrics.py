"""What is told of models' versions, challengers, drift and energy, as Prometheus reads it.

Label sets are bounded: handlers are those of the run, signals those of their models, versions those at work in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import Metric

from ricloop.platform.families import counter, gauge

_HANDLER = ("xapp", "handler")
_SHADOW = (*_HANDLER, "challenger")


def lifecycle_metrics(told: dict[str, Any]) -> Iterator[Metric]:
    """Of `Lifecycle.status`."""
    yield counter("ricloop_model_versions", "Versions that went to work, or not.", told["versions"], "result")
    drifting = {(row["handler"], row["model"], row["signal"]): int(row["drifting"]) for row in told["drifting"]}
    yield gauge(
        "ricloop_drift", "1 while a signal of a model drifts, once it has.", drifting, "handler", "model", "signal"
    )
    models = {(row["xapp"], row["handler"]): row for row in told["models"]}
    unseen = {handler: row["not_looked_at"] for handler, row in models.items()}
    yield counter("ricloop_model_unseen", "Reports and answers that nobody had time to look at.", unseen, *_HANDLER)
    yield from _errors(models)
    yield from _shadows(
        {(*handler, one["challenger"]): one for handler, row in models.items() if (one := row["shadow"]) is not None}
    )
    if (energy := told["energy"]) is not None:
        yield from _energy(energy)


def _errors(models: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Metric]:
    known = {
        (*handler, str(of["horizon"])): of
        for handler, row in models.items()
        for of in row["error"]
        if of["mae"] is not None
    }
    for name, text, key in (
        ("ricloop_model_error", "Mean absolute error of a forecast, by how many periods ahead.", "mae"),
        ("ricloop_model_misses", "Share of what came outside the forecast's band.", "misses"),
    ):
        yield gauge(name, text, {whose: of[key] for whose, of in known.items()}, *_HANDLER, "horizon")


def _shadows(shadows: dict[tuple[str, ...], dict[str, Any]]) -> Iterator[Metric]:
    decisions = {whose: shadow["decisions"] for whose, shadow in shadows.items()}
    yield counter("ricloop_shadow_decisions", "Answers that were compared.", decisions, *_SHADOW)
    for name, text, key, label in (
        ("ricloop_shadow_skipped", "Answers that the challenger was not asked about.", "skip_reasons", "reason"),
        ("ricloop_shadow_faults", "What the challenger did instead of answering.", "fault_kinds", "kind"),
    ):
        counts = {(*whose, why): n for whose, shadow in shadows.items() for why, n in shadow[key].items()}
        yield counter(name, text, counts, *_SHADOW, label)
    differ = {whose: d for whose, shadow in shadows.items() if (d := shadow["disagreement"]) is not None}
    yield gauge("ricloop_shadow_disagreement", "How much both differ, 0 to 1.", differ, *_SHADOW)
    errors = {
        (*whose, who): error
        for whose, shadow in shadows.items()
        for who in ("champion", "challenger")
        if (error := shadow[f"{who}_error"]) is not None
    }
    yield gauge("ricloop_shadow_error", "Mean absolute error of each.", errors, *_SHADOW, "of")


def _energy(energy: dict[str, Any]) -> Iterator[Metric]:
    joules = {tuple(name.split()): value for name, value in energy["joules"].items()}
    yield counter(
        "ricloop_energy_joules", "What computing took: busy, and the rest of its share.", joules, "source", "part"
    )
    yield counter(
        "ricloop_cpu_seconds", "Processor time of the RIC and the processes beside it.", energy["cpu_seconds"]
    )
    for name, text in (
        ("joules_per_decision", "Energy of a decision, the idle share in it."),
        ("cost_per_1000_decisions", "Currency for a thousand decisions, by tariff and PUE."),
        ("saved_watts", "What sleeping cells save."),
        ("net_watts", "What sleeping cells save, less what computing takes."),
    ):
        if energy[name] is not None:
            yield gauge(f"ricloop_{name}", text, energy[name])
