"""Example messages of CCC."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ricloop.core.ids import CellId, Cgi, GnbId, NodeId, NodeKind, Plmn
from ricloop.core.time import ms
from ricloop.e2sm.base import ControlContext
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.actions import EnergySavingControl, configure
from ricloop.e2sm.ccc.control import ControlHeader, ControlMessage
from ricloop.e2sm.ccc.feeds import report, watch
from ricloop.e2sm.ccc.states import Known, States
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import Wire, fold, read, write
from ricloop.e2sm.samples import Controlled, Indicated, Sample, Samples

_PLMN = Plmn("001", "01")
_CELLS = tuple(Cgi(_PLMN, 0x66C000 + n).packed for n in range(2))
_NODE = NodeId(GnbId(_PLMN, 0x19B), NodeKind.GNB_DU, 1)
_TIME = 1_700_000_000_000_000_000
_RATIOS = "O-RRMPolicyRatio"
_OFFERED: codec.Offered = {
    **codec.SAVING,
    _RATIOS: {"resourceType": "TRQ", "rRMPolicyMaxRatio": "TRCQ"},
}
_HALF, _ALL = {"resourceType": "PRB_DL", "rRMPolicyMaxRatio": 50}, {"resourceType": "PRB_DL", "rRMPolicyMaxRatio": 100}


_HEADER, _MESSAGE = codec.encode_saving_indication("uponSubscription", _TIME, {_CELLS[0]: (None, True)})
_TOLD = codec.encode_indication("uponChange", _TIME, [codec.Told(_CELLS[0], _RATIOS, _HALF, _ALL)])
_NODE_TOLD = codec.encode_indication("periodic", _TIME, [codec.Told(None, _RATIOS, _HALF)])
_BOTH = [codec.Controlled(cell, _RATIOS, _ALL, _HALF) for cell in _CELLS]
_OF_NODE = [codec.Controlled(None, _RATIOS, _ALL, _HALF)]
_OUTCOME = codec.encode_outcome(
    codec.decode_control(*codec.encode_saving_control(_CELLS[0], True, False)), received_unix_ns=_TIME
)
_MIXED = codec.encode_outcome(_BOTH[:1], [(_BOTH[1], "IncompatibleState")])
_NODE_OUTCOME = codec.encode_outcome(_OF_NODE)


def messages(definition: bytes) -> tuple[Sample, ...]:
    """One of every kind of message, and where a node speaks for itself, one more."""
    asked, asked_node = codec.encode_control(_BOTH), codec.encode_control(_OF_NODE)
    query = codec.encode_query(_RATIOS, ("rRMPolicyMaxRatio",), node=False)
    node_query = codec.encode_query(_RATIOS, (), node=True)
    node_action = codec.encode_action_definition(_RATIOS, (), None)
    rows: tuple[tuple[str, bytes, Callable[[bytes], Wire]], ...] = (
        ("RAN function definition", definition, codec.decode_function_definition),
        ("event trigger", codec.encode_saving_trigger(_CELLS), codec.decode_event_trigger),
        ("event trigger of the node", codec.encode_event_trigger(_RATIOS, (), None), codec.decode_event_trigger),
        ("periodic event trigger", codec.encode_periodic_trigger(1000), codec.decode_event_trigger),
        ("action definition", codec.encode_saving_action(_CELLS), codec.decode_action_definition),
        ("action definition of the node", node_action, codec.decode_action_definition),
        ("indication header", _HEADER, codec.decode_indication_header),
        ("indication message", _MESSAGE, codec.decode_indication_message),
        ("indication message of the node", _NODE_TOLD[1], codec.decode_indication_message),
        ("control header", asked[0], partial(read, ControlHeader)),
        ("control message", asked[1], partial(read, ControlMessage)),
        ("control message of the node", asked_node[1], partial(read, ControlMessage)),
        ("control outcome", _OUTCOME, codec.decode_outcome),
        ("control outcome with a failure", _MIXED, codec.decode_outcome),
        ("control outcome of the node", _NODE_OUTCOME, codec.decode_outcome),
        ("query header", query[0], codec.decode_query_header),
        ("query definition", query[1], codec.decode_query_definition),
        ("query definition of the node", node_query[1], codec.decode_query_definition),
        ("query outcome", codec.encode_query_outcome({_CELLS[0]: {_RATIOS: _HALF}}), codec.decode_query_outcome),
        ("query outcome of the node", codec.encode_query_outcome({}, {_RATIOS: _HALF}), codec.decode_query_outcome),
    )
    return tuple(Sample(title, octets, decode, write) for title, octets, decode in rows)


def samples() -> Samples:
    cell = _CELLS[0]
    definition = codec.encode_function_definition(_CELLS, _OFFERED, {_RATIOS: {"rRMPolicyMaxRatio": "TRC"}})
    told_before: dict[tuple[CellId | NodeId, str], dict[str, Any]] = {
        (cell, fold(_RATIOS)): _ALL,
        (_NODE, fold(_RATIOS)): _ALL,
    }
    known = ControlContext(state=Known(States.of({cell: True}), told_before))
    return Samples(
        definition,
        messages(definition),
        (
            Indicated(watch(EnergySaving), _HEADER, _MESSAGE),
            Indicated(watch(_RATIOS, "rRMPolicyMaxRatio"), *_TOLD),
            Indicated(report(ms(100), _RATIOS, node=True), *_NODE_TOLD),
        ),
        (
            Controlled(EnergySavingControl(cell, False), known, _OUTCOME),
            Controlled(configure(cell, _RATIOS, {"rRMPolicyMaxRatio": 50}), known, _MIXED),
            Controlled(configure(_NODE, _RATIOS, {"rRMPolicyMaxRatio": 50}), known, _NODE_OUTCOME),
        ),
    )
