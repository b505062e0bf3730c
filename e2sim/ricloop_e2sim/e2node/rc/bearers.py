"""RC style 1 action 1, QoS of a radio bearer (E2SM-RC 7.6.2.1, 8.4.2.1): what a control asks of one, by its numbers.

A user has one bearer. Its priority level is what the scheduler goes by, where its policy is by QoS: the one that is
given, else the standardised one of the 5QI (TS 23.501 table 5.7.4-1). Under another policy the bearer is changed all
the same, as no node asks its scheduler first. Budgets, error rates, ARP and guaranteed rates move nothing here, so the
node does not offer them, and a control that has them is refused as a whole.
"""

from __future__ import annotations

from typing import Final

from ricloop.core.errors import ConfigError, DecodeError
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.parameters import Parameter, Structure
from ricloop_e2sim.flows.qos import qos

STYLE: Final = 1
ACTION: Final = 1
DRB: Final = 1
FIVE_QI: Final = 2
PRIORITY: Final = 11
ONLY_DRB: Final = 1
_PRIORITIES = range(1, 128)
_NAMES = {DRB: "DRB ID", FIVE_QI: "5QI", PRIORITY: "Priority Level"}
CONTROL = rc.ControlStyle(
    STYLE,
    "Radio Bearer Control",
    (rc.NamedAction(ACTION, "DRB QoS Configuration", tuple(rc.NamedParameter(*one) for one in _NAMES.items())),),
)
"""What a node announces."""


def asked(parameters: Structure) -> tuple[int, int]:
    """(bearer, priority level: lower is served first). Raises DecodeError for what makes no sense."""
    if others := sorted(parameters.keys() - _NAMES.keys()):
        known = ", ".join(f"{id_} ({name})" for id_, name in _NAMES.items())
        raise DecodeError(f"RC {STYLE}/{ACTION} takes {known}, not {others[0]}")
    given = {id_: _integer(id_, value) for id_, value in parameters.items()}
    if DRB not in given:
        raise DecodeError("the control names no DRB")
    if PRIORITY in given:
        if given[PRIORITY] not in _PRIORITIES:
            raise DecodeError(f"priority level {given[PRIORITY]} is outside 1..127")
        return given[DRB], given[PRIORITY]
    if FIVE_QI not in given:
        raise DecodeError("the control names neither a 5QI nor a priority level")
    try:
        return given[DRB], qos(given[FIVE_QI]).priority
    except ConfigError as unknown:
        raise DecodeError(f"{unknown}; give a priority level with another") from None


def _integer(id_: int, value: Parameter) -> int:
    if not isinstance(value, rc.Element) or isinstance(value.value, bool) or not isinstance(value.value, int):
        raise DecodeError(f"RAN parameter {id_} ({_NAMES[id_]}) holds no number: {value!r}")
    return value.value
