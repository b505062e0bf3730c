"""Train `anomaly-ae`: simulate, fit, break things, compare with baselines, write the artifact and its card.

ricloop models train anomaly-ae --seed 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from ricloop.core.model import Table
from ricloop.engine.graph import Graph
from ricloop.store import Artifact
from ricloop_e2sim.scenarios import find
from ricloop_models import rollouts
from ricloop_models.anomaly_ae import FARTHEST, LENGTH, METRICS, NAME, network, weighed
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.detection import alarms, area_under_precision_recall, area_under_roc
from ricloop_models.train.device import Batch
from ricloop_models.train.publish import publish

VERSION = "2.0.0"
COMPONENTS = 16
"""Of the principal component baseline: as wide as the autoencoder's middle."""
COLUMNS = len(METRICS) * LENGTH


@dataclass(frozen=True)
class Settings:
    """Train anomaly-ae on simulated days without faults."""

    seed: int = field(default=1, metadata={"help": "of the weights, the batches and, times 1000, the rollouts"})
    scenario: str = field(default="three-sites", metadata={"help": "of the simulator"})
    days: int = field(default=2, metadata={"help": "of each rollout"})
    training: int = field(default=48, metadata={"help": "rollouts to learn from"})
    validation: int = field(default=12, metadata={"help": "rollouts without faults to set thresholds on"})
    held_out: int = field(default=16, metadata={"help": "rollouts with faults to score on"})
    faults: int = field(default=9, metadata={"help": "of each held-out rollout, every kind in turn"})
    stride: int = field(default=2, metadata={"help": "periods between two windows to learn from"})
    steps: int = field(default=300, metadata={"help": "of Adam; with more it copies better and finds less"})
    batch: int = field(default=512, metadata={"help": "windows per step"})
    rate: float = field(default=2e-3, metadata={"help": "learning rate at the start"})
    quiet: float = field(default=0.99, metadata={"help": "share of fault-free windows below the threshold"})


@dataclass(frozen=True, eq=False)
class Scaling:
    """Median and interquartile range of each metric on the training data, [metrics]."""

    median: NDArray[np.float64]
    width: NDArray[np.float64]

    def __call__(self, table: Table) -> NDArray[np.float64]:
        """What the network sees: [windows, columns]."""
        median, width = np.repeat(self.median, LENGTH), np.repeat(self.width, LENGTH)
        away: NDArray[np.float64] = (np.where(np.isnan(table), median, table) - median) / width
        return away.clip(-FARTHEST, FARTHEST)


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    run.no_data(NAME)
    fit.steady(settings.seed)
    first = 1000 * settings.seed
    parts = np.split(
        np.arange(first, first + settings.training + settings.validation + settings.held_out),
        [settings.training, settings.training + settings.validation],
    )
    learned, _ = simulate(settings, parts[0], "training", 0, settings.stride, run.console)
    quiet, _ = simulate(settings, parts[1], "validation", 0, 1, run.console)
    broken, fault = simulate(settings, parts[2], "held-out", settings.faults, 1, run.console)

    low, median, high = np.nanpercentile(by_metric(learned), [25, 50, 75], axis=1)
    scaling = Scaling(median, np.maximum(high - low, 1e-3))
    model = network(settings.seed, scaling.median, scaling.width)
    fitted = fit.fit(
        fit.forward_of(model, run),
        fit.start_of(model),
        batches(learned, settings),
        lambda said, _: said[:, 0].mean(),
        count=settings.steps,
        rate=settings.rate,
        run=run,
        about=settings,
    )
    graph = model.trained(fitted.weights)
    graph = weighed(graph, fit.answers(graph, learned)[:, 1:].astype(np.float64).mean(0))

    threshold = float(np.float32(np.quantile(fit.answers(graph, quiet)[:, 0], settings.quiet)))
    plan = find(settings.scenario)
    return publish(
        run.out,
        graph,
        golden_inputs(broken),
        name=NAME,
        version=run.version or VERSION,
        window={"metrics": METRICS, "length": LENGTH},
        output={"kind": "anomalies", "threshold": threshold},
        period_ms=plan.tick_us // 1000,
        day_ms=round(plan.demand.day_s * 1000),
        calibration={
            "threshold": threshold,
            "quiet": settings.quiet,
            "scaling": {
                metric: {"median": float(middle), "width": float(width)}
                for metric, middle, width in zip(METRICS, scaling.median, scaling.width, strict=True)
            },
        },
        settings=settings,
        data_sha256=fit.digest(learned),
        seeds=dict(zip(("training", "validation", "held_out"), (part.tolist() for part in parts), strict=True)),
        scores=compare(graph, scaling, learned, quiet, (broken, fault), settings),
        legend=f"{(fault > 0).mean():.1%} of the windows are faulty, which is what random scores in auc-pr; beside it "
        f"auc-pr of each kind alone. found: share of faulty windows above the threshold of {settings.quiet:.0%}; "
        "false: share of the others. Baselines scale as the model does.",
        paragraphs=paragraphs(settings, model.parameters, threshold),
        score_tolerance={"auc-pr": 0.02, "auc-roc": 0.02, "found": 0.03, "false": 0.005, "f1": 0.03},
        parameters=model.parameters,
        trained=fitted.how,
        clock=run.clock,
    )


