"""Which type an IE's octets have, by its id (E2AP clause 9.3.7). Names are the specification's, without `id-`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ie:
    """One IE: its type in `asn1/e2ap.asn`, and for a list of single containers the id of the items."""

    name: str
    type: str
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What a list holds."""

    name: str
    type: str
    criticality: str = "ignore"


_OCTETS = "ServiceModelOctets"

IES: dict[int, Ie] = {
    1: Ie("Cause", "Cause"),
    2: Ie("CriticalityDiagnostics", "CriticalityDiagnostics"),
    3: Ie("GlobalE2node-ID", "GlobalE2node-ID"),
    4: Ie("GlobalRIC-ID", "GlobalRIC-ID"),
    5: Ie("RANfunctionID", "RANfunctionID"),
    9: Ie("RANfunctionsAccepted", "List-1-256", 6),
    10: Ie("RANfunctionsAdded", "List-1-256", 8),
    11: Ie("RANfunctionsDeleted", "List-1-256", 6),
    12: Ie("RANfunctionsModified", "List-1-256", 8),
    13: Ie("RANfunctionsRejected", "List-1-256", 7),
    15: Ie("RICactionID", "RICactionID"),
    17: Ie("RICactions-Admitted", "List-1-16", 14),
    18: Ie("RICactions-NotAdmitted", "List-0-16", 16),
    20: Ie("RICcallProcessID", _OCTETS),
    21: Ie("RICcontrolAckRequest", "RICcontrolAckRequest"),
    22: Ie("RICcontrolHeader", _OCTETS),
    23: Ie("RICcontrolMessage", _OCTETS),
    24: Ie("RICcontrolStatus", "RICcontrolStatus"),
    25: Ie("RICindicationHeader", _OCTETS),
    26: Ie("RICindicationMessage", _OCTETS),
    27: Ie("RICindicationSN", "RICindicationSN"),
    28: Ie("RICindicationType", "RICindicationType"),
    29: Ie("RICrequestID", "RICrequestID"),
    30: Ie("RICsubscriptionDetails", "RICsubscriptionDetails"),
    31: Ie("TimeToWait", "TimeToWait"),
    32: Ie("RICcontrolOutcome", _OCTETS),
    33: Ie("E2nodeComponentConfigUpdate", "List-1-1024", 34),
    35: Ie("E2nodeComponentConfigUpdateAck", "List-1-1024", 36),
    39: Ie("E2connectionSetup", "List-1-32", 43),
    40: Ie("E2connectionSetupFailed", "List-1-32", 41),
    44: Ie("E2connectionUpdateAdd", "List-1-32", 43),
    45: Ie("E2connectionUpdateModify", "List-1-32", 43),
    46: Ie("E2connectionUpdateRemove", "List-1-32", 47),
    48: Ie("TNLinformation", "TNLinformation"),
    49: Ie("TransactionID", "TransactionID"),
    50: Ie("E2nodeComponentConfigAddition", "List-1-1024", 51),
    52: Ie("E2nodeComponentConfigAdditionAck", "List-1-1024", 53),
    54: Ie("E2nodeComponentConfigRemoval", "List-1-1024", 55),
    56: Ie("E2nodeComponentConfigRemovalAck", "List-1-1024", 57),
    58: Ie("E2nodeTNLassociationRemoval", "List-1-32", 59),
    60: Ie("RICsubscriptionToBeRemoved", "List-1-1024", 61),
    62: Ie("RICsubscriptionStartTime", "RICsubscriptionTime"),
    63: Ie("RICsubscriptionEndTime", "RICsubscriptionTime"),
    64: Ie("RICeventTriggerDefinitionToBeModified", _OCTETS),
    65: Ie("RICactions-ToBeRemovedForModification", "List-0-16", 66),
    67: Ie("RICactions-ToBeModifiedForModification", "List-0-16", 68),
    69: Ie("RICactions-ToBeAddedForModification", "List-0-16", 70),
    71: Ie("RICactions-RemovedForModification", "List-0-16", 72),
    73: Ie("RICactions-FailedToBeRemovedForModification", "List-0-16", 74),
    75: Ie("RICactions-ModifiedForModification", "List-0-16", 76),
    77: Ie("RICactions-FailedToBeModifiedForModification", "List-0-16", 78),
    79: Ie("RICactions-AddedForModification", "List-0-16", 80),
    81: Ie("RICactions-FailedToBeAddedForModification", "List-0-16", 82),
    83: Ie("RICactions-RequiredToBeModified", "List-0-16", 84),
    85: Ie("RICactions-RequiredToBeRemoved", "List-0-16", 86),
    87: Ie("RICactions-ConfirmedForModification", "List-0-16", 88),
    89: Ie("RICactions-RefusedToBeModified", "List-0-16", 90),
    91: Ie("RICactions-ConfirmedForRemoval", "List-0-16", 92),
    93: Ie("RICactions-RefusedToBeRemoved", "List-0-16", 94),
    95: Ie("RICqueryHeader", _OCTETS),
    96: Ie("RICqueryDefinition", _OCTETS),
    97: Ie("RICqueryOutcome", _OCTETS),
}

