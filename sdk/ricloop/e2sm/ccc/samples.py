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


def samples() -> Samples:
    cell = _CELLS[0]
    definition = codec.encode_function_definition(_CELLS, _OFFERED, {_RATIOS: {"rRMPolicyMaxRatio": "TRC"}})
    header, message = codec.encode_saving_indication("uponSubscription", _TIME, {cell: (None, True)})
    told = codec.encode_indication("uponChange", _TIME, [codec.Told(cell, _RATIOS, _HALF, _ALL)])
    node = codec.encode_indication("periodic", _TIME, [codec.Told(None, _RATIOS, _HALF)])
    control = codec.decode_control(*codec.encode_saving_control(cell, True, False))
    both = [codec.Controlled(cell, _RATIOS, _ALL, _HALF), codec.Controlled(_CELLS[1], _RATIOS, _ALL, _HALF)]
    asked, asked_node = codec.encode_control(both), codec.encode_control([codec.Controlled(None, _RATIOS, _ALL, _HALF)])
    outcome = codec.encode_outcome(control, received_unix_ns=_TIME)
    mixed = codec.encode_outcome(both[:1], [(both[1], "IncompatibleState")])
    of_node = codec.encode_outcome([codec.Controlled(None, _RATIOS, _ALL, _HALF)])
    query = codec.encode_query(_RATIOS, ("rRMPolicyMaxRatio",), node=False)
    kinds: tuple[tuple[str, bytes, Callable[[bytes], Wire]], ...] = (
        ("RAN function definition", definition, codec.decode_function_definition),
        ("event trigger", codec.encode_saving_trigger(_CELLS), codec.decode_event_trigger),
        ("event trigger of the node", codec.encode_event_trigger(_RATIOS, (), None), codec.decode_event_trigger),
        ("periodic event trigger", codec.encode_periodic_trigger(1000), codec.decode_event_trigger),
        ("action definition", codec.encode_saving_action(_CELLS), codec.decode_action_definition),
        (
            "action definition of the node",
            codec.encode_action_definition(_RATIOS, (), None),
            codec.decode_action_definition,
        ),
        ("indication header", header, codec.decode_indication_header),
        ("indication message", message, codec.decode_indication_message),
        ("indication message of the node", node[1], codec.decode_indication_message),
        ("control header", asked[0], partial(read, ControlHeader)),
        ("control message", asked[1], partial(read, ControlMessage)),
        ("control message of the node", asked_node[1], partial(read, ControlMessage)),
        ("control outcome", outcome, codec.decode_outcome),
        ("control outcome with a failure", mixed, codec.decode_outcome),
        ("control outcome of the node", of_node, codec.decode_outcome),
        ("query header", query[0], codec.decode_query_header),
        ("query definition", query[1], codec.decode_query_definition),
        (
            "query definition of the node",
            codec.encode_query(_RATIOS, (), node=True)[1],
            codec.decode_query_definition,
        ),
        ("query outcome", codec.encode_query_outcome({cell: {_RATIOS: _HALF}}), codec.decode_query_outcome),
        ("query outcome of the node", codec.encode_query_outcome({}, {_RATIOS: _HALF}), codec.decode_query_outcome),
    )
    told_before: dict[tuple[CellId | NodeId, str], dict[str, Any]] = {
        (cell, fold(_RATIOS)): _ALL,
        (_NODE, fold(_RATIOS)): _ALL,
    }
    known = ControlContext(state=Known(States.of({cell: True}), told_before))
    return Samples(
        definition,
        tuple(Sample(title, octets, decode, write) for title, octets, decode in kinds),
        (
            Indicated(watch(EnergySaving), header, message),
            Indicated(watch(_RATIOS, "rRMPolicyMaxRatio"), *told),
            Indicated(report(ms(100), _RATIOS, node=True), *node),
        ),
        (
            Controlled(EnergySavingControl(cell, False), known, outcome),
            Controlled(configure(cell, _RATIOS, {"rRMPolicyMaxRatio": 50}), known, mixed),
            Controlled(configure(_NODE, _RATIOS, {"rRMPolicyMaxRatio": 50}), known, of_node),
        ),
    )
