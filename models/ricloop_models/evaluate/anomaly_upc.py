"""UPC LTE counters, 17 labelled cells: with labels, folds by cell; without, by cell and hour, and by grain.

That the label follows the grain was seen by looking at labelled rows: the rule that finds it uses no label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from ricloop.core.model import ContextPlan
from ricloop.features import Context
from ricloop_models.detection import area_under_precision_recall, area_under_roc
from ricloop_models.evaluate import grain, logistic
from ricloop_models.evaluate.base import Cell, Evaluation, Scores
from ricloop_models.evaluate.upc import FILE, QUARTER_NS, Upc, folds, read
from ricloop_models.principal import fit_principal

Floats = NDArray[np.float64]
FOLDS, RESOLUTION, SEED = 5, 0.001, 1
COMPONENTS = 4
"""Of 11 metrics, about a third; no score chose it."""
NO_SKLEARN = 'isolation forest and boosted trees: scikit-learn is absent; pip install "ricloop[evaluate]"'


def evaluate(data: Path, progress: Progress) -> Evaluation:
    """Both tables, and a row for machines per cell."""
    if not (data / FILE).exists():
        return Evaluation((), absent=(f"{data / FILE}, see PROVENANCE.md",))
    upc = read(data)
    near, away = context(upc), off_grain(upc)
    task = progress.add_task("UPC cells", total=None)
    unsupervised = without_labels(upc, near, away)
    supervised = with_labels(upc, near, away)
    progress.remove_task(task)
    ours = next(iter(unsupervised))
    rows: list[Mapping[str, Cell]] = [
        {"dataset": "upc", "entity": name, "who": ours, "auc": _auc(unsupervised[ours], upc, upc.cell == number)}
        for number, name in enumerate(upc.cells)
    ]
    note = (
        f"{len(upc.values)} rows of {len(upc.cells)} cells, {upc.unusual.mean():.1%} labelled unusual. The labels "
        "follow the counters' grain: usual rows hold multiples of 0.10105 % of PRBs, unusual ones of 0.0995 %."
    )
    tables = (
        Scores(
            "UPC cells, with labels",
            ("f1", "auc", "least f1 of a cell"),
            {who: _classified(said, upc) for who, said in supervised.items()},
            f"{note} {FOLDS} folds by cell: nothing of a cell is on both sides; threshold: likelier than not.",
        ),
        Scores(
            "UPC cells, without labels",
            ("auc", "auc-pr", "least auc of a cell"),
            {who: _ranked(said, upc) for who, said in unsupervised.items()},
            f"{note} Nobody sees a label. Context: each cell's own centre and spread by hour (`features.Context`).",
        ),
    )
    return Evaluation(tables, rows=rows, absent=() if find_spec("sklearn") else (NO_SKLEARN,))


def context(upc: Upc) -> Floats:
    """[rows, metrics]: in spreads from what is usual of the row's cell at its hour, which the context of the loop
    learned of all rows in the order of the file; no label has a part in it. A missing value is usual."""
    low, centre, high = np.nanpercentile(upc.values, [25, 50, 75], axis=0)
    spread = np.maximum(high - low, 1e-3)
    usual = Context(
        ContextPlan(24, 500, 12, tuple(centre.tolist()), tuple(spread.tolist()), (False,) * len(upc.metrics), 1),
        day_ns=96 * QUARTER_NS,
    )
    cells, values = upc.cell.astype(np.uint64), upc.values.astype(np.float32)
    for row in range(len(values)):
        usual.update(cells[row : row + 1], int(upc.quarter[row]) * QUARTER_NS, values[row][:, None])
    far = np.empty_like(values)
    for quarter in range(96):
        rows = np.flatnonzero(upc.quarter == quarter)
        far[rows] = usual.scale(cells[rows], quarter * QUARTER_NS, values[rows].T).T
    return np.nan_to_num(far).astype(np.float64)


def off_grain(upc: Upc) -> Floats:
    """[rows, metrics with a clear grain]: rounding errors off the lattice on which most values of all cells lie."""
    grains = [grain.grain(column, RESOLUTION, SEED) for column in upc.values.T]
    clear = [place for place, one in enumerate(grains) if one.strength > grain.CLEAR]
    return np.column_stack([grain.off(upc.values[:, place], grains[place].step, RESOLUTION) for place in clear])


def without_labels(upc: Upc, near: Floats, away: Floats) -> dict[str, Floats]:
    """A score [rows] by who says it; ours first."""
    raw = _scaled(upc.values)
    scores: dict[str, Floats] = {
        "off the counters' grain": away.sum(axis=1),
        "PCA of the context, SPE + T²": fit_principal(near, COMPONENTS).score(near),
        "L2 norm of the context": np.square(near).sum(axis=1),
        "largest of the context": np.abs(near).max(axis=1),
        "PCA, raw": fit_principal(raw, COMPONENTS).score(raw),
    }
    if find_spec("sklearn"):
        from sklearn.ensemble import IsolationForest

        for who, seen in (("isolation forest, context", near), ("isolation forest, raw", raw)):
            scores[who] = -IsolationForest(n_estimators=200, random_state=SEED).fit(seen).score_samples(seen)
    return scores | {"random": np.random.default_rng(SEED).random(len(near))}


def with_labels(upc: Upc, near: Floats, away: Floats) -> dict[str, Floats]:
    """A score [rows], above 0 for unusual, of each row by what was fitted on the cells of other folds."""
    ways: dict[str, Callable[[NDArray[np.bool_]], Floats]] = {}
    seen = np.hstack([np.log1p(away), near])
    ways["logistic, grain and context"] = lambda test: logistic.margin(
        seen[test], logistic.fit(seen[~test], upc.unusual[~test])
    )
    ways["logistic, context"] = lambda test: logistic.margin(near[test], logistic.fit(near[~test], upc.unusual[~test]))
    if find_spec("sklearn"):
        from sklearn.ensemble import HistGradientBoostingClassifier

        def trees(features: Floats) -> Callable[[NDArray[np.bool_]], Floats]:
            def fitted(test: NDArray[np.bool_]) -> Floats:
                model = HistGradientBoostingClassifier(max_iter=400, random_state=SEED)
                model.fit(features[~test], upc.unusual[~test])
                found: Floats = model.decision_function(features[test])
                return found

            return fitted

        raw = np.column_stack([upc.values, upc.quarter])
        ways["boosted trees"] = trees(raw)
        ways["boosted trees, grain blurred"] = trees(blurred(raw))
    scores = {}
    for who, way in ways.items():
        said = np.empty(len(near))
        for test in folds(upc.cell, FOLDS):
            said[test] = way(test)
        scores[who] = said
    return scores | {"random": np.random.default_rng(SEED).normal(size=len(near))}


def blurred(values: Floats) -> Floats:
    """The same with up to half a grain added to the PRBs and mean users: what they say without their grain."""
    dice = np.random.default_rng(SEED)
    width = np.zeros(values.shape[1])
    width[[0, 1]], width[[6, 7]] = 0.101, 0.0101
    spread: Floats = values + width * dice.uniform(-0.5, 0.5, values.shape)
    return spread


def _scaled(values: Floats) -> Floats:
    """[rows, metrics] in interquartile ranges from the median of all rows."""
    low, centre, high = np.nanpercentile(values, [25, 50, 75], axis=0)
    scaled: Floats = np.nan_to_num((values - centre) / np.maximum(high - low, 1e-3))
    return scaled


def _auc(said: Floats, upc: Upc, rows: NDArray[np.bool_]) -> float:
    return area_under_roc(said[rows], upc.unusual[rows])


def _cells(upc: Upc) -> list[NDArray[np.bool_]]:
    return [upc.cell == number for number in range(len(upc.cells))]


def _ranked(said: Floats, upc: Upc) -> tuple[Cell, ...]:
    return (
        area_under_roc(said, upc.unusual),
        area_under_precision_recall(said, upc.unusual),
        min(_auc(said, upc, rows) for rows in _cells(upc)),
    )


def _classified(said: Floats, upc: Upc) -> tuple[Cell, ...]:
    def f1(rows: NDArray[np.bool_]) -> float:
        found = said[rows] > 0
        return float(2 * (found & upc.unusual[rows]).sum() / (found.sum() + upc.unusual[rows].sum()))

    every = np.ones(len(said), bool)
    return f1(every), area_under_roc(said, upc.unusual), min(f1(rows) for rows in _cells(upc))
