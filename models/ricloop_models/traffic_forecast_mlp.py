"""`traffic-forecast-mlp`: downlink PRB use of each cell, 24 periods ahead, at three quantiles.

A small TiDE: the last 96 values, normed by their own mean and spread, and the time of day go through two layers with a
residual and a layer norm, beside a linear skip; the quantiles are sorted. Raw percent in, raw percent out.
"""

from __future__ import annotations

from ricloop_models.network import Trainable, Writer

NAME = "traffic-forecast-mlp"
METRIC = "RRU.PrbTotDl"
LENGTH, CALENDAR, HORIZONS = 96, 16, 24
QUANTILES = (0.1, 0.5, 0.9)
HIDDEN = 128
FLAT_PERCENT = 0.1
"""A window that varies less than this counts as flat: its noise is not blown up."""


def network(seed: int) -> Trainable:
    """[rows, 96 values + 16 calendar] → [rows, 3 × 24], quantile by quantile. Missing values are their window's mean,
    a window without any is 0, a calendar that is not known is 0."""
    w = Writer(NAME, LENGTH + CALENDAR, seed)
    zero, one = w.constant("zero", [0.0]), w.constant("one", [1.0])
    values, calendar = w.columns(w.input, 0, LENGTH), w.columns(w.input, LENGTH, LENGTH + CALENDAR)
    absent = w.op("IsNaN", values)
    there = w.op("Sub", one, w.op("Cast", absent, to=1))
    count = w.op("Max", w.total(there), one)
    filled = w.op("Where", absent, zero, values)
    mean = w.op("Div", w.total(filled), count)
    # A product, where a second Where would say the same in thrice the time.
    centred = w.op("Mul", w.op("Sub", filled, mean), there)
    variance = w.op("Div", w.total(w.op("Mul", centred, centred)), count)
    spread = w.op("Sqrt", w.op("Add", variance, w.constant("flat", [FLAT_PERCENT**2])))
    normed = w.op("Div", centred, spread)
    known = w.op("Where", w.op("IsNaN", calendar), zero, calendar)
    seen = w.op("Concat", normed, known, axis=1)
    first = w.op("Relu", w.dense(seen, LENGTH + CALENDAR, HIDDEN, "first"))
    hidden = w.layer_norm(w.op("Add", w.dense(first, HIDDEN, HIDDEN, "second"), first), HIDDEN, "norm")
    outputs = HORIZONS * len(QUANTILES)
    both = w.op("Add", w.dense(hidden, HIDDEN, outputs, "head"), w.dense(seen, LENGTH + CALENDAR, outputs, "skip"))
    a, b, c = (w.columns(both, at * HORIZONS, (at + 1) * HORIZONS) for at in range(3))
    low, high = w.op("Min", a, b), w.op("Max", a, b)
    ordered = w.op("Concat", w.op("Min", low, c), w.op("Max", low, w.op("Min", high, c)), w.op("Max", high, c), axis=1)
    percent = w.op("Add", w.op("Mul", ordered, spread), mean)
    return w.finish(w.op("Clip", percent, w.constant("least", 0.0), w.constant("most", 100.0)), outputs)
