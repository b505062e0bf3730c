"""Indication headers and messages: the fast twin first, the reference codec for whatever it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm import fast, reference
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.records import CellRecord, UeRecords


def encode_indication_header(time_unix_ns: int, dialect: Dialect = STANDARD) -> bytes:
    """Format 1 with the collection start; whole seconds in a dialect of 4 octets."""
    return fast.encode_header(time_unix_ns, dialect.kpm_time_octets)


def decode_indication_header(data: bytes, dialect: Dialect = STANDARD) -> int:
    """Collection start, nanoseconds since the Unix epoch. A DecodeError may mean the other length of TimeStamp."""
    time = fast.decode_header(data, dialect.kpm_time_octets)
    return reference.decode_header(data, dialect) if time is None else time


def encode_cell_message(
    values: NDArray[Any] | Sequence[float],
    granularity_ms: int | None = None,
    dialect: Dialect = STANDARD,
    listed: Sequence[Measurement] | None = None,
    unsatisfied: Sequence[bool] | None = None,
) -> bytes:
    """Format 1: a value per measurement of the action definition, in its order; NaN is noValue.

    A whole number in 0..2^32-1 is sent as INTEGER, any other as REAL: the choice belongs to the value, so a metric that
    is an integer by definition is one on the wire as long as it is computed as one. `listed` is sent as the info list
    and then gives the order; `unsatisfied` (v4) marks the values that fail the action's `report_if`.
    """
    row: list[float] = np.asarray(values).tolist()
    data = None
    if listed is None and unsatisfied is None:
        data = fast.encode_cell(row, granularity_ms, dialect.family)
    return reference.encode_cell(row, granularity_ms, dialect, listed, unsatisfied) if data is None else data


def encode_ue_message(
    ues: Sequence[UeId],
    values: NDArray[Any] | Sequence[Sequence[float]],
    dialect: Dialect = STANDARD,
    listed: Sequence[Measurement] | None = None,
    unsatisfied: Sequence[Sequence[bool]] | None = None,
) -> bytes:
    """Format 3. `values` has shape [ues, measurements]; at least one UE. `listed` and `unsatisfied` as of a cell."""
    rows: list[list[float]] = np.asarray(values).tolist()
    data = None
    if listed is None and unsatisfied is None:
        data = fast.encode_ues(ues, rows, dialect.family)
    return reference.encode_ues(ues, rows, dialect, listed, unsatisfied) if data is None else data


def decode_message(data: bytes, action: ActionDefinition, dialect: Dialect = STANDARD) -> CellRecord | UeRecords:
    """In the format that answers the action. Values come in the order of the action's measurements.

    Of several granularity periods in one message the newest counts. Raises DecodeError, also where the number of values
    is not that of the measurements.
    """
    count = len(action.measurements)
    if action.message_format == 3:
        rows = fast.decode_ues(data, dialect.family)
        if rows is not None and rows[2] == count:
            return UeRecords(rows[0], np.array(rows[1], np.float32).reshape(-1, count))
    elif action.message_format == 1:
        values = fast.decode_cell(data, dialect.family)
        if values is not None and len(values) == count:
            return CellRecord(np.array(values, np.float32))
    return reference.decode_message(data, action, dialect)
