"""Which users a per-UE report is about (E2SM-KPM 8.3.22), over arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ricloop.e2sm.kpm.condition import Condition
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats
from ricloop_e2sim.e2node.measuring import Reading

_COMPARE: Mapping[str, Callable[[Floats, float], Bools]] = {
    "==": lambda values, limit: values == limit,
    ">": lambda values, limit: values > limit,
    "<": lambda values, limit: values < limit,
}


def can_test(condition: Condition, tests: frozenset[str]) -> bool:
    """True for `tests`, present or compared with a number."""
    if condition.test not in tests:
        return False
    number = isinstance(condition.value, int | float)
    return condition.expression == "present" or (condition.expression in _COMPARE and number)


def matching(conditions: Sequence[Condition], reading: Reading) -> Bools:
    """[n] of the reading's users: all conditions hold; those joined by `or_next` count as one that holds where any of
    them does."""
    result = np.ones(len(reading.users), dtype=np.bool_)
    either = np.zeros(len(reading.users), dtype=np.bool_)
    for number, condition in enumerate(conditions):
        either |= _holds(condition, reading)
        if not condition.or_next or number == len(conditions) - 1:
            result &= either
            either = np.zeros(len(reading.users), dtype=np.bool_)
    return result


def _holds(condition: Condition, reading: Reading) -> Bools:
    values = reading.tested(condition.test)
    if condition.expression == "present" or not isinstance(condition.value, int | float):
        return ~np.isnan(values)
    return _COMPARE[condition.expression](values, float(condition.value))
