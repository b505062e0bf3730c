"""KPM messages of every format, drawn at random with a seed."""

from __future__ import annotations

from random import Random

import numpy as np

from ricloop.core.dialect import Dialect
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm import codec
from ricloop.e2sm.kpm.metric import Measurement
from tests.e2sm import kpm_values as any_kpm
from tests.e2sm import some
from tests.makers import booleans, few

Typed = tuple[str, bytes]
ACTION, MESSAGE = "E2SM-KPM-ActionDefinition", "E2SM-KPM-IndicationMessage"


def octets(dialect: Dialect) -> list[Typed]:
    """Twenty or so of each."""
    found: list[Typed] = []

    for number in range(20):
        rng = Random(number)
        found.append(("E2SM-KPM-RANfunction-Description", codec.encode_function_definition(any_kpm.definitions(rng))))
        for style in (1, 2, 3, 4, 5):
            found.append((ACTION, codec.encode_action_definition(any_kpm.actions(style)(rng), dialect)))
        found.append((MESSAGE, codec.encode_cell_message(few(some.values, 1, 5)(rng), 100, dialect)))
        asked, periods = any_kpm.matched(rng, any_kpm.all_ues, rng.randint(1, 2))
        found.append((MESSAGE, codec.encode_condition_message(asked, periods, None, dialect)))
        ues, listed = few(any_kpm.all_ues, 1, 3)(rng), few(any_kpm.measurements, 2, 2)(rng)
        failed = [[booleans(rng), False] for _ in ues]
        found.append((MESSAGE, codec.encode_ue_message(ues, [[1.0, 0.1]] * len(ues), dialect, listed, failed)))
    return found


def hundred_ues(dialect: Dialect) -> bytes:
    """Format 3 with an info list for each UE: more than an open type holds in one piece."""
    listed = [Measurement(f"Metric.Number{n}") for n in range(10)]
    rows = np.random.default_rng(2026).normal(size=(100, 10)) * 100
    return codec.encode_ue_message([UeId(f1ap=(n,)) for n in range(100)], rows, dialect, listed)
