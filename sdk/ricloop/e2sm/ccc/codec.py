"""A shelf: every CCC message, both ways, from the file that it is in."""

from ricloop.e2sm.ccc.control import Controlled, decode_control, encode_control
from ricloop.e2sm.ccc.definition import (
    OID,
    SHORT_NAME,
    FunctionDefinition,
    decode_function_definition,
)
from ricloop.e2sm.ccc.indication import (
    Told,
    decode_indication_header,
    decode_indication_message,
    encode_indication,
)
from ricloop.e2sm.ccc.offering import SAVING, Offered, encode_function_definition
from ricloop.e2sm.ccc.outcome import decode_outcome, encode_outcome
from ricloop.e2sm.ccc.query import (
    QueryHeader,
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
    decode_action_definition,
    decode_event_trigger,
    encode_action_definition,
    encode_event_trigger,
    encode_periodic_trigger,
)
