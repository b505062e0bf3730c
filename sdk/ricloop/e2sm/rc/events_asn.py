"""Event triggers in the spelling of the ASN.1 codec (E2SM-RC 9.2.1.1)."""

from __future__ import annotations

from typing import Any

from ricloop.asn1 import RC, RC_V5
from ricloop.core.errors import DecodeError
from ricloop.e2sm.common import absent_removed
from ricloop.e2sm.rc import events
from ricloop.e2sm.rc.conditions import (
    cells_from_asn,
    cells_to_asn,
    or_from_asn,
    or_to_asn,
    testing_from_asn,
    testing_to_asn,
    ues_from_asn,
    ues_to_asn,
)
from ricloop.e2sm.rc.syntax import Void, unknown

_TYPE = "E2SM-RC-EventTrigger"


def encode_event_trigger(trigger: events.EventTrigger) -> bytes:
    if isinstance(trigger, Void):
        return RC_V5.encode(_TYPE, {"ric-eventTrigger-formats": ("eventTrigger-Format5", None)})
    return RC.encode(_TYPE, {"ric-eventTrigger-formats": _to_asn(trigger)})


def decode_event_trigger(data: bytes) -> events.EventTrigger:
    # v1.03's Format 5 has two octets at least, v5's null has one; all others are the same in both.
    kind, value = (RC_V5 if len(data) == 1 else RC).decode(_TYPE, data)["ric-eventTrigger-formats"]
    if value is None:
        return Void()
    path = f"{_TYPE}.{kind}"
    if kind == "eventTrigger-Format1":
        messages = tuple(_message_from_asn(item, path) for item in value["message-List"])
        return events.OnMessage(messages, ues_from_asn(value.get("globalAssociatedUEInfo"), path))
    if kind == "eventTrigger-Format2":
        return events.OnCallProcess(
            value["ric-callProcessType-ID"],
            value["ric-callProcessBreakpoint-ID"],
            testing_from_asn(value.get("associatedE2NodeInfo", ()), path),
            ues_from_asn(value.get("associatedUEInfo"), path),
        )
    if kind == "eventTrigger-Format3":
        return events.OnNodeChange(
            tuple(
                events.NodeChange(
                    item["ric-eventTriggerCondition-ID"],
                    item["e2NodeInfoChange-ID"],
                    cells_from_asn(item.get("associatedCellInfo"), path),
                    or_from_asn(item.get("logicalOR")),
                )
                for item in value["e2NodeInfoChange-List"]
            )
        )
    if kind == "eventTrigger-Format4":
        return events.OnUeChange(tuple(_ue_change_from_asn(item, path) for item in value["uEInfoChange-List"]))
    if kind == "eventTrigger-Format5":
        ues, cells = value.get("associatedUEInfo"), value.get("associatedCellInfo")
        return events.OnDemand(ues_from_asn(ues, path), cells_from_asn(cells, path))
    raise unknown(_TYPE, kind)


def _to_asn(
    trigger: events.OnMessage | events.OnCallProcess | events.OnNodeChange | events.OnUeChange | events.OnDemand,
) -> tuple[str, dict[str, Any]]:
    if isinstance(trigger, events.OnMessage):
        value = {
            "message-List": [_message_to_asn(event) for event in trigger.events],
            "globalAssociatedUEInfo": ues_to_asn(trigger.ues),
        }
        return "eventTrigger-Format1", absent_removed(value)
    if isinstance(trigger, events.OnCallProcess):
        fields = {
            "ric-callProcessType-ID": trigger.process,
            "ric-callProcessBreakpoint-ID": trigger.breakpoint,
            "associatedE2NodeInfo": testing_to_asn(trigger.node) or None,
            "associatedUEInfo": ues_to_asn(trigger.ues),
        }
        return "eventTrigger-Format2", absent_removed(fields)
    if isinstance(trigger, events.OnNodeChange):
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
    if isinstance(trigger, events.OnUeChange):
        return "eventTrigger-Format4", {"uEInfoChange-List": [_ue_change_to_asn(event) for event in trigger.events]}
    demand = {
        "onDemand": "true",
        "associatedUEInfo": ues_to_asn(trigger.ues),
        "associatedCellInfo": cells_to_asn(trigger.cells),
    }
    return "eventTrigger-Format5", absent_removed(demand)


