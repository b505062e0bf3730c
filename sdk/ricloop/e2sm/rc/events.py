"""Event triggers (E2SM-RC 9.2.1.1): what makes a node report or ask. A class per format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ricloop.asn1 import RC
from ricloop.core.errors import DecodeError
from ricloop.e2sm.common import absent_removed
from ricloop.e2sm.rc.conditions import (
    CellSelection,
    Testing,
    UeSelection,
    cells_from_asn,
    cells_to_asn,
    or_from_asn,
    or_to_asn,
    testing_from_asn,
    testing_to_asn,
    ues_from_asn,
    ues_to_asn,
)

_TYPE = "E2SM-RC-EventTrigger"


@dataclass(frozen=True, slots=True)
class InterfaceMessage:
    """A message of a network interface: `nG xn f1 e1 s1 x2 w1`; with both of the others, one procedure's."""

    interface: str
    procedure: int | None = None
    kind: str | None = None
    """`initiatingMessage successfulOutcome unsuccessfulOutcome`."""


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
class UeChange:
    """One condition of Format 4."""

    condition: int
    trigger: RrcState | UeIdChange | L2State
    ues: tuple[UeSelection, ...] = ()
    or_next: bool | None = None


@dataclass(frozen=True, slots=True)
class OnUeChange:
    """Format 4: information about UEs changes."""

    events: tuple[UeChange, ...]


@dataclass(frozen=True, slots=True)
class OnDemand:
    """Format 5 (v1.03): once, now."""

    ues: tuple[UeSelection, ...] = ()
    cells: tuple[CellSelection, ...] = ()


EventTrigger: TypeAlias = OnMessage | OnCallProcess | OnNodeChange | OnUeChange | OnDemand


def encode_event_trigger(trigger: EventTrigger) -> bytes:
    return RC.encode(_TYPE, {"ric-eventTrigger-formats": _to_asn(trigger)})


def decode_event_trigger(data: bytes) -> EventTrigger:
    kind, value = RC.decode(_TYPE, data)["ric-eventTrigger-formats"]
    path = f"{_TYPE}.{kind}"
    if kind == "eventTrigger-Format1":
        events = tuple(_message_from_asn(item, path) for item in value["message-List"])
        return OnMessage(events, ues_from_asn(value.get("globalAssociatedUEInfo"), path))
    if kind == "eventTrigger-Format2":
        return OnCallProcess(
            value["ric-callProcessType-ID"],
            value["ric-callProcessBreakpoint-ID"],
            testing_from_asn(value.get("associatedE2NodeInfo", ()), path),
            ues_from_asn(value.get("associatedUEInfo"), path),
        )
    if kind == "eventTrigger-Format3":
        return OnNodeChange(
            tuple(
                NodeChange(
                    item["ric-eventTriggerCondition-ID"],
                    item["e2NodeInfoChange-ID"],
                    cells_from_asn(item.get("associatedCellInfo"), path),
                    or_from_asn(item.get("logicalOR")),
                )
                for item in value["e2NodeInfoChange-List"]
            )
        )
    if kind == "eventTrigger-Format4":
        return OnUeChange(tuple(_ue_change_from_asn(item, path) for item in value["uEInfoChange-List"]))
    if kind == "eventTrigger-Format5":
        ues, cells = value.get("associatedUEInfo"), value.get("associatedCellInfo")
        return OnDemand(ues_from_asn(ues, path), cells_from_asn(cells, path))
    raise DecodeError(f"event trigger '{kind}' is not known", path=_TYPE)


def _to_asn(trigger: EventTrigger) -> tuple[str, dict[str, Any]]:
    if isinstance(trigger, OnMessage):
        value = {
            "message-List": [_message_to_asn(event) for event in trigger.events],
            "globalAssociatedUEInfo": ues_to_asn(trigger.ues),
        }
        return "eventTrigger-Format1", absent_removed(value)
    if isinstance(trigger, OnCallProcess):
        fields = {
            "ric-callProcessType-ID": trigger.process,
            "ric-callProcessBreakpoint-ID": trigger.breakpoint,
            "associatedE2NodeInfo": testing_to_asn(trigger.node) or None,
            "associatedUEInfo": ues_to_asn(trigger.ues),
        }
        return "eventTrigger-Format2", absent_removed(fields)
    if isinstance(trigger, OnNodeChange):
        changes = [
            absent_removed(
                {
                    "ric-eventTriggerCondition-ID": event.condition,
                    "e2NodeInfoChange-ID": event.change,
                    "associatedCellInfo": cells_to_asn(event.cells),
                    "logicalOR": or_to_asn(event.or_next),
                }
            )
            for event in trigger.events
        ]
        return "eventTrigger-Format3", {"e2NodeInfoChange-List": changes}
    if isinstance(trigger, OnUeChange):
        return "eventTrigger-Format4", {"uEInfoChange-List": [_ue_change_to_asn(event) for event in trigger.events]}
    demand = {
        "onDemand": "true",
        "associatedUEInfo": ues_to_asn(trigger.ues),
        "associatedCellInfo": cells_to_asn(trigger.cells),
    }
    return "eventTrigger-Format5", absent_removed(demand)


