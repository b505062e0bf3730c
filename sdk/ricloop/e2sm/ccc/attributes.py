"""The configuration structures that CCC names (8.8.1, 8.8.2, with the keys of 9.4), and what their attributes can hold.

A table: a line per structure, `name levels`, then its attributes as `key flags kind`, parted by `;`.

    levels  N node, C cell
    flags   R reported, C controlled, W writable, K key (says which entry is meant), `-` none
    kind    bool · text · any (object or list) · int LOW..HIGH · one of the words given
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.e2sm.ccc.wire import fold

_TABLE = """
O-GNBDUFunction N: gnbId R any; gnbIdLength R int 22..32; gnbDuId R any; gnbDuName R text; plmnInfoList R any
O-GNBCUUPFunction N: gnbId R any; gnbIdLength R int 22..32; gnbCuUpId R any; plmnInfoList R any
O-GNBCUCPFunction N: gnbId RC any; gnbIdLength RC int 22..32; gnbCuName RC text; plmnId RC any; x2BlockList CW any
    x2AllowList CW any; x2HOBlockList CW any; xnBlockList CW any; xnAllowList CW any; xnHOBlockList CW any
O-RRMPolicyRatio NC: resourceType RCK PRB_DL PRB_UL DRB RRC; rRMPolicyMemberList RCWK any
    rRMPolicyMaxRatio RCW int 0..100; rRMPolicyMinRatio RCW int 0..100; rRMPolicyDedicatedRatio RCW int 0..100
O-NRCellCU C: cellLocalId R any; plmnInfoList R any
O-NRCellDU C: cellLocalId R any; operationalState R ENABLED DISABLED
    administrativeState R LOCKED SHUTTINGDOWN UNLOCKED; cellState R IDLE INACTIVE ACTIVE; plmnInfoList R any
    nrPci R int 0..1007; nrTac R any; arfcnDL R any; arfcnUL R any; arfcnSUL R any; bSChannelBwDL R any
    bSChannelBwUL R any; bSChannelBwSUL R any; ssbFrequency R int 0..3279165; ssbPeriodicity R int 5..160
    ssbSubCarrierSpacing R any; ssbOffset R int 0..159; ssbDuration R int 1..5; bwpList R any; partitionList CW any
O-BWP C: bwpContext RCW any; isInitialBwp RCW any; subCarrierSpacing RCW any; cyclicPrefix RCW any; startRB RCW any
    numberOfRBs RCW any
O-CESManagementFunction C: cesSwitch R bool; energySavingState R isNotEnergySaving isEnergySaving
    energySavingControl RCW toBeEnergySaving toBeNotEnergySaving
O-NESPolicy C: policyType CWK ASM TRX_CONTROL; dataDir CWK DL UL; antennaMaskName CW text; antennaMask CW any
    sleepMode CW SLEEP_MODE0 SLEEP_MODE1 SLEEP_MODE2 SLEEP_MODE3; symbolMask CW int 0..16383; slotMask CW any
    validDuration CW any; esObjective CW any; perfObjectiveList CW any
O-CellDTXDRXConfig C: onDurationTimer CW any; cycleStartOffset CW any; slotOffset CW int 0..31
    configType CW DTX DRX DTXDRX; activationStatus CW ACTIVATED DEACTIVATED; l1Activation CW ENABLED DISABLED
O-RUInfo C: oruUserPlaneConfiguration R any; oruCapabilities R any
O-PRBBlankingPolicy C: policyCategory CWK any; linkDir CWK any; startTime CW any; endTime CW any
    prbBlankingConfigurationList CW any; prbBlankingObj CW any
"""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a structure."""

    name: str
    flags: str
    kind: tuple[str, ...]

    @property
    def writable(self) -> bool:
        return "W" in self.flags

    def fault(self, value: Any) -> str:
        """Why it cannot hold `value`; empty where it can."""
        what, *rest = self.kind
        if what == "any":
            return ""
        if what == "bool":
            return "" if isinstance(value, bool) else "it is true or false"
        if what == "text":
            return "" if isinstance(value, str) else "it is a text"
        if what == "int":
            low, high = map(int, rest[0].split(".."))
            whole = isinstance(value, int) and not isinstance(value, bool)
            return "" if whole and low <= value <= high else f"it is a whole number, {low} to {high}"
        words = {word.lower() for word in self.kind}
        return "" if isinstance(value, str) and value.lower() in words else f"it is one of {', '.join(self.kind)}"


@dataclass(frozen=True, slots=True)
class Structure:
    """One configuration structure."""

    name: str
    """As clause 8 spells it, and as it is sent."""
    levels: str
    attributes: dict[str, Attribute]
    """By folded name."""

    def attribute(self, name: str) -> Attribute | None:
        """In any spelling; None for one of a later version, or a vendor's own."""
        return self.attributes.get(fold(name))


def _structures() -> dict[str, Structure]:
    found: dict[str, Structure] = {}
    for line in _TABLE.replace("\n    ", "; ").strip().splitlines():
        head, _, body = line.partition(": ")
        name, levels = head.split()
        attributes = {}
        for one in body.split("; "):
            key, flags, *kind = one.split()
            attributes[fold(key)] = Attribute(key, flags, tuple(kind))
        found[fold(name)] = Structure(name, levels, attributes)
    return found


STRUCTURES: dict[str, Structure] = _structures()
"""By folded name."""


def structure(name: str) -> Structure | None:
    """In any spelling; None for one of a later version, or a vendor's own."""
    return STRUCTURES.get(fold(name))


def spelled(name: str) -> str:
    """A structure's name as it is sent."""
    known = structure(name)
    return name if known is None else known.name


def fault_of(name: str, values: dict[str, Any] | Any) -> str:
    """The first attribute whose value the structure cannot hold, and why; empty where there is none."""
    known = structure(name)
    for key, value in values.items() if known is not None else ():
        attribute = known.attribute(key) if known is not None else None
        why = "" if attribute is None else attribute.fault(value)
        if why:
            return f"{spelled(name)}.{key} = {value!r}: {why}"
    return ""
