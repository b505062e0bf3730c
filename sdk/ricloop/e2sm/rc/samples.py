"""Example messages of RC."""

from __future__ import annotations

from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.e2sm.base import ControlContext
from ricloop.e2sm.rc import codec
from ricloop.e2sm.rc.actions import Handover
from ricloop.e2sm.samples import Controlled, Sample, Samples

_PLMN = Plmn("001", "01")
_TARGET = Cgi(_PLMN, 0x123456789).packed
_UE = UeId(amf_ue_ngap_id=7, guami=Guami(_PLMN, 128, 1, 1), f1ap=(5,))


def samples() -> Samples:
    definition = codec.encode_function_definition(codec.definition_of(codec.HANDOVER_CONTROL))
    outcome = codec.encode_control_outcome({1: 5})
    trigger = codec.OnUeChange((codec.UeChange(1, codec.RrcState((("rrc-connected", None),))),))
    report = codec.UeMessage(((_UE, {202: codec.Element("connected", key=True)}),))
    return Samples(
        definition,
        (
            Sample(
                "RAN function definition",
                definition,
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
                codec.encode_action_definition(codec.InsertAction(3, 1, (1, 2), _UE)),
                codec.decode_action_definition,
                codec.encode_action_definition,
            ),
            Sample(
                "indication header",
                codec.encode_indication_header(codec.InsertHeader(_UE, 3, 1)),
                codec.decode_indication_header,
                codec.encode_indication_header,
            ),
            Sample(
                "indication message",
                codec.encode_indication_message(report),
                codec.decode_indication_message,
                codec.encode_indication_message,
            ),
            Sample(
                "control header",
                codec.encode_control_header(codec.ControlHeader(_UE, 3, 1, accept=True)),
                codec.decode_control_header,
                codec.encode_control_header,
            ),
            Sample(
                "control message",
                codec.encode_handover(_TARGET),
                codec.decode_control_message,
                codec.encode_control_message,
            ),
            Sample("control outcome", outcome, codec.decode_control_outcome, codec.encode_control_outcome),
            Sample(
                "call process id",
                codec.encode_call_process_id(3),
                codec.decode_call_process_id,
                codec.encode_call_process_id,
            ),
        ),
        actions=(Controlled(Handover(1, _TARGET), ControlContext(ue=_UE), outcome),),
    )
