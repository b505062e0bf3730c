"""A shelf: the RC messages that a node and a RIC need to talk, both ways, from the file that each is in."""

from ricloop.e2sm.rc.action import (
    ActionDefinition,
    InsertAction,
    InsertsAction,
    PolicyAction,
    PolicyRule,
    ReportAction,
    decode_action_definition,
    encode_action_definition,
)
from ricloop.e2sm.rc.conditions import CellSelection, Compare, ParameterTest, Parts, UeSelection
from ricloop.e2sm.rc.control_asn import (
    decode_call_process_id,
    decode_control_header,
    decode_control_message,
    encode_call_process_id,
    encode_control_header,
    encode_control_message,
)
from ricloop.e2sm.rc.controls import (
    ActionsHeader,
    ActionsMessage,
    ActionsOutcome,
    AskedMessage,
    ControlHeader,
    ControlMessage,
    EntityFilter,
    FilteredMessage,
    GroupHeader,
    Outcome,
    ParametersOutcome,
    PartialHeader,
)
from ricloop.e2sm.rc.definition import (
    HANDOVER_CONTROL,
    OID,
    SHORT_NAME,
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
    definition_of,
)
from ricloop.e2sm.rc.definition_asn import decode_function_definition, encode_function_definition
from ricloop.e2sm.rc.events import (
    InterfaceMessage,
    L2State,
    MessageEvent,
    MimoMode,
    NodeChange,
    OnCallProcess,
    OnDemand,
    OnMessage,
    OnNodeChange,
    OnUeChange,
    RrcMessage,
    RrcState,
    UeChange,
    UeContext,
    UeIdChange,
)
from ricloop.e2sm.rc.events_asn import decode_event_trigger, encode_event_trigger
from ricloop.e2sm.rc.indication import (
    CellInfo,
    CellMessage,
    InsertHeader,
    InsertMessage,
    InsertsMessage,
    NodeMessage,
    ReportHeader,
    ReportMessage,
    UeInfo,
    UeMessage,
    UeReportHeader,
)
from ricloop.e2sm.rc.indication_asn import (
    decode_indication_header,
    decode_indication_message,
    encode_indication_header,
    encode_indication_message,
)
from ricloop.e2sm.rc.mobility import decode_handover, encode_handover
from ricloop.e2sm.rc.neighbors import Band, Neighbor, NeighborRelation
from ricloop.e2sm.rc.outcome_asn import decode_control_outcome, encode_control_outcome
from ricloop.e2sm.rc.parameters import Bits, Element
from ricloop.e2sm.rc.queries import (
    CellAnswer,
    CellAnswers,
    QueryHeader,
    UeAnswer,
    UeAnswers,
    decode_query_definition,
    decode_query_header,
    decode_query_outcome,
    encode_query_definition,
    encode_query_header,
    encode_query_outcome,
)
from ricloop.e2sm.rc.shapes import Asked, NamedParameter, Shape, asked
from ricloop.e2sm.rc.syntax import Void