_ID, _CAUSE = "RICaction-ID-Item", "RICaction-Cause-Item"

ITEMS: dict[int, Item] = {
    6: Item("RANfunctionID-Item", "RANfunctionID-Item"),
    7: Item("RANfunctionIEcause-Item", "RANfunctionIDcause-Item"),
    8: Item("RANfunction-Item", "RANfunction-Item"),
    14: Item("RICaction-Admitted-Item", _ID),
    16: Item("RICaction-NotAdmitted-Item", _CAUSE),
    19: Item("RICaction-ToBeSetup-Item", "RICaction-ToBeSetup-Item"),
    34: Item("E2nodeComponentConfigUpdate-Item", "E2nodeComponentConfig-Item", "reject"),
    36: Item("E2nodeComponentConfigUpdateAck-Item", "E2nodeComponentConfigAck-Item", "reject"),
    41: Item("E2connectionSetupFailed-Item", "E2connectionSetupFailed-Item"),
    43: Item("E2connectionUpdate-Item", "E2connectionUpdate-Item"),
    47: Item("E2connectionUpdateRemove-Item", "E2connectionUpdateRemove-Item"),
    51: Item("E2nodeComponentConfigAddition-Item", "E2nodeComponentConfig-Item", "reject"),
    53: Item("E2nodeComponentConfigAdditionAck-Item", "E2nodeComponentConfigAck-Item", "reject"),
    55: Item("E2nodeComponentConfigRemoval-Item", "E2nodeComponentConfigRemoval-Item", "reject"),
    57: Item("E2nodeComponentConfigRemovalAck-Item", "E2nodeComponentConfigAck-Item", "reject"),
    59: Item("E2nodeTNLassociationRemoval-Item", "E2nodeTNLassociationRemoval-Item", "reject"),
    61: Item("RICsubscription-withCause-Item", "RICsubscription-withCause-Item"),
    66: Item("RICaction-ToBeRemovedForModification-Item", _ID),
    68: Item("RICaction-ToBeModifiedForModification-Item", "RICaction-ToBeModifiedForModification-Item"),
    70: Item("RICaction-ToBeAddedForModification-Item", "RICaction-ToBeAddedForModification-Item"),
    72: Item("RICaction-RemovedForModification-Item", _ID),
    74: Item("RICaction-FailedToBeRemovedForModification-Item", _CAUSE),
    76: Item("RICaction-ModifiedForModification-Item", _ID),
    78: Item("RICaction-FailedToBeModifiedForModification-Item", _CAUSE),
    80: Item("RICaction-AddedForModification-Item", _ID),
    82: Item("RICaction-FailedToBeAddedForModification-Item", _CAUSE),
    84: Item("RICaction-RequiredToBeModified-Item", "RICaction-TimeToWait-Item"),
    86: Item("RICaction-RequiredToBeRemoved-Item", _CAUSE),
    88: Item("RICaction-ConfirmedForModification-Item", _ID),
    90: Item("RICaction-RefusedToBeModified-Item", _CAUSE),
    92: Item("RICaction-ConfirmedForRemoval-Item", _ID),
    94: Item("RICaction-RefusedToBeRemoved-Item", _CAUSE),
}
