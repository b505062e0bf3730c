"""Indication headers and messages: the fast twin first, the reference codec for whatever it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.dialect import STANDARD, Dialect, Family
from ricloop.core.ids import UeId
from ricloop.core.native import FAST
from ricloop.e2sm.kpm import fast, reference
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.fast import Info
from ricloop.e2sm.kpm.fastue import gnb_ue, ue_parts
from ricloop.e2sm.kpm.listing import Listing, Memory
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.records import CellRecord, UeRecords
from ricloop.e2sm.ueid import du_ue


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
    listed: Listing | Sequence[Measurement] | None = None,
    unsatisfied: Sequence[bool] | None = None,
) -> bytes:
    """Format 1: a value per measurement of the action definition, in its order; NaN is noValue.

    A whole number in 0..2^32-1 is sent as INTEGER, any other as REAL: the choice belongs to the value, so a metric that
    is an integer by definition is one on the wire as long as it is computed as one. `listed` is sent as the info list
    and then gives the order (a `listing` made once is faster); `unsatisfied` (v4) marks the values that fail the
    action's `report_if`.
    """
    if unsatisfied is None and (listed is None or isinstance(listed, Listing)):
        flexric, info = dialect.family is Family.FLEXRIC, _info(listed)
        data: bytes | None
        if FAST is not None and (granularity_ms is None or granularity_ms > 0):
            data = FAST.encode_cell(_doubles(values), granularity_ms or 0, flexric, *info)
        else:
            row: list[float] = np.asarray(values).tolist()
            data = fast.encode_cell(row, granularity_ms, dialect.family, info)
        if data is not None:
            return data
    return reference.encode_cell(
        np.asarray(values).tolist(), granularity_ms, dialect, _measurements(listed), unsatisfied
    )


def encode_ue_message(
    ues: Sequence[UeId],
    values: NDArray[Any] | Sequence[Sequence[float]],
    dialect: Dialect = STANDARD,
    listed: Listing | Sequence[Measurement] | None = None,
    unsatisfied: Sequence[Sequence[bool]] | None = None,
) -> bytes:
    """Format 3. `values` has shape [ues, measurements]; at least one UE. `listed` and `unsatisfied` as of a cell."""
    if unsatisfied is None and (listed is None or isinstance(listed, Listing)):
        info = _info(listed)
        data: bytes | None
        if FAST is not None:
            names = [ue_parts(ue) for ue in ues]
            flexric = dialect.family is Family.FLEXRIC
            data = None if None in names else FAST.encode_ues(names, _doubles(values), flexric, *info)
        else:
            data = fast.encode_ues(ues, np.asarray(values).tolist(), dialect.family, info)
        if data is not None:
            return data
    rows: list[list[float]] = np.asarray(values).tolist()
    return reference.encode_ues(ues, rows, dialect, _measurements(listed), unsatisfied)


def decode_message(
    data: bytes, action: ActionDefinition, dialect: Dialect = STANDARD, memory: Memory | None = None
) -> CellRecord | UeRecords:
    """In the format that answers the action. Values come in the order of the action's measurements.

    Of several granularity periods in one message the newest counts. Raises DecodeError, also where the number of values
    is not that of the measurements. `memory` is that of the subscription: messages like the last one are read fast.
    """
    found = _fast(data, action, dialect, memory)
    if found is not None:
        return found
    kind, message = reference.read(data, dialect)
    record = reference.record_of(kind, message, action)
    if memory is not None:
        memory.learn(message, action, dialect)
    return record


_FLEXRIC = Family.FLEXRIC


def _fast(
    data: bytes, action: ActionDefinition, dialect: Dialect, memory: Memory | None
) -> CellRecord | UeRecords | None:
    """None for what the reference codec must read."""
    flexric, style = dialect.family is _FLEXRIC, action.message_format
    if memory is None:
        info: Info = (None, 0)
        count, placed = len(action.measurements), None
    else:
        info, count = (memory.octets, memory.bits), memory.count
        placed = None if memory.order is None else memory.placed
    values: NDArray[np.float32]
    if style == 1:
        if FAST is not None:
            values = np.empty(count, np.float32)
            if not FAST.decode_cell(data, flexric, *info, values):
                return None
        else:
            cell = fast.decode_cell(data, dialect.family, info)
            if cell is None or len(cell) != count:
                return None
            values = np.array(cell, np.float32)
        return CellRecord(values if placed is None else placed(values))
    if style == 3:
        if FAST is not None:
            found = FAST.decode_ues(data, flexric, *info, count, du_ue, gnb_ue)
            if found is None:
                return None
            ues, values = found[0], np.frombuffer(found[1], np.float32).reshape(-1, count)
        else:
            rows = fast.decode_ues(data, dialect.family, info)
            if rows is None or rows[2] != count:
                return None
            ues, values = rows[0], np.array(rows[1], np.float32).reshape(-1, count)
        return UeRecords(ues, values if placed is None else placed(values))
    if memory is None or not memory.prefixes:
        return None
    if FAST is None:
        matched = fast.decode_matched(data, memory.prefixes, dialect.family)
        return None if matched is None else UeRecords(matched[0], np.array(matched[1], np.float32))
    found = FAST.decode_matched(data, flexric, memory.prefixes, du_ue, gnb_ue)
    if found is None:
        return None
    return UeRecords(found[0], np.frombuffer(found[1], np.float32).reshape(len(found[0]), -1))


def _info(listed: Listing | Sequence[Measurement] | None) -> Info:
    return (listed.octets, listed.bits) if isinstance(listed, Listing) else (None, 0)


def _measurements(listed: Listing | Sequence[Measurement] | None) -> Sequence[Measurement] | None:
    return listed.measurements if isinstance(listed, Listing) else listed


def _doubles(values: NDArray[Any] | Sequence[Any]) -> NDArray[np.float64]:
    """As the native module takes them: float64, one after the other."""
    return np.ascontiguousarray(values, np.float64)
