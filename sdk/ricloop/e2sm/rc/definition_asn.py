"""The RAN function definition in the spelling of the ASN.1 codec (E2SM-RC 9.2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ricloop.asn1 import RC
from ricloop.core.errors import EncodeError
from ricloop.e2sm.common import EventStyle, absent_removed, name_from_asn, name_to_asn
from ricloop.e2sm.rc.definition import (
    Breakpoint,
    CallProcess,
    ControlFormats,
    ControlStyle,
    Definition,
    InsertStyle,
    NamedAction,
    PolicyActionOffer,
    PolicyStyle,
    QueryStyle,
    ReportStyle,
)
from ricloop.e2sm.rc.shapes import NamedParameter, named_from_asn, named_to_asn

_TYPE = "E2SM-RC-RANFunctionDefinition"
_PARTS = (
    ("ranFunctionDefinition-Report", "ric-ReportStyle-List"),
    ("ranFunctionDefinition-Insert", "ric-InsertStyle-List"),
    ("ranFunctionDefinition-Control", "ric-ControlStyle-List"),
    ("ranFunctionDefinition-Policy", "ric-PolicyStyle-List"),
    ("ranFunctionDefinition-Query", "ric-QueryStyle-List"),
)


def encode_function_definition(definition: Definition) -> bytes:
    """Raises EncodeError where there are event parameters and no event trigger style."""
    events = {
        "ric-EventTriggerStyle-List": [
            {
                "ric-EventTriggerStyle-Type": one.type,
                "ric-EventTriggerStyle-Name": one.name,
                "ric-EventTriggerFormat-Type": one.format,
            }
            for one in definition.event_styles
        ],
        **_named("ran-L2Parameters-List", definition.l2),
        **_list("ran-CallProcessTypes-List", map(_process_to_asn, definition.call_processes)),
        **_named("ran-UEIdentificationParameters-List", definition.ue_identification),
        **_named("ran-CellIdentificationParameters-List", definition.cell_identification),
    }
    if len(events) > 1 and not definition.event_styles:
        raise EncodeError(f"{_TYPE}: event parameters need an event trigger style beside them")
    lists = (
        [_report_to_asn(one) for one in definition.reports],
        [_insert_to_asn(one) for one in definition.inserts],
        [_control_to_asn(one) for one in definition.controls],
        [_policy_to_asn(one) for one in definition.policies],
        [_query_to_asn(one) for one in definition.queries],
    )
    value: dict[str, Any] = {"ranFunction-Name": name_to_asn(definition.name)}
    if definition.event_styles:
        value["ranFunctionDefinition-EventTrigger"] = events
    value.update({part: {field: items} for (part, field), items in zip(_PARTS, lists, strict=True) if items})
    return RC.encode(_TYPE, value)


def decode_function_definition(data: bytes) -> Definition:
    value = RC.decode(_TYPE, data)
    events = value.get("ranFunctionDefinition-EventTrigger", {})
    reports, inserts, controls, policies, queries = (value.get(part, {}).get(field, ()) for part, field in _PARTS)
    return Definition(
        name_from_asn(value["ranFunction-Name"]),
        tuple(
            EventStyle(
                one["ric-EventTriggerStyle-Type"], one["ric-EventTriggerStyle-Name"], one["ric-EventTriggerFormat-Type"]
            )
            for one in events.get("ric-EventTriggerStyle-List", ())
        ),
        tuple(map(_report_from_asn, reports)),
        tuple(map(_insert_from_asn, inserts)),
        tuple(map(_control_from_asn, controls)),
        tuple(map(_policy_from_asn, policies)),
        tuple(map(_query_from_asn, queries)),
        named_from_asn(events.get("ran-L2Parameters-List", ())),
        tuple(map(_process_from_asn, events.get("ran-CallProcessTypes-List", ()))),
        named_from_asn(events.get("ran-UEIdentificationParameters-List", ())),
        named_from_asn(events.get("ran-CellIdentificationParameters-List", ())),
    )


def _list(field: str, items: Iterable[Any]) -> dict[str, Any]:
    """The field; nothing where the list is empty, since empty lists cannot be sent."""
    listed = list(items)
    return {field: listed} if listed else {}


def _named(field: str, parameters: tuple[NamedParameter, ...]) -> dict[str, Any]:
    return _list(field, named_to_asn(parameters))


def _process_to_asn(one: CallProcess) -> dict[str, Any]:
    return {
        "callProcessType-ID": one.id,
        "callProcessType-Name": one.name,
        "callProcessBreakpoints-List": [
            {
                "callProcessBreakpoint-ID": point.id,
                "callProcessBreakpoint-Name": point.name,
                **_named("ran-CallProcessBreakpointParameters-List", point.parameters),
            }
            for point in one.breakpoints
        ],
    }


def _process_from_asn(item: dict[str, Any]) -> CallProcess:
    points = (
        Breakpoint(
            point["callProcessBreakpoint-ID"],
            point["callProcessBreakpoint-Name"],
            named_from_asn(point.get("ran-CallProcessBreakpointParameters-List", ())),
        )
        for point in item["callProcessBreakpoints-List"]
    )
    return CallProcess(item["callProcessType-ID"], item["callProcessType-Name"], tuple(points))


def _report_to_asn(style: ReportStyle) -> dict[str, Any]:
    return {
        "ric-ReportStyle-Type": style.type,
        "ric-ReportStyle-Name": style.name,
        "ric-SupportedEventTriggerStyle-Type": style.event_style,
        "ric-ReportActionFormat-Type": style.action_format,
        "ric-IndicationHeaderFormat-Type": style.header_format,
        "ric-IndicationMessageFormat-Type": style.message_format,
        **_named("ran-ReportParameters-List", style.parameters),
    }


def _report_from_asn(style: dict[str, Any]) -> ReportStyle:
    return ReportStyle(
        style["ric-ReportStyle-Type"],
        style["ric-ReportStyle-Name"],
        style["ric-SupportedEventTriggerStyle-Type"],
        style["ric-ReportActionFormat-Type"],
        style["ric-IndicationHeaderFormat-Type"],
        style["ric-IndicationMessageFormat-Type"],
        named_from_asn(style.get("ran-ReportParameters-List", ())),
    )


def _insert_to_asn(style: InsertStyle) -> dict[str, Any]:
    indications = (
        {
            "ric-InsertIndication-ID": one.id,
            "ric-InsertIndication-Name": one.name,
            **_named("ran-InsertIndicationParameters-List", one.parameters),
        }
        for one in style.indications
    )
    return {
        "ric-InsertStyle-Type": style.type,
        "ric-InsertStyle-Name": style.name,
        "ric-SupportedEventTriggerStyle-Type": style.event_style,
        "ric-ActionDefinitionFormat-Type": style.action_format,
        "ric-IndicationHeaderFormat-Type": style.header_format,
        "ric-IndicationMessageFormat-Type": style.message_format,
        "ric-CallProcessIDFormat-Type": style.call_process_format,
        **_list("ric-InsertIndication-List", indications),
    }


def _insert_from_asn(style: dict[str, Any]) -> InsertStyle:
    indications = (
        NamedAction(
            one["ric-InsertIndication-ID"],
            one["ric-InsertIndication-Name"],
            named_from_asn(one.get("ran-InsertIndicationParameters-List", ())),
        )
        for one in style.get("ric-InsertIndication-List", ())
    )
    return InsertStyle(
        style["ric-InsertStyle-Type"],
        style["ric-InsertStyle-Name"],
        style["ric-SupportedEventTriggerStyle-Type"],
        tuple(indications),
        style["ric-ActionDefinitionFormat-Type"],
        style["ric-IndicationHeaderFormat-Type"],
        style["ric-IndicationMessageFormat-Type"],
        style["ric-CallProcessIDFormat-Type"],
    )


def _control_to_asn(style: ControlStyle) -> dict[str, Any]:
    actions = (
        {
            "ric-ControlAction-ID": one.id,
            "ric-ControlAction-Name": one.name,
            **_named("ran-ControlActionParameters-List", one.parameters),
            **({} if one.groups is None else {"ueGroup-ControlAction-Supported": "true" if one.groups else "false"}),
        }
        for one in style.actions
    )
    also = None
    if style.also is not None:
        also = [
            absent_removed(
                {
                    "ric-ControlHeaderFormat-Type": one.header,
                    "ric-ControlMessageFormat-Type": one.message,
                    "ric-ControlOutcomeFormat-Type": one.outcome,
                    "ric-ControlAction-ID": one.action,
                }
            )
            for one in style.also
        ]
    fields = {
        "ric-ControlStyle-Type": style.type,
        "ric-ControlStyle-Name": style.name,
        "ric-ControlHeaderFormat-Type": style.header_format,
        "ric-ControlMessageFormat-Type": style.message_format,
        "ric-ControlOutcomeFormat-Type": style.outcome_format,
        "ric-CallProcessIDFormat-Type": style.call_process_format,
        **_list("ric-ControlAction-List", actions),
        **_named("ran-ControlOutcomeParameters-List", style.outcomes),
        "listOfAdditionalSupportedFormats": also,
    }
    return absent_removed(fields)


def _control_from_asn(style: dict[str, Any]) -> ControlStyle:
    also = style.get("listOfAdditionalSupportedFormats")
    return ControlStyle(
        style["ric-ControlStyle-Type"],
        style["ric-ControlStyle-Name"],
        tuple(
            NamedAction(
                one["ric-ControlAction-ID"],
                one["ric-ControlAction-Name"],
                named_from_asn(one.get("ran-ControlActionParameters-List", ())),
                {"true": True, "false": False}.get(one.get("ueGroup-ControlAction-Supported", "")),
            )
            for one in style.get("ric-ControlAction-List", ())
        ),
        style["ric-ControlHeaderFormat-Type"],
        style["ric-ControlMessageFormat-Type"],
        style["ric-ControlOutcomeFormat-Type"],
        style.get("ric-CallProcessIDFormat-Type"),
        named_from_asn(style.get("ran-ControlOutcomeParameters-List", ())),
        None
        if also is None
        else tuple(
            ControlFormats(
                one["ric-ControlHeaderFormat-Type"],
                one["ric-ControlMessageFormat-Type"],
                one.get("ric-ControlOutcomeFormat-Type"),
                one.get("ric-ControlAction-ID"),
            )
            for one in also
        ),
    )


def _policy_to_asn(style: PolicyStyle) -> dict[str, Any]:
    actions = (
        {
            "ric-PolicyAction-ID": one.id,
            "ric-PolicyAction-Name": one.name,
            "ric-ActionDefinitionFormat-Type": one.action_format,
            **_named("ran-PolicyActionParameters-List", one.parameters),
            **_named("ran-PolicyConditionParameters-List", one.conditions),
        }
        for one in style.actions
    )
    return {
        "ric-PolicyStyle-Type": style.type,
        "ric-PolicyStyle-Name": style.name,
        "ric-SupportedEventTriggerStyle-Type": style.event_style,
        **_list("ric-PolicyAction-List", actions),
    }


def _policy_from_asn(style: dict[str, Any]) -> PolicyStyle:
    actions = (
        PolicyActionOffer(
            one["ric-PolicyAction-ID"],
            one["ric-PolicyAction-Name"],
            named_from_asn(one.get("ran-PolicyActionParameters-List", ())),
            named_from_asn(one.get("ran-PolicyConditionParameters-List", ())),
            one["ric-ActionDefinitionFormat-Type"],
        )
        for one in style.get("ric-PolicyAction-List", ())
    )
    return PolicyStyle(
        style["ric-PolicyStyle-Type"],
        style["ric-PolicyStyle-Name"],
        style["ric-SupportedEventTriggerStyle-Type"],
        tuple(actions),
    )


def _query_to_asn(style: QueryStyle) -> dict[str, Any]:
    return {
        "ric-QueryStyle-Type": style.type,
        "ric-QueryStyle-Name": style.name,
        "ric-QueryHeaderFormat-Type": style.header_format,
        "ric-QueryDefinitionFormat-Type": style.definition_format,
        "ric-QueryOutcomeFormat-Type": style.outcome_format,
        **_named("ran-QueryParameters-List", style.parameters),
    }


def _query_from_asn(style: dict[str, Any]) -> QueryStyle:
    return QueryStyle(
        style["ric-QueryStyle-Type"],
        style["ric-QueryStyle-Name"],
        named_from_asn(style.get("ran-QueryParameters-List", ())),
        style["ric-QueryHeaderFormat-Type"],
        style["ric-QueryDefinitionFormat-Type"],
        style["ric-QueryOutcomeFormat-Type"],
    )
