"""RAN function definition (9.2.1), written: what a node says that it and its cells offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.definition import (
    OID,
    SHORT_NAME,
    Attribute,
    CellDefinition,
    FunctionDefinition,
    FunctionName,
    Services,
    Structure,
)
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.subscription import CELL_LEVEL, NODE_LEVEL
from ricloop.e2sm.ccc.wire import write

Offered: TypeAlias = Mapping[str, Mapping[str, str]]
"""Structure to attribute to services: letters of T event trigger, R report, C control, Q query."""
SAVING: Offered = {EnergySaving.name: {EnergySaving.STATE: "TR", EnergySaving.CONTROL: "C"}}
"""Cells that report energySavingState and obey energySavingControl."""


def _services(letters: str, level: int) -> Services:
    kind = "Cell" if level == CELL_LEVEL else "Node"
    trigger = {"eventTriggerStyleType": level}
    described: dict[str, dict[str, Any]] = {
        "T": {
            "listOfSupportedEventTriggerStyles": [
                {
                    **trigger,
                    "eventTriggerStyleName": f"{kind} Level Configuration Change",
                    "eventTriggerFormatType": level,
                }
            ]
        },
        "R": {
            "listOfSupportedReportStyles": [
                {
                    "reportServiceStyleType": level,
                    "reportServiceStyleName": f"{kind} Level Configuration",
                    "listOfSupportedEventTriggerStylesForReportStyle": [trigger],
                    "reportServiceActionDefinitionFormatType": level,
                    "reportServiceIndicationHeaderFormatType": 1,
                    "reportServiceIndicationMessageFormatType": level,
                }
            ]
        },
        "C": {
            "listOfSupportedControlStyles": [
                {
                    "controlServiceStyleType": level,
                    "controlServiceStyleName": f"{kind} Configuration and Control",
                    "controlServiceHeaderFormatType": 1,
                    "controlServiceMessageFormatType": level,
                    "controlServiceControlOutcomeFormatType": level,
                }
            ]
        },
        "Q": {
            "listOfSupportedQueryStyles": [
                {
                    "queryServiceStyleType": level,
                    "queryServiceStyleName": f"{kind} Level Configuration",
                    "queryServiceHeaderFormatType": 1,
                    "queryServiceDefinitionFormatType": level,
                    "queryServiceOutcomeFormatType": level,
                }
            ]
        },
    }
    return Services(
        eventTrigger=described["T"] if "T" in letters else None,
        reportService=described["R"] if "R" in letters else None,
        controlService=described["C"] if "C" in letters else None,
        queryService=described["Q"] if "Q" in letters else None,
    )


def _offered(structures: Offered, level: int) -> list[Structure]:
    return [
        Structure(
            ranConfigurationStructureName=name,
            listOfSupportedAttributes=[
                Attribute(attributeName=attribute, supportedServices=_services(letters, level))
                for attribute, letters in attributes.items()
            ],
        )
        for name, attributes in structures.items()
    ]


def encode_function_definition(
    cells: Iterable[CellId], structures: Offered = SAVING, node: Offered | None = None
) -> bytes:
    """The definition of a node whose `cells` all offer these structures; `node`: what it offers of itself."""
    each = _offered(structures, CELL_LEVEL)
    return write(
        FunctionDefinition(
            ranFunctionName=FunctionName(
                ranFunctionShortName=SHORT_NAME,
                ranFunctionServiceModelOID=OID,
                ranFunctionDescription="Cell Configuration and Control",
            ),
            listOfSupportedNodeLevelConfigurationStructures=_offered(node, NODE_LEVEL) if node else None,
            listOfCellsForRANFunctionDefinition=[
                CellDefinition(
                    cellGlobalID=CellGlobalId.of(cell), listOfSupportedCellLevelRANConfigurationStructures=each
                )
                for cell in cells
            ],
        )
    )
