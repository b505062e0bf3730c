"""Example messages of RC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

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
    header = codec.QueryHeader(4, ues=(codec.UeSelection(1, UE),))
    answers = codec.UeAnswers((codec.UeAnswer(UE, {3: state, 6: None}, 1),))
    action = codec.InsertAction(3, 1, codec.asked(1, 2), UE)
    insert = codec.InsertHeader(UE, 3, 1)
    indicated = codec.UeMessage(((UE, {202: state}),))
    commanded = codec.ControlHeader(UE, 3, 1, accept=True)
    handover = codec.decode_control_message(codec.encode_handover(TARGET))
    rows: tuple[tuple[str, Any, Callable[[Any], bytes], Callable[[bytes], Any]], ...] = (
        ("RAN function definition", OFFERED, codec.encode_function_definition, codec.decode_function_definition),
        ("event trigger", trigger, codec.encode_event_trigger, codec.decode_event_trigger),
        ("action definition", action, codec.encode_action_definition, codec.decode_action_definition),
        ("indication header", insert, codec.encode_indication_header, codec.decode_indication_header),
        ("indication message", indicated, codec.encode_indication_message, codec.decode_indication_message),
        ("control header", commanded, codec.encode_control_header, codec.decode_control_header),
        ("control message", handover, codec.encode_control_message, codec.decode_control_message),
        ("control outcome", codec.Outcome({1: 5}), codec.encode_control_outcome, codec.decode_control_outcome),
        ("call process id", 3, codec.encode_call_process_id, codec.decode_call_process_id),
        ("query header", header, codec.encode_query_header, codec.decode_query_header),
        ("query definition", codec.asked(3), codec.encode_query_definition, codec.decode_query_definition),
        ("query outcome", answers, codec.encode_query_outcome, codec.decode_query_outcome),
    )
    return tuple(Sample(title, encode(value), decode, encode) for title, value, encode, decode in rows)


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
