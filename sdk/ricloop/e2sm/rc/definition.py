"""RAN function definition (E2SM-RC 9.2.2): which events, reports, inserts, controls and policies a node offers."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.e2sm.common import EventStyle, FunctionName
from ricloop.e2sm.rc.shapes import NamedParameter, Shape

SHORT_NAME = "ORAN-E2SM-RC"
OID = "1.3.6.1.4.1.53148.1.1.2.3"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Where a call process can be stopped (event trigger Format 2)."""

    id: int
    name: str
    parameters: tuple[NamedParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class CallProcess:
    """A call process and its breakpoints, at least one."""

    id: int
    name: str
    breakpoints: tuple[Breakpoint, ...]


@dataclass(frozen=True, slots=True)
class ReportStyle:
    type: int
    name: str
    event_style: int
    """The event trigger style that starts it."""
    action_format: int
    header_format: int
    message_format: int
    parameters: tuple[NamedParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedAction:
    """One control action, or one insert indication."""

    id: int
    name: str
    parameters: tuple[NamedParameter, ...] = ()
    groups: bool | None = None
    """ueGroup-ControlAction-Supported (v5), of a control action."""


@dataclass(frozen=True, slots=True)
class InsertStyle:
    type: int
    name: str
    event_style: int
    indications: tuple[NamedAction, ...] = ()
    action_format: int = 3
    header_format: int = 2
    message_format: int = 5
    call_process_format: int = 1


@dataclass(frozen=True, slots=True)
class ControlFormats:
    """Formats that a control style takes beside its own (v5); of one action, or None: of all."""

    header: int
    message: int
    outcome: int | None = None
    action: int | None = None


@dataclass(frozen=True, slots=True)
class ControlStyle:
    type: int
    name: str
    actions: tuple[NamedAction, ...]
    header_format: int = 1
    message_format: int = 1
    outcome_format: int = 1
    call_process_format: int | None = 1
    outcomes: tuple[NamedParameter, ...] = ()
    also: tuple[ControlFormats, ...] | None = None


@dataclass(frozen=True, slots=True)
class PolicyActionOffer:
    """One action that a policy can have, and what its conditions can test."""

    id: int
    name: str
    parameters: tuple[NamedParameter, ...] = ()
    conditions: tuple[NamedParameter, ...] = ()
    action_format: int = 2


@dataclass(frozen=True, slots=True)
class PolicyStyle:
    type: int
    name: str
    event_style: int
    actions: tuple[PolicyActionOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryStyle:
    type: int
    name: str
    parameters: tuple[NamedParameter, ...] = ()
    header_format: int = 1
    definition_format: int = 1
    outcome_format: int = 1


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything that a node says about its RC function."""

    name: FunctionName
    event_styles: tuple[EventStyle, ...] = ()
    reports: tuple[ReportStyle, ...] = ()
    inserts: tuple[InsertStyle, ...] = ()
    controls: tuple[ControlStyle, ...] = ()
    policies: tuple[PolicyStyle, ...] = ()
    queries: tuple[QueryStyle, ...] = ()
    """From v5."""
    l2: tuple[NamedParameter, ...] = ()
    """What an event trigger's L2State can test. It and the next three need `event_styles` beside them."""
    call_processes: tuple[CallProcess, ...] = ()
    ue_identification: tuple[NamedParameter, ...] = ()
    """What a UeSelection can test."""
    cell_identification: tuple[NamedParameter, ...] = ()
    """What a CellSelection can test."""

    def control(self, style: int, action: int) -> NamedAction | None:
        """A control action that the node offers; None where it does not."""
        return next((a for one in self.controls if one.type == style for a in one.actions if a.id == action), None)

    def report(self, style: int) -> ReportStyle | None:
        return next((one for one in self.reports if one.type == style), None)

    def insert(self, style: int, indication: int) -> NamedAction | None:
        return next(
            (i for one in self.inserts if one.type == style for i in one.indications if i.id == indication), None
        )

    def policy(self, style: int, action: int) -> PolicyActionOffer | None:
        return next((a for one in self.policies if one.type == style for a in one.actions if a.id == action), None)

    def query(self, style: int) -> QueryStyle | None:
        return next((one for one in self.queries if one.type == style), None)


_NR_CELL = Shape((NamedParameter(3, "NR Cell", Shape((NamedParameter(4, "NR CGI"),))),))
TARGET_CELL = NamedParameter(1, "Target Primary Cell ID", Shape((NamedParameter(2, "CHOICE Target Cell", _NR_CELL),)))
HANDOVER_CONTROL = ControlStyle(
    3, "Connected Mode Mobility Control", (NamedAction(1, "Handover Control", (TARGET_CELL,)),)
)
"""What a node that hands UEs over on request announces (7.6.4)."""


def definition_of(*controls: ControlStyle, oid: str = OID) -> Definition:
    """The definition of a node that obeys these controls and reports nothing; `replace` adds the rest."""
    return Definition(FunctionName(short_name=SHORT_NAME, oid=oid, description="RAN Control"), controls=controls)