def _message_to_asn(event: MessageEvent) -> dict[str, Any]:
    message = event.message
    if isinstance(message, RrcMessage):
        rrc = {"rrcType": ("lTE" if message.lte else "nR", message.channel), "messageID": message.message}
        chosen: tuple[str, Any] = ("messageType-Choice-RRC", {"rRC-Message": rrc})
    else:
        interface: dict[str, Any] = {"nI-Type": message.interface}
        if message.procedure is not None:
            procedure = {"interfaceProcedureID": message.procedure, "messageType": message.kind}
            interface["nI-Message"] = procedure
        chosen = ("messageType-Choice-NI", interface)
    happened = [absent_removed({"ueEventID": id_, "logicalOR": or_to_asn(or_next)}) for id_, or_next in event.ue_events]
    return absent_removed(
        {
            "ric-eventTriggerCondition-ID": event.condition,
            "messageType": chosen,
            "messageDirection": None if event.incoming is None else "incoming" if event.incoming else "outgoing",
            "associatedUEInfo": ues_to_asn(event.ues),
            "associatedUEEvent": {"ueEvent-List": happened} if happened else None,
            "logicalOR": or_to_asn(event.or_next),
        }
    )


def _message_from_asn(item: dict[str, Any], path: str) -> MessageEvent:
    kind, value = item["messageType"]
    if kind == "messageType-Choice-RRC":
        generation, channel = value["rRC-Message"]["rrcType"]
        message: InterfaceMessage | RrcMessage = RrcMessage(
            channel, value["rRC-Message"]["messageID"], generation == "lTE"
        )
    elif kind == "messageType-Choice-NI":
        procedure = value.get("nI-Message", {})
        message = InterfaceMessage(
            value["nI-Type"], procedure.get("interfaceProcedureID"), procedure.get("messageType")
        )
    else:
        raise DecodeError(f"a message of kind '{kind}'", path=path)
    direction = item.get("messageDirection")
    return MessageEvent(
        item["ric-eventTriggerCondition-ID"],
        message,
        None if direction is None else direction == "incoming",
        ues_from_asn(item.get("associatedUEInfo"), path),
        tuple(
            (one["ueEventID"], or_from_asn(one.get("logicalOR")))
            for one in item.get("associatedUEEvent", {}).get("ueEvent-List", ())
        ),
        or_from_asn(item.get("logicalOR")),
    )


def _ue_change_to_asn(event: UeChange) -> dict[str, Any]:
    trigger = event.trigger
    if isinstance(trigger, RrcState):
        states = [
            absent_removed({"stateChangedTo": state, "logicalOR": or_to_asn(or_next)})
            for state, or_next in trigger.states
        ]
        chosen: tuple[str, Any] = ("triggerType-Choice-RRCstate", {"rrcState-List": states})
    elif isinstance(trigger, UeIdChange):
        chosen = ("triggerType-Choice-UEID", {"ueIDchange-ID": trigger.change})
    else:
        chosen = ("triggerType-Choice-L2state", {"associatedL2variables": testing_to_asn(trigger.testing)})
    return absent_removed(
        {
            "ric-eventTriggerCondition-ID": event.condition,
            "triggerType": chosen,
            "associatedUEInfo": ues_to_asn(event.ues),
            "logicalOR": or_to_asn(event.or_next),
        }
    )


def _ue_change_from_asn(item: dict[str, Any], path: str) -> UeChange:
    kind, value = item["triggerType"]
    if kind == "triggerType-Choice-RRCstate":
        trigger: RrcState | UeIdChange | L2State = RrcState(
            tuple((one["stateChangedTo"], or_from_asn(one.get("logicalOR"))) for one in value["rrcState-List"])
        )
    elif kind == "triggerType-Choice-UEID":
        trigger = UeIdChange(value["ueIDchange-ID"])
    elif kind == "triggerType-Choice-L2state":
        trigger = L2State(testing_from_asn(value["associatedL2variables"], path))
    else:
        raise DecodeError(f"a UE change of kind '{kind}'", path=path)
    return UeChange(
        item["ric-eventTriggerCondition-ID"],
        trigger,
        ues_from_asn(item.get("associatedUEInfo"), path),
        or_from_asn(item.get("logicalOR")),
    )
