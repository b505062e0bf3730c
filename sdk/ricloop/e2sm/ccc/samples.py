"""Example messages of CCC."""

from __future__ import annotations

from collections.abc import Callable

from ricloop.core.ids import Cgi, Plmn
from ricloop.e2sm.base import ControlContext
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.actions import EnergySavingControl
from ricloop.e2sm.ccc.feeds import watch
from ricloop.e2sm.ccc.states import States
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import Wire, write
from ricloop.e2sm.samples import Controlled, Indicated, Sample, Samples

_CELLS = tuple(Cgi(Plmn("001", "01"), 0x66C000 + n).packed for n in range(2))


def samples() -> Samples:
    definition = codec.encode_function_definition(_CELLS)
    header, message = codec.encode_indication("uponSubscription", 1_700_000_000_000_000_000, {_CELLS[0]: (None, True)})
    control = codec.decode_control(*codec.encode_control(_CELLS[0], True, False))
    outcome = codec.encode_outcome(control)
    kinds: tuple[tuple[str, bytes, Callable[[bytes], Wire]], ...] = (
        ("RAN function definition", definition, codec.decode_function_definition),
        ("event trigger", codec.encode_event_trigger(_CELLS), codec.decode_event_trigger),
        ("action definition", codec.encode_action_definition(_CELLS), codec.decode_action_definition),
        ("indication header", header, codec.decode_indication_header),
        ("indication message", message, codec.decode_indication_message),
        ("control outcome", outcome, codec.decode_outcome),
    )
    return Samples(
        definition,
        tuple(Sample(title, octets, decode, write) for title, octets, decode in kinds),
        (Indicated(watch(EnergySaving), header, message),),
        (
            Controlled(
                EnergySavingControl(_CELLS[0], False), ControlContext(state=States.of({_CELLS[0]: True})), outcome
            ),
        ),
    )
