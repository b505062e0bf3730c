"""RAN function definition (E2SM-KPM 8.2.1.1): which measurements a node reports in which style."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import KPM
from ricloop.asn1.convert import Converter, listed, record
from ricloop.e2sm.common import EVENT_STYLE, FUNCTION_NAME, EventStyle, FunctionName, absent_removed
from ricloop.e2sm.kpm.matching import BinRanges
from ricloop.e2sm.kpm.matching_asn import ranges_from_asn, ranges_to_asn

SHORT_NAME = "ORAN-E2SM-KPM"
OID = "1.3.6.1.4.1.53148.1.2.2.2"
"""What deployed nodes of v2 and v3 announce; the OID does not tell the version."""

_TYPE = "E2SM-KPM-RANfunction-Description"
PERIODIC = EventStyle(1, "Periodic Report", 1)


@dataclass(frozen=True, slots=True)
class ReportStyle:
    """One report style, and the measurements it can carry."""

    type: int
    name: str
    measurements: tuple[str, ...]
    """In the node's own spelling."""
    ids: tuple[int | None, ...] = ()
    """measID per measurement; empty where the node numbers none."""
    action_format: int = 1
    header_format: int = 1
    message_format: int = 1
    bins: tuple[BinRanges | None, ...] = ()
    """Per measurement, of distributions whose bins the node fixes; empty where it fixes none."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything that a node says about its KPM function."""

    name: FunctionName
    event_styles: tuple[EventStyle, ...]
    report_styles: tuple[ReportStyle, ...]

    def style(self, type_: int) -> ReportStyle | None:
        return next((style for style in self.report_styles if style.type == type_), None)


def definition_of(cell_level: Iterable[str], ue_level: Iterable[str] = (), *, oid: str = OID) -> Definition:
    """The definition of a node that reports these measurements in styles 1 and 4; no names, no style."""
    cell, ue = tuple(cell_level), tuple(ue_level)
    styles = []
    if cell:
        styles.append(ReportStyle(1, "E2 Node Measurement", cell))
    if ue:
        styles.append(ReportStyle(4, "Common Condition-based, UE-level Measurement", ue, (), 4, 1, 3))
    return Definition(
        FunctionName(short_name=SHORT_NAME, oid=oid, description="KPM Monitor"), (PERIODIC,), tuple(styles)
    )


def encode_function_definition(definition: Definition) -> bytes:
    return KPM.encode(_TYPE, _DEFINITION.to_asn(definition))


def decode_function_definition(data: bytes) -> Definition:
    found: Definition = _DEFINITION.from_asn(KPM.decode(_TYPE, data))
    return found


def _style_to_asn(style: ReportStyle) -> dict[str, Any]:
    ids = style.ids or (None,) * len(style.measurements)
    bins = style.bins or (None,) * len(style.measurements)
    return {
        "ric-ReportStyle-Type": style.type,
        "ric-ReportStyle-Name": style.name,
        "ric-ActionFormat-Type": style.action_format,
        "measInfo-Action-List": [
            absent_removed(
                {"measName": name, "measID": id_, "binRangeDef": None if ranges is None else ranges_to_asn(ranges)}
            )
            for name, id_, ranges in zip(style.measurements, ids, bins, strict=True)
        ],
        "ric-IndicationHeaderFormat-Type": style.header_format,
        "ric-IndicationMessageFormat-Type": style.message_format,
    }


def _style_from_asn(style: dict[str, Any]) -> ReportStyle:
    items = style["measInfo-Action-List"]
    ids = tuple(item.get("measID") for item in items)
    bins = tuple(ranges_from_asn(item["binRangeDef"]) if "binRangeDef" in item else None for item in items)
    return ReportStyle(
        type=style["ric-ReportStyle-Type"],
        name=style["ric-ReportStyle-Name"],
        measurements=tuple(item["measName"] for item in items),
        ids=ids if any(id_ is not None for id_ in ids) else (),
        action_format=style["ric-ActionFormat-Type"],
        header_format=style["ric-IndicationHeaderFormat-Type"],
        message_format=style["ric-IndicationMessageFormat-Type"],
        bins=bins if any(ranges is not None for ranges in bins) else (),
    )


_DEFINITION = record(
    Definition,
    name=("ranFunction-Name", FUNCTION_NAME),
    event_styles=("ric-EventTriggerStyle-List?", listed(EVENT_STYLE)),
    report_styles=("ric-ReportStyle-List?", listed(Converter(_style_to_asn, _style_from_asn))),
)
