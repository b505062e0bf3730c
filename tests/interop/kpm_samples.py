"""KPM messages of every format, drawn at random with a seed."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ricloop.core.dialect import Dialect
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm import codec
from ricloop.e2sm.kpm.metric import Measurement
from tests.e2sm import kpm_values as any_kpm
from tests.e2sm import strategies as some

Typed = tuple[str, bytes]
ACTION, MESSAGE = "E2SM-KPM-ActionDefinition", "E2SM-KPM-IndicationMessage"


def octets(dialect: Dialect) -> list[Typed]:
    """Twenty or so of each."""
    found: list[Typed] = []

    @settings(
        max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @seed(2026)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        found.append(
            ("E2SM-KPM-RANfunction-Description", codec.encode_function_definition(data.draw(any_kpm.definitions)))
        )
        for style in (1, 2, 3, 4, 5):
            found.append((ACTION, codec.encode_action_definition(data.draw(any_kpm.actions(style)), dialect)))
        found.append(
            (MESSAGE, codec.encode_cell_message(data.draw(st.lists(some.values, min_size=1, max_size=5)), 100, dialect))
        )
        asked = data.draw(any_kpm.actions(3))
        matched = st.dictionaries(any_kpm.all_ues, some.values, max_size=3)
        size = len(asked.measurements)
        periods = data.draw(st.lists(st.lists(matched, min_size=size, max_size=size), min_size=1, max_size=2))
        found.append((MESSAGE, codec.encode_condition_message(asked, periods, None, dialect)))
        ues = data.draw(st.lists(any_kpm.all_ues, min_size=1, max_size=3))
        listed = data.draw(st.lists(any_kpm.measurements, min_size=2, max_size=2))
        failed = [[data.draw(st.booleans()), False] for _ in ues]
        found.append((MESSAGE, codec.encode_ue_message(ues, [[1.0, 0.1]] * len(ues), dialect, listed, failed)))

    draw()
    return found


def hundred_ues(dialect: Dialect) -> bytes:
    """Format 3 with an info list for each UE: more than an open type holds in one piece."""
    listed = [Measurement(f"Metric.Number{n}") for n in range(10)]
    rows = np.random.default_rng(2026).normal(size=(100, 10)) * 100
    return codec.encode_ue_message([UeId(f1ap=(n,)) for n in range(100)], rows, dialect, listed)
