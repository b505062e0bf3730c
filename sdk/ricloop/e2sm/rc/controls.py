"""Control headers, messages and outcomes, and the call process id (E2SM-RC 9.2.1.5 to 9.2.1.8). A class per format.

Not named `control`: that is what an xApp calls. So with `queries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ricloop.core.ids import UeId
from ricloop.e2sm.rc.conditions import Testing
from ricloop.e2sm.rc.parameters import Bits, Leaf, Parameter, Structure
from ricloop.e2sm.rc.shapes import Asked
from ricloop.e2sm.rc.syntax import Void

Actions: TypeAlias = tuple[tuple[int, Structure], ...]
"""(control action, RAN parameters); 1 to 63."""


@dataclass(frozen=True, slots=True)
class ControlHeader:
    """Format 1: what is done to which UE."""

    ue: UeId
    style: int
    action: int
    accept: bool | None = None
    """The answer to an insert: ric-ControlDecision; None for a control that answers none."""


@dataclass(frozen=True, slots=True)
class ActionsHeader:
    """Format 2, of style 255: the message says what is done."""

    ue: UeId | None = None
    accept: bool | None = None


@dataclass(frozen=True, slots=True)
class GroupHeader:
    """Format 3 (v5): what is done to every UE of a group."""

    group: int
    """1..65535 and beyond."""
    members: tuple[tuple[int, Parameter, bool | None], ...]
    """(RAN parameter, what it is, its `or_next`); at least one."""
    style: int
    action: int


@dataclass(frozen=True, slots=True)
class PartialHeader:
    """Format 4 (v5): as Format 1, of a UE of which only a part of the name is known."""

    ue: UeId
    style: int
    action: int
    accept: bool | None = None


@dataclass(frozen=True, slots=True)
class ControlMessage:
    """Format 1: RAN parameters; may be empty."""

    parameters: Structure = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionsMessage:
    """Format 2, of style 255: (control style, its actions); 1 to 63."""

    styles: tuple[tuple[int, Actions], ...]


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """RAN parameters for the entities (cells, beams, bearers …) for which a test holds."""

    id: int
    """1..255 and beyond."""
    when: Testing
    parameters: Structure


@dataclass(frozen=True, slots=True)
class FilteredMessage:
    """Format 3 (v5): RAN parameters per entity, and for all; None: not said."""

    filters: tuple[EntityFilter, ...] | None = None
    everywhere: Structure | None = None


@dataclass(frozen=True, slots=True)
class AskedMessage:
    """Format 4 (v5): RAN parameters without values."""

    parameters: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Format 1: a value per RAN parameter; may be empty."""

    values: Mapping[int, Leaf | Bits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionsOutcome:
    """Format 2, of style 255: (control style, (action, a value per RAN parameter))."""

    styles: tuple[tuple[int, tuple[tuple[int, Mapping[int, Leaf | Bits]], ...]], ...]


@dataclass(frozen=True, slots=True)
class ParametersOutcome:
    """Format 3, of style 9: RAN parameters of any make; may be empty."""

    parameters: Structure


AnyHeader: TypeAlias = ControlHeader | ActionsHeader | GroupHeader | PartialHeader
AnyMessage: TypeAlias = ControlMessage | ActionsMessage | FilteredMessage | AskedMessage | Void
"""Void is Format 5 (v5)."""
AnyOutcome: TypeAlias = Outcome | ActionsOutcome | ParametersOutcome