def _message_to_asn(event: events.MessageEvent) -> dict[str, Any]:
    message = event.message
    if isinstance(message, events.RrcMessage):
        rrc = {"rrcType": ("lTE" if message.lte else "nR", message.channel), "messageID": message.message}
        chosen: tuple[str, Any] = ("messageType-Choice-RRC", {"rRC-Message": rrc})
    else:
        interface: dict[str, Any] = {"nI-Type": message.interface}
        if message.procedure is not None:
            procedure = {"interfaceProcedureID": message.procedure, "messageType": message.kind}
            interface["nI-Message"] = procedure
        if message.peer is not None:
            interface["nI-Identifier"] = message.peer
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


def _message_from_asn(item: dict[str, Any], path: str) -> events.MessageEvent:
    kind, value = item["messageType"]
    if kind == "messageType-Choice-RRC":
        generation, channel = value["rRC-Message"]["rrcType"]
        message: events.InterfaceMessage | events.RrcMessage = events.RrcMessage(
            channel, value["rRC-Message"]["messageID"], generation == "lTE"
        )
    elif kind == "messageType-Choice-NI":
        procedure = value.get("nI-Message", {})
        message = events.InterfaceMessage(
            value["nI-Type"],
            procedure.get("interfaceProcedureID"),
            procedure.get("messageType"),
            value.get("nI-Identifier"),
        )
    else:
        raise DecodeError(f"a message of kind '{kind}'", path=path)
    direction = item.get("messageDirection")
    return events.MessageEvent(
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


def _ue_change_to_asn(event: events.UeChange) -> dict[str, Any]:
    return absent_removed(
        {
            "ric-eventTriggerCondition-ID": event.condition,
            "triggerType": _trigger_to_asn(event.trigger),
            "associatedUEInfo": ues_to_asn(event.ues),
            "logicalOR": or_to_asn(event.or_next),
        }
    )


def _trigger_to_asn(trigger: events.UeTrigger) -> tuple[str, Any]:
    if isinstance(trigger, events.RrcState):
        states = [
            absent_removed({"stateChangedTo": state, "logicalOR": or_to_asn(or_next)})
            for state, or_next in trigger.states
        ]
        return "triggerType-Choice-RRCstate", {"rrcState-List": states}
    if isinstance(trigger, events.UeIdChange):
        return "triggerType-Choice-UEID", {"ueIDchange-ID": trigger.change}
    if isinstance(trigger, events.L2State):
        return "triggerType-Choice-L2state", {"associatedL2variables": testing_to_asn(trigger.testing)}
    if isinstance(trigger, events.UeContext):
        return "triggerType-Choice-UEcontext", {"associatedUEcontextVariables": testing_to_asn(trigger.testing)}
    mode = {"mIMOtransModeState": "enabled" if trigger.enabled else "disabled"}
    return "triggerType-Choice-L2MACschChg", {"l2MACschChgType": ("triggerType-Choice-MIMOandBFconfig", mode)}


def _ue_change_from_asn(item: dict[str, Any], path: str) -> events.UeChange:
    return events.UeChange(
        item["ric-eventTriggerCondition-ID"],
        _trigger_from_asn(item["triggerType"], path),
        ues_from_asn(item.get("associatedUEInfo"), path),
        or_from_asn(item.get("logicalOR")),
    )


def _trigger_from_asn(trigger: tuple[str, dict[str, Any]], path: str) -> events.UeTrigger:
    kind, value = trigger
    if kind == "triggerType-Choice-RRCstate":
        states = ((one["stateChangedTo"], or_from_asn(one.get("logicalOR"))) for one in value["rrcState-List"])
        return events.RrcState(tuple(states))
    if kind == "triggerType-Choice-UEID":
        return events.UeIdChange(value["ueIDchange-ID"])
    if kind == "triggerType-Choice-L2state":
        return events.L2State(testing_from_asn(value["associatedL2variables"], path))
    if kind == "triggerType-Choice-UEcontext":
        return events.UeContext(testing_from_asn(value["associatedUEcontextVariables"], path))
    if kind == "triggerType-Choice-L2MACschChg":
        inner, mode = value["l2MACschChgType"]
        if inner == "triggerType-Choice-MIMOandBFconfig":
            return events.MimoMode(mode["mIMOtransModeState"] == "enabled")
    raise DecodeError(f"a UE change of kind '{kind}'", path=path)
