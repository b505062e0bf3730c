"""Which UEs a per-UE report is about (E2SM-KPM 8.3.22: test condition)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ricloop.core.errors import ConfigError, nearest
from ricloop.e2sm.common import Slice

TESTS = {
    "GBR": "gBR",
    "AMBR": "aMBR",
    "stationary": "isStat",
    "Cat-M": "isCatM",
    "RSRP": "rSRP",
    "RSRQ": "rSRQ",
    "UL-RSRP": "ul-rSRP",
    "CQI": "cQI",
    "5QI": "fiveQI",
    "QCI": "qCI",
    "slice": "sNSSAI",
}
"""What can be tested, and its ASN.1 name."""

EXPRESSIONS = {"==": "equal", ">": "greaterthan", "<": "lessthan", "contains": "contains", "present": "present"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A test value of type ENUMERATED, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Bits:
    """A test value of type BIT STRING: the octets, and how many of their bits count."""

    octets: bytes
    count: int


Value: TypeAlias = int | float | bool | str | bytes | Slice | Choice | Bits


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a UE. Conditions of one list must all hold; `or_next` joins a condition to the next one by OR."""

    test: str
    """A key of `TESTS`."""
    expression: str = "present"
    """A key of `EXPRESSIONS`."""
    value: Value | None = None
    """dBm for RSRP, dB for RSRQ; None for `present`."""
    or_next: bool = False

    def __str__(self) -> str:
        value = "" if self.value is None else f" {self.value!s}"
        return f"{self.test} {self.expression}{value}"


ALL_UES = Condition("RSRP")
"""True of every UE that reports: what a node is asked when there is no condition, since the list may not be empty."""


def where(test: str, expression: str = "present", value: Value | None = None) -> Condition:
    """A condition such as `where("RSRP", ">", -100)` or `where("slice", "==", Slice(1, 1))`.

    Raises ConfigError that names the nearest spelling.
    """
    if test not in TESTS:
        raise ConfigError(f"there is no UE test '{test}'.{nearest(test, TESTS)} Known: {', '.join(TESTS)}")
    if expression not in EXPRESSIONS:
        raise ConfigError(f"a UE test compares with {', '.join(EXPRESSIONS)}, not '{expression}'")
    if (value is None) != (expression == "present"):
        raise ConfigError(f"where({test!r}, {expression!r}, {value!r}): 'present' takes no value, the others one")
    if value is not None and (test == "slice") != isinstance(value, Slice):
        raise ConfigError(f"where({test!r}, …, {value!r}): the test 'slice', and only it, takes a Slice")
    return Condition(test, expression, value)
