"""Queries (E2SM-RC v5, 9.2.1.9 to 9.2.1.11): a node is asked for RAN parameters once, and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ricloop.asn1 import RC
from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi, UeId
from ricloop.core.ueids import EutraCgi
from ricloop.e2sm.common import absent_removed, cgi_from_asn, cgi_to_asn
from ricloop.e2sm.rc.conditions import (
    Testing,
    UeSelection,
    testing_from_asn,
    testing_to_asn,
    ues_from_asn,
    ues_to_asn,
)
from ricloop.e2sm.rc.neighbors import NeighborRelation, relation_from_asn, relation_to_asn
from ricloop.e2sm.rc.parameters import Parameter, items_from_asn, items_to_asn
from ricloop.e2sm.rc.shapes import Asked, asked_from_asn, asked_to_asn
from ricloop.e2sm.rc.syntax import unknown
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_HEADER = "E2SM-RC-QueryHeader"
_DEFINITION = "E2SM-RC-QueryDefinition"
_OUTCOME = "E2SM-RC-QueryOutcome"

Answered: TypeAlias = Mapping[int, Parameter | None]
"""RAN parameter to its value; None where the node has none."""


@dataclass(frozen=True, slots=True)
class QueryHeader:
    """Format 1: the query style, and the parts of the node and the UEs that are asked about."""

    style: int
    node: Testing = ()
    ues: tuple[UeSelection, ...] = ()
    """The selections' ids come back with the UEs that they chose."""


@dataclass(frozen=True, slots=True)
class CellAnswer:
    """What the node says of one cell."""

    cell: Cgi | EutraCgi
    parameters: Answered
    neighbors: NeighborRelation | None = None


@dataclass(frozen=True, slots=True)
class CellAnswers:
    """Format 1: at least one cell."""

    cells: tuple[CellAnswer, ...]


@dataclass(frozen=True, slots=True)
class UeAnswer:
    """What the node says of one UE."""

    ue: UeId
    parameters: Answered
    selection: int | None = None
    """The id of the selection that chose it."""


@dataclass(frozen=True, slots=True)
class UeAnswers:
    """Format 2: may be empty."""

    ues: tuple[UeAnswer, ...]


QueryOutcome: TypeAlias = CellAnswers | UeAnswers


def encode_query_header(header: QueryHeader) -> bytes:
    fields = {
        "ric-Style-Type": header.style,
        "associatedE2NodeInfo": testing_to_asn(header.node) or None,
        "associatedUEInfo": ues_to_asn(header.ues),
    }
    return RC.encode(_HEADER, {"ric-queryHeader-formats": ("queryHeader-Format1", absent_removed(fields))})


def decode_query_header(data: bytes) -> QueryHeader:
    kind, value = RC.decode(_HEADER, data)["ric-queryHeader-formats"]
    if kind != "queryHeader-Format1":
        raise unknown(_HEADER, kind)
    return QueryHeader(
        value["ric-Style-Type"],
        testing_from_asn(value.get("associatedE2NodeInfo", ()), _HEADER),
        ues_from_asn(value.get("associatedUEInfo"), _HEADER),
    )


def encode_query_definition(parameters: Sequence[Asked]) -> bytes:
    """Format 1: what is asked for; at least one."""
    value = {"ranP-ToBeQueried-List": asked_to_asn(parameters)}
    return RC.encode(_DEFINITION, {"ric-queryDefinition-formats": ("queryDefinition-Format1", value)})


def decode_query_definition(data: bytes) -> tuple[Asked, ...]:
    kind, value = RC.decode(_DEFINITION, data)["ric-queryDefinition-formats"]
    if kind != "queryDefinition-Format1":
        raise unknown(_DEFINITION, kind)
    return asked_from_asn(value["ranP-ToBeQueried-List"])


def encode_query_outcome(outcome: QueryOutcome) -> bytes:
    chosen: tuple[str, dict[str, Any]]
    if isinstance(outcome, CellAnswers):
        chosen = ("queryOutcome-Format1", {"cellInfo-List": [_cell_to_asn(one) for one in outcome.cells]})
    else:
        ues = [
            absent_removed(
                {"ueID": ue_to_asn(one.ue), "ranP-List": _to_asn(one.parameters), "ueFilterID": one.selection}
            )
            for one in outcome.ues
        ]
        chosen = ("queryOutcome-Format2", {"ueInfo-List": ues})
    return RC.encode(_OUTCOME, {"ric-queryOutcome-formats": chosen})


def decode_query_outcome(data: bytes) -> QueryOutcome:
    kind, value = RC.decode(_OUTCOME, data)["ric-queryOutcome-formats"]
    if kind == "queryOutcome-Format1":
        return CellAnswers(tuple(map(_cell_from_asn, value["cellInfo-List"])))
    if kind == "queryOutcome-Format2":
        return UeAnswers(
            tuple(
                UeAnswer(ue_from_asn(one["ueID"], _OUTCOME), _from_asn(one["ranP-List"]), one.get("ueFilterID"))
                for one in value["ueInfo-List"]
            )
        )
    raise unknown(_OUTCOME, kind)


def _cell_to_asn(one: CellAnswer) -> dict[str, Any]:
    relation = None if one.neighbors is None else relation_to_asn(one.neighbors)
    fields = {
        "cellGlobal-ID": cgi_to_asn(one.cell),
        "ranP-List": _to_asn(one.parameters),
        "neighborRelation-Table": relation,
    }
    return absent_removed(fields)


def _cell_from_asn(item: dict[str, Any]) -> CellAnswer:
    relation = item.get("neighborRelation-Table")
    return CellAnswer(
        cgi_from_asn(item["cellGlobal-ID"], _OUTCOME),
        _from_asn(item["ranP-List"]),
        None if relation is None else relation_from_asn(relation, _OUTCOME),
    )


def _to_asn(parameters: Answered) -> list[dict[str, Any]]:
    return [
        {"ranParameter-ID": id_} if value is None else items_to_asn({id_: value})[0]
        for id_, value in parameters.items()
    ]


def _from_asn(items: Sequence[dict[str, Any]]) -> dict[int, Parameter | None]:
    answers: dict[int, Parameter | None] = {}
    for item in items:
        id_ = item["ranParameter-ID"]
        if id_ in answers:
            raise DecodeError(f"RAN parameter {id_} occurs twice", path=_OUTCOME)
        answers[id_] = items_from_asn([item], _OUTCOME)[id_] if "ranParameter-valueType" in item else None
    return answers
