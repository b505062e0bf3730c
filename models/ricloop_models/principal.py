"""Principal components as a detector: what lies outside the usual plane (SPE), and how far along it (T²), at once.

Of a row x around its mean, with k directions P of variances λ and the rest outside:

    SPE = |x − P Pᵀ x|²        T² = Σ (Pᵀ x)² / λ        index = ½ (SPE / usual SPE + T² / k)

(Jackson & Mudholkar 1979 for SPE, Hotelling 1947 for T², Yue & Qin 2001 for their sum.) The index is a quadratic form
xᵀ Φ x; with M = Φ^½ it is |M x|², and (M x)ᵢ² is what column i contributes (Alcala & Qin 2009, complete
decomposition): the parts are not negative, and add up to the index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Principal:
    """A fitted detector of rows with `columns` columns."""

    mean: Floats
    """[columns]."""
    root: Floats
    """[columns, columns]: M, symmetric."""

    def parts(self, rows: Floats) -> Floats:
        """[rows, columns]: what each column contributes to the index."""
        found: Floats = np.square((rows - self.mean) @ self.root)
        return found

    def score(self, rows: Floats) -> Floats:
        """[rows]: the index, whose mean over usual rows is 1."""
        found: Floats = self.parts(rows).sum(axis=1)
        return found


def fit_principal(rows: Floats, components: int) -> Principal:
    """Of usual rows. Raises ValueError where no direction is left outside."""
    if not 0 < components < rows.shape[1]:
        raise ValueError(f"{components} components of {rows.shape[1]} columns: give 1 to {rows.shape[1] - 1}")
    mean = rows.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov(rows - mean, rowvar=False))
    spread = np.maximum(spread, 1e-9)
    outside = spread[:-components].sum()
    weight = np.full(len(spread), 0.5 / outside)
    weight[-components:] = 0.5 / (components * spread[-components:])
    return Principal(mean, (axes * np.sqrt(weight)) @ axes.T)
