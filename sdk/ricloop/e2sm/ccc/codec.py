"""Every CCC message, both ways: what a node and a RIC need to talk."""

from ricloop.e2sm.ccc.control import (
    CellControl,
    ControlOutcome,
    decode_control,
    decode_outcome,
    encode_control,
    encode_outcome,
)
from ricloop.e2sm.ccc.definition import (
    OID,
    SHORT_NAME,
    FunctionDefinition,
    decode_function_definition,
    encode_function_definition,
)
from ricloop.e2sm.ccc.indication import (
    IndicationHeader,
    IndicationMessage,
    decode_indication_header,
    decode_indication_message,
    encode_indication,
)
from ricloop.e2sm.ccc.subscription import (
    ActionDefinition,
    EventTrigger,
    decode_action_definition,
    decode_event_trigger,
    encode_action_definition,
    encode_event_trigger,
)

__all__ = [
    "OID",
    "SHORT_NAME",
    "ActionDefinition",
    "CellControl",
    "ControlOutcome",
    "EventTrigger",
    "FunctionDefinition",
    "IndicationHeader",
    "IndicationMessage",
    "decode_action_definition",
    "decode_control",
    "decode_event_trigger",
    "decode_function_definition",
    "decode_indication_header",
    "decode_indication_message",
    "decode_outcome",
    "encode_action_definition",
    "encode_control",
    "encode_event_trigger",
    "encode_function_definition",
    "encode_indication",
    "encode_outcome",
]
