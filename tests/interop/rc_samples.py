"""RC messages of every format, drawn at random with a seed."""

from __future__ import annotations

from random import Random
from typing import Any

from ricloop.core.dialect import STANDARD, Dialect
from tests.e2sm.test_rc_values import BOTH, ONE, STANDARD_ONLY

TYPES = {
    "action definition": "E2SM-RC-ActionDefinition",
    "indication header": "E2SM-RC-IndicationHeader",
    "indication message": "E2SM-RC-IndicationMessage",
    "control header": "E2SM-RC-ControlHeader",
    "control message": "E2SM-RC-ControlMessage",
    "control outcome": "E2SM-RC-ControlOutcome",
    "event trigger": "E2SM-RC-EventTrigger",
    "query header": "E2SM-RC-QueryHeader",
    "query definition": "E2SM-RC-QueryDefinition",
    "query outcome": "E2SM-RC-QueryOutcome",
    "call process id": "E2SM-RC-CallProcessID",
    "function definition": "E2SM-RC-RANFunctionDefinition",
}
VOIDED = "of v5"
"""In the names of the formats that only the text of v5 has."""


def octets(dialect: Dialect, each: int = 10) -> list[tuple[str, str, bytes]]:
    """(kind, format, octets): `each` of every format that the dialect has."""
    found: list[tuple[str, str, bytes]] = []

    for number in range(each):
        rng = Random(number)
        for kind, (formats, encode, _) in {**BOTH, **ONE}.items():
            for name, maker in formats.items():
                spoken: tuple[Any, ...] = (dialect,) if kind in BOTH else ()
                if dialect == STANDARD or (kind in BOTH and (kind, name) not in STANDARD_ONLY):
                    found.append((kind, name, encode(maker(rng), *spoken)))
    return found
