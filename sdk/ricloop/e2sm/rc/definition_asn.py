"""The RAN function definition in the spelling of the ASN.1 codec (E2SM-RC 9.2.2)."""

from __future__ import annotations

from dataclasses import replace

from ricloop.asn1 import RC
from ricloop.asn1.convert import Converter, listed, record
from ricloop.core.errors import EncodeError
from ricloop.e2sm.common import EVENT_STYLE, FUNCTION_NAME
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
from ricloop.e2sm.rc.shapes import named_from_asn, named_to_asn

_TYPE = "E2SM-RC-RANFunctionDefinition"
_EVENTS = "ranFunctionDefinition-EventTrigger"


def encode_function_definition(definition: Definition) -> bytes:
    """Raises EncodeError where there are event parameters and no event trigger style."""
    value, events = _OFFERED.to_asn(definition), _TRIGGERS.to_asn(definition)
    if len(events) > 1 and not definition.event_styles:
        raise EncodeError(f"{_TYPE}: event parameters need an event trigger style beside them")
    return RC.encode(_TYPE, value | {_EVENTS: events} if definition.event_styles else value)


def decode_function_definition(data: bytes) -> Definition:
    value = RC.decode(_TYPE, data)
    offered: Definition = _OFFERED.from_asn(value)
    return replace(offered, **_TRIGGERS.from_asn(value[_EVENTS])) if _EVENTS in value else offered


def _inside(member: str, item: Converter) -> Converter:
    """A list that is alone in a SEQUENCE."""
    items = listed(item)
    return Converter(
        lambda values: {member: items.to_asn(values)}, lambda found: items.from_asn(found.get(member, ())), ()
    )


_NAMED = Converter(named_to_asn, named_from_asn, ())

_BREAKPOINT = record(
    Breakpoint,
    id="callProcessBreakpoint-ID",
    name="callProcessBreakpoint-Name",
    parameters=("ran-CallProcessBreakpointParameters-List?", _NAMED),
)
_CALL_PROCESS = record(
    CallProcess,
    id="callProcessType-ID",
    name="callProcessType-Name",
    breakpoints=("callProcessBreakpoints-List", listed(_BREAKPOINT)),
)
_TRIGGERS = record(
    dict,
    event_styles=("ric-EventTriggerStyle-List", listed(EVENT_STYLE)),
    l2=("ran-L2Parameters-List?", _NAMED),
    call_processes=("ran-CallProcessTypes-List?", listed(_CALL_PROCESS)),
    ue_identification=("ran-UEIdentificationParameters-List?", _NAMED),
    cell_identification=("ran-CellIdentificationParameters-List?", _NAMED),
)
_REPORT = record(
    ReportStyle,
    type="ric-ReportStyle-Type",
    name="ric-ReportStyle-Name",
    event_style="ric-SupportedEventTriggerStyle-Type",
    action_format="ric-ReportActionFormat-Type",
    header_format="ric-IndicationHeaderFormat-Type",
    message_format="ric-IndicationMessageFormat-Type",
    parameters=("ran-ReportParameters-List?", _NAMED),
)
_INSERT_INDICATION = record(
    NamedAction,
    id="ric-InsertIndication-ID",
    name="ric-InsertIndication-Name",
    parameters=("ran-InsertIndicationParameters-List?", _NAMED),
)
_INSERT = record(
    InsertStyle,
    type="ric-InsertStyle-Type",
    name="ric-InsertStyle-Name",
    event_style="ric-SupportedEventTriggerStyle-Type",
    action_format="ric-ActionDefinitionFormat-Type",
    header_format="ric-IndicationHeaderFormat-Type",
    message_format="ric-IndicationMessageFormat-Type",
    call_process_format="ric-CallProcessIDFormat-Type",
    indications=("ric-InsertIndication-List?", listed(_INSERT_INDICATION)),
)
_CONTROL_ACTION = record(
    NamedAction,
    id="ric-ControlAction-ID",
    name="ric-ControlAction-Name",
    parameters=("ran-ControlActionParameters-List?", _NAMED),
    groups=(
        "ueGroup-ControlAction-Supported?",
        Converter(lambda groups: "true" if groups else "false", lambda found: found == "true"),
    ),
)
_CONTROL_FORMATS = record(
    ControlFormats,
    header="ric-ControlHeaderFormat-Type",
    message="ric-ControlMessageFormat-Type",
    outcome="ric-ControlOutcomeFormat-Type?",
    action="ric-ControlAction-ID?",
)
_CONTROL = record(
    ControlStyle,
    type="ric-ControlStyle-Type",
    name="ric-ControlStyle-Name",
    header_format="ric-ControlHeaderFormat-Type",
    message_format="ric-ControlMessageFormat-Type",
    outcome_format="ric-ControlOutcomeFormat-Type",
    call_process_format="ric-CallProcessIDFormat-Type?",
    actions=("ric-ControlAction-List?", listed(_CONTROL_ACTION)),
    outcomes=("ran-ControlOutcomeParameters-List?", _NAMED),
    also=("listOfAdditionalSupportedFormats?", replace(listed(_CONTROL_FORMATS), absent=None)),
)
_POLICY_ACTION = record(
    PolicyActionOffer,
    id="ric-PolicyAction-ID",
    name="ric-PolicyAction-Name",
    action_format="ric-ActionDefinitionFormat-Type",
    parameters=("ran-PolicyActionParameters-List?", _NAMED),
    conditions=("ran-PolicyConditionParameters-List?", _NAMED),
)
_POLICY = record(
    PolicyStyle,
    type="ric-PolicyStyle-Type",
    name="ric-PolicyStyle-Name",
    event_style="ric-SupportedEventTriggerStyle-Type",
    actions=("ric-PolicyAction-List?", listed(_POLICY_ACTION)),
)
_QUERY = record(
    QueryStyle,
    type="ric-QueryStyle-Type",
    name="ric-QueryStyle-Name",
    header_format="ric-QueryHeaderFormat-Type",
    definition_format="ric-QueryDefinitionFormat-Type",
    outcome_format="ric-QueryOutcomeFormat-Type",
    parameters=("ran-QueryParameters-List?", _NAMED),
)
_OFFERED = record(
    Definition,
    name=("ranFunction-Name", FUNCTION_NAME),
    reports=("ranFunctionDefinition-Report?", _inside("ric-ReportStyle-List", _REPORT)),
    inserts=("ranFunctionDefinition-Insert?", _inside("ric-InsertStyle-List", _INSERT)),
    controls=("ranFunctionDefinition-Control?", _inside("ric-ControlStyle-List", _CONTROL)),
    policies=("ranFunctionDefinition-Policy?", _inside("ric-PolicyStyle-List", _POLICY)),
    queries=("ranFunctionDefinition-Query?", _inside("ric-QueryStyle-List", _QUERY)),
)
