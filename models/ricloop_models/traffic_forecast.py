"""`traffic-forecast`: a metric of each cell, some periods ahead, by a ridge in closed form.

A window of at least a day holds the seasonal naive forecast as one of its values; the ridge weighs it against all the
others. Roots less their mean go through one product; quantiles are the errors' own, added where they are even: on the
roots. Raw values in, raw values out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop_models.network import Trainable, Writer
from ricloop_models.ridge import Ridge

NAME = "traffic-forecast"
METRIC = "RRU.PrbTotDl"
LENGTH, HORIZONS = 224, 24
"""Of the shipped one: a day of 200 periods and as much before it as is looked ahead."""
QUANTILES = (0.05, 0.5, 0.9, 0.95, 0.98)
"""The upper ones for whoever must not run out: energy saving plans with them."""


def network(ridge: Ridge, offsets: NDArray[np.floating], most: float) -> Trainable:
    """[rows, length] → [rows, quantiles × horizons], quantile by quantile. `offsets`: shape [quantiles, horizons],
    ascending, added to the forecast roots. `most`: no answer is above. Missing values are their window's mean; a window
    without any is 0."""
    length, horizons = ridge.weights.shape
    w = Writer(NAME, length, seed=0)
    zero, one = w.constant("zero", [0.0]), w.constant("one", [1.0])
    absent = w.op("IsNaN", w.input)
    there = w.op("Sub", one, w.op("Cast", absent, to=1))
    count = w.op("Max", w.total(there), one)
    roots = w.op("Sqrt", w.op("Max", w.op("Where", absent, zero, w.input), zero))
    mean = w.op("Div", w.total(roots), count)
    centred = w.op("Mul", w.op("Sub", roots, mean), there)
    points = w.affine(centred, ridge.weights, ridge.bias, "ridge")
    # Each quantile is the point, shifted: the product copies it.
    copies = np.tile(np.eye(horizons), len(offsets))
    said = w.op("Add", w.affine(points, copies, np.ravel(offsets), "quantiles"), mean)
    above = w.op("Relu", said)
    outputs = horizons * len(offsets)
    most_name = w.constant("most", most)
    return w.finish(w.op("Clip", w.op("Mul", above, above), w.constant("least", 0.0), most_name), outputs)
