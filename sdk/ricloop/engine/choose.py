"""Which engine runs a model here: of those that are there and give the right answers, the fastest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import structlog

from ricloop.core.model import BUCKETS, Engine, ModelError, Network, Table
from ricloop.core.time import Clock
from ricloop.engine.measured import Measured
from ricloop.engine.registry import DEFAULT, make

log = structlog.get_logger()


def choose(
    network: Network,
    engines: Sequence[str] | None = None,
    buckets: Sequence[int] = BUCKETS,
    *,
    clock: Clock,
    rows: int | None = None,
) -> Measured:
    """The engine with the least median time for `rows` (the largest bucket where not given), measured and verified.

    `engines`: those to try, None for those of `DEFAULT`; the first of equals wins, as with a clock that stands still.
    An engine that is missing or wrong is named in the log. Raises ModelError, with what each engine said, where none is
    left.
    """
    best: Measured | None = None
    failures: list[str] = []
    found: dict[str, str] = {}
    at = max(buckets) if rows is None else rows
    for name in dict.fromkeys(DEFAULT if engines is None else engines):
        try:
            engine = make(name, network, buckets)
            try:
                verify(engine, network)
                measured = Measured(engine, clock)
            except ModelError:
                engine.close()
                raise
        except ModelError as error:
            failures.append(str(error))
            log.warning("engine not usable", model=network.name, engine=name, reason=str(error))
            continue
        found[name] = f"{measured.typical_ns(at) / 1000:.0f} us"
        if best is None or measured.typical_ns(at) < best.typical_ns(at):
            best, measured = measured, best or measured
        if measured is not best:
            measured.close()
    if best is None:
        raise ModelError(f"model {network.name}: no engine can run it: {'; '.join(failures) or 'none was named'}")
    why = f"fastest at {at} rows of {', '.join(found)}" if len(found) > 1 else "the only one that is usable"
    log.info("engine chosen", model=network.name, engine=best.name, reason=why, measured=found)
    return best


def verify(engine: Engine, network: Network) -> None:
    """Raises ModelError where the engine's answers to the golden inputs are off by more than the tolerance."""
    asked, expected = network.golden
    for bucket in engine.buckets:
        rows = min(bucket, len(asked))
        engine.input(bucket)[:rows] = asked[:rows]
        answer = engine.run(bucket, rows)
        if answer.shape != expected[:rows].shape:
            raise ModelError(
                f"model {network.name}: engine {engine.name} answers {list(answer.shape)}, not {list(expected.shape)}"
            )
        off = error_of(answer, expected[:rows], expected)
        if not off <= network.tolerance:
            raise ModelError(
                f"model {network.name}: engine {engine.name} is off by {off:.1e} in bucket {bucket}, "
                f"where {network.tolerance:.0e} is allowed. Use another engine, or train the model anew"
            )


def error_of(answer: Table, expected: Table, scale: Table) -> float:
    """The largest difference, relative to the value or to its column's mean size in `scale`, whichever is more."""
    wide = expected.astype(np.float64)
    size = np.maximum(np.abs(wide), np.abs(scale.astype(np.float64)).mean(axis=0))
    return float(np.max(np.abs(answer - wide) / np.maximum(size, np.finfo(np.float32).tiny)))
