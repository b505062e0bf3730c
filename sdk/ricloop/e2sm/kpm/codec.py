"""A shelf: every KPM message, both ways, from the file that it is in."""

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
from ricloop.e2sm.kpm.listing import Memory, listing
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.records import CellRecord, UeRecords