def paragraphs(settings: Settings, parameters: int, threshold: float) -> list[str]:
    """Of the card."""
    plan = find(settings.scenario)
    return [
        f"How unlike its training each cell behaves, from the last {LENGTH} values of {', '.join(METRICS)}; "
        f"with each metric's part of the score, of which 1 is usual. {parameters} parameters.",
        f"Trained on {settings.training} seeded rollouts of the simulator's scenario `{settings.scenario}` "
        f"({plan.title}), {settings.days} days each, reports every {plan.tick_us // 1000} ms, without faults and "
        f"without cells that sleep: a sleeping cell is unusual to it. The threshold {threshold:.2f} leaves "
        f"{settings.quiet:.0%} of fault-free windows of {settings.validation} other seeds below it. How long to "
        "train was chosen on the rollouts of another `--seed`.",
        f"Scored on {settings.held_out} further seeds with {settings.faults} faults each: interference (a PRB "
        "carries a quarter), a surge (four times the traffic), a node that reports the same numbers again and"
        " again. A window is faulty where its newest period is. Numbers that stand still are easier to guess "
        "than those that move: no way here finds a stuck node.",
        "Meant for: a hint where to look, with the metric to blame. Not for: deciding alone, or a network "
        "that was not simulated; train it on your own days first. A value that is missing counts as its "
        "metric's median.",
        "Times are this machine's own: `ricloop bench engine --model anomaly-ae`. On a GPU: not measured.",
    ]


def simulate(
    settings: Settings, seeds: NDArray[np.int64], what: str, faults: int, stride: int, console: Console
) -> tuple[Table, NDArray[np.int8]]:
    """The windows of all cells of some seeds' rollouts, and the kind of fault at the newest period of each."""
    plan, tables, kinds = find(settings.scenario), [], []
    periods = settings.days * round(plan.demand.day_s * 1e6 / plan.tick_us)
    for seed in track(seeds.tolist(), f"{what} rollouts", console=console, transient=True):
        run = rollouts.rollout(plan, seed, periods, METRICS, rollouts.draw_faults(plan, seed, periods, faults))
        tables.append(windows(run.values)[::stride].reshape(-1, COLUMNS))
        kinds.append(run.fault[LENGTH - 1 :: stride].reshape(-1))
    return np.concatenate(tables), np.concatenate(kinds)


def batches(learned: Table, settings: Settings) -> Batch:
    """The target is the window itself, which the network compares with inside."""
    rows_of = fit.shuffled(len(learned), settings.batch, settings.seed)

    def batch(step: int) -> tuple[Table, Table]:
        found = learned[rows_of(step)]
        return found, found

    return batch


def by_metric(table: Table) -> Table:
    """[metrics, values]"""
    return table.reshape(-1, len(METRICS), LENGTH).transpose(1, 0, 2).reshape(len(METRICS), -1)


def compare(
    graph: Graph,
    scaling: Scaling,
    train: Table,
    quiet: Table,
    broken: tuple[Table, NDArray[np.int8]],
    settings: Settings,
) -> dict[str, dict[str, float]]:
    """The model and its baselines on the held-out windows; thresholds from fault-free ones."""
    table, fault = broken
    centre = scaling(train).mean(0)
    principal = np.linalg.svd(scaling(train) - centre, full_matrices=False)[2][:COMPONENTS]
    dice = np.random.default_rng((settings.seed, 3))

    def outside(seen: Table) -> NDArray[np.float64]:
        away = scaling(seen) - centre
        beyond: NDArray[np.float64] = np.square(away - away @ principal.T @ principal).mean(1)
        return beyond

    ways: dict[str, Callable[[Table], NDArray[np.float64]]] = {
        "this model": lambda seen: fit.answers(graph, seen)[:, 0].astype(np.float64),
        f"PCA, {COMPONENTS} components": outside,
        "L2 norm of scaled values": lambda seen: np.square(scaling(seen)).mean(1),
        "largest scaled value": lambda seen: np.abs(scaling(seen)).max(1),
        "random": lambda seen: dice.random(len(seen)),
    }
    scores = {}
    for who, way in ways.items():
        found, threshold = way(table), float(np.quantile(way(quiet), settings.quiet))
        scores[who] = {"auc-pr": area_under_precision_recall(found, fault > 0)}
        for number, kind in enumerate(rollouts.KINDS, start=1):
            alone = (fault == 0) | (fault == number)
            scores[who][kind] = area_under_precision_recall(found[alone], fault[alone] > 0)
        scores[who] |= {"auc-roc": area_under_roc(found, fault > 0), **alarms(found, fault > 0, threshold)}
    return scores


def windows(values: Table) -> Table:
    """[periods − 7, cells, metric by metric from oldest to newest] of [periods, cells, metrics]."""
    return np.lib.stride_tricks.sliding_window_view(values, LENGTH, axis=0)


def golden_inputs(table: Table) -> Table:
    """64 windows, some with holes, one with nothing at all, one absurd."""
    golden = table[:: len(table) // 64][:64].copy()
    golden[1, ::3] = np.nan
    golden[2] = np.nan
    golden[3] = 1e30
    return golden
