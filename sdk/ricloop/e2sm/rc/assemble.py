"""From decoded indications and answers to what handlers read."""

from __future__ import annotations

import numpy as np

from ricloop.core.errors import DecodeError
from ricloop.core.ids import UeId, Ues
from ricloop.e2sm.base import ActionPlan, HandleOf, Part
from ricloop.e2sm.rc.indication import (
    CellInfo,
    CellMessage,
    IndicationHeader,
    IndicationMessage,
    InsertHeader,
    InsertMessage,
    NodeMessage,
    ReportMessage,
    UeMessage,
    UeReportHeader,
)
from ricloop.e2sm.rc.parameters import Structure
from ricloop.e2sm.rc.queries import CellAnswers, QueryOutcome
from ricloop.e2sm.rc.values import Report, Request

_PATH = "E2SM-RC-IndicationMessage"


def check(plan: ActionPlan, header: IndicationHeader, message: IndicationMessage) -> None:
    """Raises DecodeError where the formats are not those of what was asked for."""
    if plan.kind == "insert":
        if not isinstance(header, InsertHeader) or not isinstance(message, InsertMessage):
            raise DecodeError("an insert has a header of Format 2 and a message of Format 5", path=_PATH)
        if (header.style, header.indication) != (plan.detail.style, plan.detail.indication):
            raise DecodeError(f"insert {header.style}/{header.indication} was not asked for", path=_PATH)
    elif isinstance(header, InsertHeader) or not isinstance(
        message, ReportMessage | UeMessage | CellMessage | NodeMessage
    ):
        raise DecodeError("a report has a header of Format 1 or 3 and a message of Format 1 to 4", path=_PATH)


def request(part: Part, handle_of: HandleOf) -> Request:
    """Of an insert that `check` let pass."""
    header, message = part.content
    return Request(handle_of(header.ue), header.style, header.indication, message.parameters, header.ue, part.to)


def report(part: Part, handle_of: HandleOf) -> Report:
    """Of a report that `check` let pass."""
    header, message = part.content
    if isinstance(message, UeMessage):
        return _of_ues(list(message.ues), handle_of, header.condition)
    about = header.ue if isinstance(header, UeReportHeader) else None
    if isinstance(message, ReportMessage):
        if about is not None:
            return _of_ues([(about, message.parameters)], handle_of, header.condition)
        return Report(_none(), (message.parameters,), header.condition)
    if isinstance(message, NodeMessage):
        found = _of_ues([(one.ue, {}) for one in message.ues], handle_of, header.condition)
        return Report(found.ues, found.parameters, header.condition, message.cells)
    return Report(_none(), (), header.condition, message.cells)


def answer(part: Part, handle_of: HandleOf) -> Report:
    """Of the answer to a query; what the node has no value of is left out."""
    outcome: QueryOutcome = part.content
    if isinstance(outcome, CellAnswers):
        cells = tuple(CellInfo(one.cell, neighbors=one.neighbors) for one in outcome.cells)
        return Report(_none(), tuple(_known(one.parameters) for one in outcome.cells), None, cells)
    return _of_ues([(one.ue, _known(one.parameters)) for one in outcome.ues], handle_of, None)


def _known(parameters: object) -> Structure:
    assert isinstance(parameters, dict)
    return {id_: value for id_, value in parameters.items() if value is not None}


def _of_ues(ues: list[tuple[UeId, Structure]], handle_of: HandleOf, condition: int | None) -> Report:
    handles = np.array([handle_of(ue) for ue, _ in ues], np.uint64)
    return Report(handles, tuple(parameters for _, parameters in ues), condition)


def _none() -> Ues:
    return np.empty(0, np.uint64)
