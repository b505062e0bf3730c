"""Every KPM message, both ways: what a node and a RIC need to talk."""

from ricloop.e2sm.kpm.action import (
    ActionDefinition,
    decode_action_definition,
    decode_event_trigger,
    encode_action_definition,
    encode_event_trigger,
)
from ricloop.e2sm.kpm.conditional import encode as encode_condition_message
from ricloop.e2sm.kpm.definition import (
    OID,
    SHORT_NAME,
    Definition,
    ReportStyle,
    decode_function_definition,
    definition_of,
    encode_function_definition,
)
from ricloop.e2sm.kpm.indication import (
    decode_indication_header,
    decode_message,
    encode_cell_message,
    encode_indication_header,
    encode_ue_message,
)
from ricloop.e2sm.kpm.listing import Listing, Memory, listing
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.records import CellRecord, UeRecords

__all__ = [
    "OID",
    "SHORT_NAME",
    "ActionDefinition",
    "CellRecord",
    "Definition",
    "Listing",
    "Measurement",
    "Memory",
    "ReportStyle",
    "UeRecords",
    "decode_action_definition",
    "decode_event_trigger",
    "decode_function_definition",
    "decode_indication_header",
    "decode_message",
    "definition_of",
    "encode_action_definition",
    "encode_cell_message",
    "encode_condition_message",
    "encode_event_trigger",
    "encode_function_definition",
    "encode_indication_header",
    "encode_ue_message",
    "listing",
]
