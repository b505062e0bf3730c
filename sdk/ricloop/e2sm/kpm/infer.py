"""Which dialect a node speaks, from the first indication it sends: nothing before that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ricloop.core.dialect import Dialect, Family
from ricloop.core.errors import DecodeError
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.indication import decode_indication_header, decode_message

_FAMILIES = {
    0x02: Family.FLEXRIC,
    0x06: Family.FLEXRIC,
    0x10: Family.FLEXRIC,
    0x14: Family.FLEXRIC,
    0x08: Family.STANDARD,
    0x0C: Family.STANDARD,
    0x28: Family.STANDARD,
    0x40: Family.STANDARD,
}
"""By the message's first octet: presence bits that only one family can have set there, whatever the format."""


@dataclass(frozen=True, slots=True)
class Inference:
    """What was found out."""

    dialect: Dialect
    certain: bool
    """False where both families read these octets alike, or neither can: a later indication may tell."""
    reason: str


def infer(header: bytes, message: bytes, action: ActionDefinition, assumed: Dialect) -> Inference:
    """The dialect of the node that answered `action` with these octets; `assumed` where they do not say."""
    octets, time_known, told = _time(header, assumed)
    family, family_known, tale = _family(message, action, assumed)
    found = replace(
        assumed,
        family=family,
        kpm_time_octets=octets,
        # What FlexRIC sends is what it is known to take.
        ppid=0 if family is Family.FLEXRIC and assumed.family is not family else assumed.ppid,
    )
    return Inference(found, time_known and family_known, f"{told}; {tale}")


def _time(header: bytes, assumed: Dialect) -> tuple[int, bool, str]:
    for octets in sorted((4, 8), key=lambda length: length != assumed.kpm_time_octets):
        try:
            decode_indication_header(header, replace(assumed, kpm_time_octets=octets))
        except DecodeError:
            continue
        return octets, True, f"the header of {len(header)} octets has {octets} octets of time"
    return assumed.kpm_time_octets, False, f"the header of {len(header)} octets fits neither length of time"


def _family(message: bytes, action: ActionDefinition, assumed: Dialect) -> tuple[Family, bool, str]:
    first = message[:1].hex() or "no octet"
    if message[:1] == b"\x20" and action.message_format != 1:
        family = Family.STANDARD if action.message_format == 2 else Family.FLEXRIC
        return family, True, f"a message of style {action.style} that starts with 20 is {family.value}"
    if message and (known := _FAMILIES.get(message[0])) is not None:
        return known, True, f"only a {known.value} message starts with {first}"
    fitting = [family for family in Family if _fits(message, action, replace(assumed, family=family))]
    if len(fitting) == 1:
        return fitting[0], True, f"the message that starts with {first} can be read as {fitting[0].value} alone"
    return (
        assumed.family,
        False,
        f"the message that starts with {first} reads {'alike' if fitting else 'wrong'} in both",
    )


def _fits(message: bytes, action: ActionDefinition, dialect: Dialect) -> bool:
    try:
        decode_message(message, action, dialect)
    except DecodeError:
        return False
    return True
