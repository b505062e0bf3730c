"""RAN function definition (E2SM-RC 9.2.2): which events, reports, inserts and controls a node offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import RC
from ricloop.e2sm.common import EventStyle, FunctionName, name_from_asn, name_to_asn

SHORT_NAME = "ORAN-E2SM-RC"
OID = "1.3.6.1.4.1.53148.1.1.2.3"

_TYPE = "E2SM-RC-RANFunctionDefinition"


@dataclass(frozen=True, slots=True)
class NamedParameter:
    """A RAN parameter that the node knows. What it is made of is not read: the standard's clauses say it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ReportStyle:
    type: int
    name: str
    event_style: int
    """The event trigger style that starts it."""
    action_format: int
    header_format: int
    message_format: int
    parameters: tuple[NamedParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedAction:
    """One control action, or one insert indication."""

    id: int
    name: str
    parameters: tuple[NamedParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class InsertStyle:
    type: int
    name: str
    event_style: int
    indications: tuple[NamedAction, ...] = ()
    action_format: int = 3
    header_format: int = 2
    message_format: int = 5
    call_process_format: int = 1


@dataclass(frozen=True, slots=True)
class ControlStyle:
    type: int
    name: str
    actions: tuple[NamedAction, ...]
    header_format: int = 1
    message_format: int = 1
    outcome_format: int = 1
    call_process_format: int | None = 1


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything that a node says about its RC function, but for policies and the parts of parameters."""

    name: FunctionName
    event_styles: tuple[EventStyle, ...] = ()
    reports: tuple[ReportStyle, ...] = ()
    inserts: tuple[InsertStyle, ...] = ()
    controls: tuple[ControlStyle, ...] = ()

    def controls_action(self, style: int, action: int) -> bool:
        """True where the node offers this control action."""
        return any(one.type == style and any(a.id == action for a in one.actions) for one in self.controls)


HANDOVER_CONTROL = ControlStyle(
    3,
    "Connected Mode Mobility Control",
    (NamedAction(1, "Handover Control", (NamedParameter(1, "Target Primary Cell ID"),)),),
)
"""What a node that hands UEs over on request announces (7.6.4)."""


def definition_of(*controls: ControlStyle, oid: str = OID) -> Definition:
    """The definition of a node that obeys these controls and reports nothing."""
    return Definition(FunctionName(short_name=SHORT_NAME, oid=oid, description="RAN Control"), controls=controls)


def encode_function_definition(definition: Definition) -> bytes:
    value: dict[str, Any] = {"ranFunction-Name": name_to_asn(definition.name)}
    if definition.event_styles:
        styles = [
            {
                "ric-EventTriggerStyle-Type": one.type,
                "ric-EventTriggerStyle-Name": one.name,
                "ric-EventTriggerFormat-Type": one.format,
            }
            for one in definition.event_styles
        ]
        value["ranFunctionDefinition-EventTrigger"] = {"ric-EventTriggerStyle-List": styles}
    if definition.reports:
        value["ranFunctionDefinition-Report"] = {
            "ric-ReportStyle-List": [_report_to_asn(one) for one in definition.reports]
        }
    if definition.inserts:
        value["ranFunctionDefinition-Insert"] = {
            "ric-InsertStyle-List": [_insert_to_asn(one) for one in definition.inserts]
        }
    if definition.controls:
        value["ranFunctionDefinition-Control"] = {
            "ric-ControlStyle-List": [_control_to_asn(one) for one in definition.controls]
        }
    return RC.encode(_TYPE, value)


def decode_function_definition(data: bytes) -> Definition:
    value = RC.decode(_TYPE, data)
    events = value.get("ranFunctionDefinition-EventTrigger", {}).get("ric-EventTriggerStyle-List", ())
    reports = value.get("ranFunctionDefinition-Report", {}).get("ric-ReportStyle-List", ())
    inserts = value.get("ranFunctionDefinition-Insert", {}).get("ric-InsertStyle-List", ())
    controls = value.get("ranFunctionDefinition-Control", {}).get("ric-ControlStyle-List", ())
    return Definition(
        name_from_asn(value["ranFunction-Name"]),
        tuple(
            EventStyle(
                one["ric-EventTriggerStyle-Type"], one["ric-EventTriggerStyle-Name"], one["ric-EventTriggerFormat-Type"]
            )
            for one in events
        ),
        tuple(_report_from_asn(one) for one in reports),
        tuple(_insert_from_asn(one) for one in inserts),
        tuple(_control_from_asn(one) for one in controls),
    )


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
        _parameters(style.get("ran-ReportParameters-List", ())),
    )


def _insert_to_asn(style: InsertStyle) -> dict[str, Any]:
    value: dict[str, Any] = {
        "ric-InsertStyle-Type": style.type,
        "ric-InsertStyle-Name": style.name,
        "ric-SupportedEventTriggerStyle-Type": style.event_style,
        "ric-ActionDefinitionFormat-Type": style.action_format,
        "ric-IndicationHeaderFormat-Type": style.header_format,
        "ric-IndicationMessageFormat-Type": style.message_format,
        "ric-CallProcessIDFormat-Type": style.call_process_format,
    }
    if style.indications:
        value["ric-InsertIndication-List"] = [
            {
                "ric-InsertIndication-ID": one.id,
                "ric-InsertIndication-Name": one.name,
                **_named("ran-InsertIndicationParameters-List", one.parameters),
            }
            for one in style.indications
        ]
    return value


def _insert_from_asn(style: dict[str, Any]) -> InsertStyle:
    return InsertStyle(
        style["ric-InsertStyle-Type"],
        style["ric-InsertStyle-Name"],
        style["ric-SupportedEventTriggerStyle-Type"],
        tuple(
            NamedAction(
                one["ric-InsertIndication-ID"],
                one["ric-InsertIndication-Name"],
                _parameters(one.get("ran-InsertIndicationParameters-List", ())),
            )
            for one in style.get("ric-InsertIndication-List", ())
        ),
        style["ric-ActionDefinitionFormat-Type"],
        style["ric-IndicationHeaderFormat-Type"],
        style["ric-IndicationMessageFormat-Type"],
        style["ric-CallProcessIDFormat-Type"],
    )


def _control_to_asn(style: ControlStyle) -> dict[str, Any]:
    value: dict[str, Any] = {
        "ric-ControlStyle-Type": style.type,
        "ric-ControlStyle-Name": style.name,
        "ric-ControlHeaderFormat-Type": style.header_format,
        "ric-ControlMessageFormat-Type": style.message_format,
        "ric-ControlOutcomeFormat-Type": style.outcome_format,
    }
    if style.call_process_format is not None:
        value["ric-CallProcessIDFormat-Type"] = style.call_process_format
    if style.actions:
        value["ric-ControlAction-List"] = [
            {
                "ric-ControlAction-ID": one.id,
                "ric-ControlAction-Name": one.name,
                **_named("ran-ControlActionParameters-List", one.parameters),
            }
            for one in style.actions
        ]
    return value


def _control_from_asn(style: dict[str, Any]) -> ControlStyle:
    return ControlStyle(
        style["ric-ControlStyle-Type"],
        style["ric-ControlStyle-Name"],
        tuple(
            NamedAction(
                one["ric-ControlAction-ID"],
                one["ric-ControlAction-Name"],
                _parameters(one.get("ran-ControlActionParameters-List", ())),
            )
            for one in style.get("ric-ControlAction-List", ())
        ),
        style["ric-ControlHeaderFormat-Type"],
        style["ric-ControlMessageFormat-Type"],
        style["ric-ControlOutcomeFormat-Type"],
        style.get("ric-CallProcessIDFormat-Type"),
    )


def _named(field: str, parameters: tuple[NamedParameter, ...]) -> dict[str, Any]:
    items = [{"ranParameter-ID": one.id, "ranParameter-name": one.name} for one in parameters]
    return {field: items} if items else {}


def _parameters(items: Any) -> tuple[NamedParameter, ...]:
    return tuple(NamedParameter(one["ranParameter-ID"], one["ranParameter-name"]) for one in items)
