"""Energy saving in the messages of CCC: the structure that guards, `sleep` and `wake` are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ricloop.core.errors import EncodeError
from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.control import Controlled, encode_control
from ricloop.e2sm.ccc.indication import Reason, Told, encode_indication
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.subscription import encode_action_definition, encode_event_trigger
from ricloop.e2sm.common import NCI_BITS

_NCI = (1 << NCI_BITS) - 1
_PROOF = 0xABCDEF123
"""An identity that nothing else in a message looks like."""


def encode_saving_trigger(cells: Sequence[CellId]) -> bytes:
    """A change of energySavingState of any of `cells`."""
    return encode_event_trigger(EnergySaving.name, (EnergySaving.STATE,), cells)


def encode_saving_action(cells: Sequence[CellId]) -> bytes:
    """Report the energySavingState of `cells`; all upon subscription, then what changed."""
    return encode_action_definition(EnergySaving.name, (EnergySaving.STATE,), cells)


def encode_saving_indication(
    reason: Reason, time_unix_ns: int, states: Mapping[CellId, tuple[bool | None, bool]]
) -> tuple[bytes, bytes]:
    """Header and message. `states` maps a cell to its energy saving before (None: not told) and now."""
    told = [
        Told(cell, EnergySaving.name, EnergySaving(saving=now).values, _old(old)) for cell, (old, now) in states.items()
    ]
    return encode_indication(reason, time_unix_ns, told)


def encode_saving_control(cell: CellId, old: bool, new: bool) -> tuple[bytes, bytes]:
    """Asks `cell` to go from energy saving `old` to `new`: `written_control`, with the cell's identity put into what
    was written for another cell of its PLMN."""
    header, before, after = _template(int(cell) >> NCI_BITS, old, new)
    return header, before + b"%09X" % (int(cell) & _NCI) + after


@lru_cache(maxsize=1024)
def _template(plmn: int, old: bool, new: bool) -> tuple[bytes, bytes, bytes]:
    """Header, and the message before and after the cell's identity. Raises EncodeError for what is no packed cell."""
    header, message = written_control(plmn << NCI_BITS | _PROOF, old, new)
    before, found, after = message.partition(b"%09X" % _PROOF)
    if not found or written_control(plmn << NCI_BITS, old, new)[1] != before + b"0" * 9 + after:
        raise EncodeError("a control's message holds the cell's identity elsewhere than was thought")
    return header, before, after


def written_control(cell: CellId, old: bool, new: bool) -> tuple[bytes, bytes]:
    """Header and message of such a control.

    The old state stands beside the old control value: some nodes know the structure only by it.
    """
    before, after = EnergySaving(saving=old, control=old).values, EnergySaving(control=new).values
    return encode_control([Controlled(cell, EnergySaving.name, before, after)])


def _old(saving: bool | None) -> dict[str, Any] | None:
    return None if saving is None else EnergySaving(saving=saving).values
