"""Every CCC message, both ways: what a node and a RIC need to talk."""

from ricloop.e2sm.ccc.control import Controlled, decode_control, encode_control
from ricloop.e2sm.ccc.definition import (
    OID,
    SHORT_NAME,
    FunctionDefinition,
    decode_function_definition,
)
from ricloop.e2sm.ccc.indication import (
    IndicationHeader,
    IndicationMessage,
    Told,
    decode_indication_header,
    decode_indication_message,
    encode_indication,
)
from ricloop.e2sm.ccc.offering import SAVING, Offered, encode_function_definition
from ricloop.e2sm.ccc.outcome import ControlOutcome, decode_outcome, encode_outcome
from ricloop.e2sm.ccc.query import (
    QueryDefinition,
    QueryHeader,
    QueryOutcome,
    decode_query_definition,
    decode_query_header,
    decode_query_outcome,
    encode_query,
    encode_query_outcome,
)
from ricloop.e2sm.ccc.saving import (
    encode_saving_action,
    encode_saving_control,
    encode_saving_indication,
    encode_saving_trigger,
)
from ricloop.e2sm.ccc.subscription import (
    ActionDefinition,
    EventTrigger,
    decode_action_definition,
    decode_event_trigger,
    encode_action_definition,
    encode_event_trigger,
    encode_periodic_trigger,
)

__all__ = [
    "OID",
    "SAVING",
    "SHORT_NAME",
    "ActionDefinition",
    "ControlOutcome",
    "Controlled",
    "EventTrigger",
    "FunctionDefinition",
    "IndicationHeader",
    "IndicationMessage",
    "Offered",
    "QueryDefinition",
    "QueryHeader",
    "QueryOutcome",
    "Told",
    "decode_action_definition",
    "decode_control",
    "decode_event_trigger",
    "decode_function_definition",
    "decode_indication_header",
    "decode_indication_message",
    "decode_outcome",
    "decode_query_definition",
    "decode_query_header",
    "decode_query_outcome",
    "encode_action_definition",
    "encode_control",
    "encode_event_trigger",
    "encode_function_definition",
    "encode_indication",
    "encode_outcome",
    "encode_periodic_trigger",
    "encode_query",
    "encode_query_outcome",
    "encode_saving_action",
    "encode_saving_control",
    "encode_saving_indication",
    "encode_saving_trigger",
]
