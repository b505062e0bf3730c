"""Values of several gNBs as one: for what looks at all of them (`gather=`, a timer's needs)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ricloop.e2sm.ccc import States
from ricloop.e2sm.kpm import Report, UeReport


def merged(values: Sequence[Any]) -> Any:
    """One value of one or more of the same kind, rows in ascending order of cell or UE; the last one of another kind.

    Reports take the latest of the times; a cell that two of them have keeps both rows.
    """
    last = values[-1]
    if len(values) == 1:
        return last
    if isinstance(last, States):
        states = values[0]
        for more in values[1:]:
            states = states.updated(dict(zip(more.cells.tolist(), more.saving.tolist(), strict=True)))
        return states
    if not isinstance(last, Report | UeReport):
        return last
    ids = np.concatenate([value.ues if isinstance(value, UeReport) else value.cells for value in values])
    order = np.argsort(ids, kind="stable")
    columns = {
        "values": np.concatenate([value.values for value in values], axis=1)[:, order],
        "cells": np.concatenate([value.cells for value in values])[order],
        "time": max(value.time for value in values),
        "old": np.concatenate([value.stale() for value in values])[order],
    }
    if isinstance(last, UeReport):
        columns["ues"] = ids[order]
    return replace(last, **columns)
