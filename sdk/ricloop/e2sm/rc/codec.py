"""The RC messages that a node and a RIC need to talk, both ways."""

from ricloop.e2sm.rc.control import (
    ControlHeader,
    decode_call_process_id,
    decode_control_header,
    decode_control_message,
    decode_control_outcome,
    encode_call_process_id,
    encode_control_header,
    encode_control_message,
    encode_control_outcome,
)
from ricloop.e2sm.rc.definition import (
    HANDOVER_CONTROL,
    OID,
    SHORT_NAME,
    ControlStyle,
    Definition,
    InsertStyle,
    NamedAction,
    NamedParameter,
    ReportStyle,
    decode_function_definition,
    definition_of,
    encode_function_definition,
)
from ricloop.e2sm.rc.mobility import decode_handover, encode_handover
from ricloop.e2sm.rc.parameters import Bits, Element

__all__ = [
    "HANDOVER_CONTROL",
    "OID",
    "SHORT_NAME",
    "Bits",
    "ControlHeader",
    "ControlStyle",
    "Definition",
    "Element",
    "InsertStyle",
    "NamedAction",
    "NamedParameter",
    "ReportStyle",
    "decode_call_process_id",
    "decode_control_header",
    "decode_control_message",
    "decode_control_outcome",
    "decode_function_definition",
    "decode_handover",
    "definition_of",
    "encode_call_process_id",
    "encode_control_header",
    "encode_control_message",
    "encode_control_outcome",
    "encode_function_definition",
    "encode_handover",
]
