"""Event triggers (E2SM-RC 9.2.1.1): what makes a node report or ask. A class per format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ricloop.e2sm.rc.conditions import CellSelection, Testing, UeSelection
from ricloop.e2sm.rc.syntax import Void


@dataclass(frozen=True, slots=True)
class InterfaceMessage:
    """A message of a network interface: `nG xn f1 e1 s1 x2 w1`; with both of the others, one procedure's."""

    interface: str
    procedure: int | None = None
    kind: str | None = None
    """`initiatingMessage successfulOutcome unsuccessfulOutcome`."""
    peer: tuple[str, Any] | None = None
    """Who is at the other end: an InterfaceIdentifier (E2SM 6.2.3.28) as the ASN.1 codec spells it."""


@dataclass(frozen=True, slots=True)
class RrcMessage:
    """An RRC message by class (`dL-DCCH`, `uL-DCCH` …) and number in it."""

    channel: str
    message: int
    lte: bool = False


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """One condition of Format 1."""

    condition: int
    message: InterfaceMessage | RrcMessage
    incoming: bool | None = None
    ues: tuple[UeSelection, ...] = ()
    ue_events: tuple[tuple[int, bool | None], ...] = ()
    """UE event ids, each with its `or_next`."""
    or_next: bool | None = None


@dataclass(frozen=True, slots=True)
class OnMessage:
    """Format 1: messages."""

    events: tuple[MessageEvent, ...]
    ues: tuple[UeSelection, ...] = ()


@dataclass(frozen=True, slots=True)
class OnCallProcess:
    """Format 2: a call process reaches a breakpoint."""

    process: int
    breakpoint: int
    node: Testing = ()
    ues: tuple[UeSelection, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One condition of Format 3."""

    condition: int
    change: int
    """1..512."""
    cells: tuple[CellSelection, ...] = ()
    or_next: bool | None = None


@dataclass(frozen=True, slots=True)
class OnNodeChange:
    """Format 3: the node's own information changes."""

    events: tuple[NodeChange, ...]


@dataclass(frozen=True, slots=True)
class RrcState:
    """A UE's RRC state becomes one of these: `rrc-connected rrc-inactive rrc-idle any`, each with its `or_next`."""

    states: tuple[tuple[str, bool | None], ...]


@dataclass(frozen=True, slots=True)
class UeIdChange:
    """A UE's identity changes; the number is the standard's."""

    change: int


@dataclass(frozen=True, slots=True)
class L2State:
    """Layer 2 variables of a UE pass a test."""

    testing: Testing


@dataclass(frozen=True, slots=True)
class UeContext:
    """Variables of a UE's context pass a test (v5)."""

    testing: Testing


@dataclass(frozen=True, slots=True)
class MimoMode:
    """The scheduler turns MIMO and beamforming on or off for a UE (v5)."""

    enabled: bool


UeTrigger: TypeAlias = RrcState | UeIdChange | L2State | UeContext | MimoMode


@dataclass(frozen=True, slots=True)
class UeChange:
    """One condition of Format 4."""

    condition: int
    trigger: UeTrigger
    ues: tuple[UeSelection, ...] = ()
    or_next: bool | None = None


@dataclass(frozen=True, slots=True)
class OnUeChange:
    """Format 4: information about UEs changes."""

    events: tuple[UeChange, ...]


@dataclass(frozen=True, slots=True)
class OnDemand:
    """Format 5 (v1.03; void in v5): once, now."""

    ues: tuple[UeSelection, ...] = ()
    cells: tuple[CellSelection, ...] = ()


EventTrigger: TypeAlias = OnMessage | OnCallProcess | OnNodeChange | OnUeChange | OnDemand | Void
