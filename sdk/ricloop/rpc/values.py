"""What feeds and needs hold, as messages: reports as columns, the rest as it is. A report's metrics and period are
those of its feed, declared once, when the xApp registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

import numpy as np

from ricloop.app.needs import read_policy
from ricloop.core.errors import DecodeError, EncodeError, RicloopError
from ricloop.core.feeds import Need, Policy, Shared
from ricloop.e2sm import kpm
from ricloop.e2sm.kpm.feeds import Every, EveryUe
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.plain import Classes, get_plain, put_plain, reachable
from ricloop.rpc.table import CONVERTER

_US = timedelta(microseconds=1)


class PolicyRefused(DecodeError):
    """An A1 policy does not fit the model that its need declares: it is not in force, and the stream goes on."""


def put_value(value: Any, message: Any) -> None:
    """Write a feed's or a need's value into a `Value`. Raises EncodeError."""
    try:
        if (put := _PUT.get(type(value))) is not None:
            put(value, message)
        else:
            # What xApps share, or a policy.
            message.plain.SetInParent()
            put_plain(value, message.plain)
    except (ValueError, TypeError, OverflowError, AttributeError, RecursionError) as error:
        raise EncodeError(f"a {type(value).__name__} cannot be sent: {error}") from error


def get_value(message: Any, need: Need[Any]) -> Any:
    """The value of `need` in a `Value`. Raises DecodeError."""
    try:
        kind = message.WhichOneof("of")
        if kind is None:
            raise DecodeError("nothing that is known here is in it", path="Value")
        if kind in ("report", "ue_report"):
            return _REPORTS[kind](getattr(message, kind), need)
        if isinstance(need, Policy):
            return _policy(message, need)
        if kind == "plain":
            return get_plain(message.plain, _known(need))
        return CONVERTER.get(getattr(message, kind))
    except DecodeError:
        raise
    except (ValueError, TypeError, OverflowError, AttributeError, RicloopError) as error:
        raise DecodeError(f"no value of {need.title}: {error}", path="Value") from error


@cache
def _known(need: Need[Any]) -> Classes:
    return reachable(need.type) if isinstance(need, Shared) else {}


def _policy(message: Any, need: Policy[Any]) -> Any:
    text = message.plain.text
    if need.told is not None:
        return text
    try:
        return read_policy(need.type, text)
    except ValueError as error:
        raise PolicyRefused(str(error)) from error


# ----------------------------------------------------------------------------------------------------------- reports


def _put_columns(value: Any, message: Any) -> None:
    message.cells = np.ascontiguousarray(value.cells, "<u8").tobytes()
    message.values = np.ascontiguousarray(value.values, "<f4").tobytes()
    message.time = value.time
    if value.old is not None:
        message.old = value.old.tobytes()
    if value.age:
        message.age.us = value.age // _US


def _put_report(value: kpm.Report, message: Any) -> None:
    _put_columns(value, message.report)


def _put_ue_report(value: kpm.UeReport, message: Any) -> None:
    _put_columns(value, message.ue_report)
    message.ue_report.ues = np.ascontiguousarray(value.ues, "<u8").tobytes()


def _columns(message: Any, feed: Every | EveryUe) -> dict[str, Any]:
    cells = np.frombuffer(message.cells, "<u8")
    old = np.frombuffer(message.old, np.bool_) if message.HasField("old") else None
    if old is not None and len(old) != len(cells):
        raise ValueError(f"{len(cells)} entries have {len(old)} flags")
    return {
        "rows": feed.rows,
        "values": np.frombuffer(message.values, "<f4").reshape(len(feed.rows), len(cells)),
        "cells": cells,
        "time": message.time,
        "old": old,
        "period": feed.period,
        "age": timedelta(microseconds=message.age.us),
    }


def _report(message: Any, need: Need[Any]) -> kpm.Report:
    if not isinstance(need, Every):
        raise TypeError("a report of cells")
    return kpm.Report(**_columns(message, need))


def _ue_report(message: Any, need: Need[Any]) -> kpm.UeReport:
    if not isinstance(need, EveryUe):
        raise TypeError("a report of UEs")
    columns, ues = _columns(message, need), np.frombuffer(message.ues, "<u8")
    if len(ues) != len(columns["cells"]):
        raise ValueError(f"{len(ues)} UEs have {len(columns['cells'])} cells")
    return kpm.UeReport(**columns, ues=ues)


_REPORTS: Final[Mapping[str, Callable[[Any, Need[Any]], Any]]] = {"report": _report, "ue_report": _ue_report}


def _putting(field: Any) -> Callable[[Any, Any], None]:
    name = field.name

    def put(value: Any, message: Any) -> None:
        inner = getattr(message, name)
        inner.SetInParent()
        CONVERTER.ways(inner.DESCRIPTOR).put(value, inner)

    return put


_TYPES = {message.DESCRIPTOR.name: type_ for type_, message in CONVERTER.rows.items()}
_PUT: Final[dict[type[Any], Callable[[Any, Any], None]]] = {
    _TYPES[field.message_type.name]: _putting(field)
    for field in pb.Value.DESCRIPTOR.fields
    if field.message_type.name != "Plain"
} | {kpm.Report: _put_report, kpm.UeReport: _put_ue_report}
