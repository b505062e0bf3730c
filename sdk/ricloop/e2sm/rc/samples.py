"""Example messages of RC."""

from __future__ import annotations

from dataclasses import replace

from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.e2sm.base import ControlContext
from ricloop.e2sm.common import EventStyle, Slice
from ricloop.e2sm.rc import codec, quota
from ricloop.e2sm.rc.actions import Handover, control, slice_quota
from ricloop.e2sm.samples import Controlled, Sample, Samples

PLMN = Plmn("001", "01")
TARGET = Cgi(PLMN, 0x123456789).packed
UE = UeId(amf_ue_ngap_id=7, guami=Guami(PLMN, 128, 1, 1), f1ap=(5,))
_PARAMETER = codec.NamedParameter(1, "DRB ID")
OFFERED = replace(
    codec.definition_of(
        codec.ControlStyle(1, "Radio Bearer Control", (codec.NamedAction(1, "DRB QoS Configuration", (_PARAMETER,)),)),
        codec.ControlStyle(
            2, "Radio Resource Allocation Control", (codec.NamedAction(6, "Slice-level PRB quota", (quota.PARAMETER,)),)
        ),
        codec.HANDOVER_CONTROL,
    ),
    event_styles=(EventStyle(2, "Call Process Breakpoint", 2), EventStyle(4, "UE Information Change", 4)),
    reports=(codec.ReportStyle(4, "UE Information", 4, 1, 1, 2, (codec.NamedParameter(3, "Current RRC State"),)),),
    inserts=(codec.InsertStyle(3, "Connected Mode Mobility Request", 2, (codec.NamedAction(1, "Handover Request"),)),),
    policies=(codec.PolicyStyle(3, "Connected Mode Mobility", 2, (codec.PolicyActionOffer(1, "Handover Control"),)),),
    queries=(codec.QueryStyle(4, "UE Information", (codec.NamedParameter(3, "Current RRC State"),)),),
)
"""Of a node that does a bit of everything."""


def messages() -> tuple[Sample, ...]:
    """One of every kind of message; of a kind with several formats, the one that is used most."""
    state = codec.Element("connected", key=True)
    trigger = codec.OnUeChange((codec.UeChange(1, codec.RrcState((("rrc-connected", None),))),))
    query = codec.encode_query_definition(codec.asked(3))
    answer = codec.UeAnswers((codec.UeAnswer(UE, {3: state, 6: None}, 1),))
    action = codec.InsertAction(3, 1, codec.asked(1, 2), UE)
    return (
        Sample(
            "RAN function definition",
            codec.encode_function_definition(OFFERED),
            codec.decode_function_definition,
            codec.encode_function_definition,
        ),
        Sample(
            "event trigger",
            codec.encode_event_trigger(trigger),
            codec.decode_event_trigger,
            codec.encode_event_trigger,
        ),
        Sample(
            "action definition",
            codec.encode_action_definition(action),
            codec.decode_action_definition,
            codec.encode_action_definition,
        ),
        Sample(
            "indication header",
            codec.encode_indication_header(codec.InsertHeader(UE, 3, 1)),
            codec.decode_indication_header,
            codec.encode_indication_header,
        ),
        Sample(
            "indication message",
            codec.encode_indication_message(codec.UeMessage(((UE, {202: state}),))),
            codec.decode_indication_message,
            codec.encode_indication_message,
        ),
        Sample(
            "control header",
            codec.encode_control_header(codec.ControlHeader(UE, 3, 1, accept=True)),
            codec.decode_control_header,
            codec.encode_control_header,
        ),
        Sample(
            "control message",
            codec.encode_handover(TARGET),
            codec.decode_control_message,
            codec.encode_control_message,
        ),
        Sample(
            "control outcome",
            codec.encode_control_outcome(codec.Outcome({1: 5})),
            codec.decode_control_outcome,
            codec.encode_control_outcome,
        ),
        Sample(
            "call process id",
            codec.encode_call_process_id(3),
            codec.decode_call_process_id,
            codec.encode_call_process_id,
        ),
        Sample(
            "query header",
            codec.encode_query_header(codec.QueryHeader(4, ues=(codec.UeSelection(1, UE),))),
            codec.decode_query_header,
            codec.encode_query_header,
        ),
        Sample("query definition", query, codec.decode_query_definition, codec.encode_query_definition),
        Sample(
            "query outcome", codec.encode_query_outcome(answer), codec.decode_query_outcome, codec.encode_query_outcome
        ),
    )


def samples() -> Samples:
    outcome = codec.encode_control_outcome(codec.Outcome({1: 5}))
    context = ControlContext(ue=UE)
    quota_ = slice_quota(1, Slice(1, 1), plmn=PLMN, min=10, max=50)
    return Samples(
        codec.encode_function_definition(OFFERED),
        messages(),
        actions=(
            Controlled(Handover(1, TARGET), context, outcome),
            Controlled(quota_, context, codec.encode_control_outcome(codec.ParametersOutcome({}))),
            Controlled(
                control(1, 1, 1, {1: 5}),
                context,
                codec.encode_control_outcome(codec.ActionsOutcome(((1, ((1, {1: 5}),)),))),
            ),
        ),
    )
