"""Which users a per-UE report is about (E2SM-KPM 8.3.22), over arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ricloop.e2sm.kpm.condition import Condition
from ricloop_e2sim import radio
from ricloop_e2sim.layout import Bools, Floats
from ricloop_e2sim.measure import Sample

_VALUES: Mapping[str, Callable[[Sample], Floats]] = {
    "RSRP": lambda sample: sample.own(sample.layout.rsrp_dbm),
    "CQI": lambda sample: radio.cqi(sample.own(sample.layout.sinr_db)).astype(float),
}
_COMPARE: Mapping[str, Callable[[Floats, float], Bools]] = {
    "==": lambda values, limit: values == limit,
    ">": lambda values, limit: values > limit,
    "<": lambda values, limit: values < limit,
}


def can_test(condition: Condition) -> bool:
    """True for what the simulator's users have: RSRP and CQI, present or compared with a number."""
    if condition.test not in _VALUES:
        return False
    number = isinstance(condition.value, int | float)
    return condition.expression == "present" or (condition.expression in _COMPARE and number)


def matching(conditions: Sequence[Condition], sample: Sample) -> Bools:
    """[users]: all conditions hold; those joined by `or_next` count as one that holds where any of them does."""
    result = np.ones(len(sample.serving), dtype=np.bool_)
    either = np.zeros(len(sample.serving), dtype=np.bool_)
    for number, condition in enumerate(conditions):
        either |= _holds(condition, sample)
        if not condition.or_next or number == len(conditions) - 1:
            result &= either
            either = np.zeros(len(sample.serving), dtype=np.bool_)
    return result


def _holds(condition: Condition, sample: Sample) -> Bools:
    values = _VALUES[condition.test](sample)
    if condition.expression == "present" or not isinstance(condition.value, int | float):
        return ~np.isnan(values)
    return _COMPARE[condition.expression](values, float(condition.value))
