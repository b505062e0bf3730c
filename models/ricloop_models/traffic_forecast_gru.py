"""`traffic-forecast-gru`: downlink PRB use of each cell, 24 periods ahead, by a recurrent network over parts of a day.

A gated recurrent unit (Cho et al. 2014) reads the window segment by segment, 28 values at a time (SegRNN: Lin et al.
2023), so that a day takes 8 steps and not 224. Its state begins anew with every window: windows are what the loop keeps
whole over gaps, superseded reports, processes and restarts, and a state beside them would have to be kept so too. A
linear skip holds what a ridge would say. Raw percent in, raw percent out.
"""

from __future__ import annotations

from ricloop_models.network import Trainable, Writer

NAME = "traffic-forecast-gru"
METRIC = "RRU.PrbTotDl"
SEGMENT, SEGMENTS, HIDDEN, HORIZONS = 28, 8, 48, 24
LENGTH = SEGMENT * SEGMENTS
QUANTILES = (0.05, 0.5, 0.9, 0.95, 0.98)
FLAT_PERCENT = 0.1
"""A window that varies less than this counts as flat: its noise is not blown up."""


def network(seed: int) -> Trainable:
    """[rows, 224] → [rows, 5 × 24], quantile by quantile, ascending. Missing values are their window's mean, a window
    without any is 0."""
    w = Writer(NAME, LENGTH, seed)
    zero, one = w.constant("zero", [0.0]), w.constant("one", [1.0])
    absent = w.op("IsNaN", w.input)
    there = w.op("Sub", one, w.op("Cast", absent, to=1))
    count = w.op("Max", w.total(there), one)
    filled = w.op("Where", absent, zero, w.input)
    mean = w.op("Div", w.total(filled), count)
    centred = w.op("Mul", w.op("Sub", filled, mean), there)
    variance = w.op("Div", w.total(w.op("Mul", centred, centred)), count)
    spread = w.op("Sqrt", w.op("Add", variance, w.constant("flat", [FLAT_PERCENT**2])))
    normed = w.op("Div", centred, spread)

    read, kept = w.weights(SEGMENT, 3 * HIDDEN, "read"), w.weights(HIDDEN, 3 * HIDDEN, "kept")
    state = w.op("Mul", w.columns(normed, 0, HIDDEN), zero)
    for start in range(0, LENGTH, SEGMENT):
        state = _step(w, w.columns(normed, start, start + SEGMENT), state, read, kept)
    outputs = HORIZONS * len(QUANTILES)
    said = w.op("Add", w.dense(state, HIDDEN, outputs, "head"), w.dense(normed, LENGTH, outputs, "skip"))
    # The median, and how far each quantile is from the one before: so they ascend.
    median, below, *above = (w.columns(said, at * HORIZONS, (at + 1) * HORIZONS) for at in range(len(QUANTILES)))
    quantiles = [w.op("Sub", median, w.op("Relu", below)), median]
    for further in above:
        quantiles.append(w.op("Add", quantiles[-1], w.op("Relu", further)))
    percent = w.op("Add", w.op("Mul", w.op("Concat", *quantiles, axis=1), spread), mean)
    return w.finish(w.op("Clip", percent, w.constant("least", 0.0), w.constant("most", 100.0)), outputs)


def _step(w: Writer, segment: str, state: str, read: tuple[str, str], kept: tuple[str, str]) -> str:
    """The next state: a mean of the last one and a new one, weighted by a gate."""
    new, old = w.op("Gemm", segment, *read), w.op("Gemm", state, *kept)
    (new_r, new_z, new_n), (old_r, old_z, old_n) = (
        [w.columns(both, at * HIDDEN, (at + 1) * HIDDEN) for at in range(3)] for both in (new, old)
    )
    reset = w.op("Sigmoid", w.op("Add", new_r, old_r))
    update = w.op("Sigmoid", w.op("Add", new_z, old_z))
    fresh = w.op("Tanh", w.op("Add", new_n, w.op("Mul", reset, old_n)))
    return w.op("Add", fresh, w.op("Mul", update, w.op("Sub", state, fresh)))
