"""The configuration structures that CCC names (8.8.1, 8.8.2, with the keys of 9.4), and what their attributes can hold.

A table: a line per structure, `name levels`, then its attributes as `key flags kind`, parted by `;`.

    levels  N node, C cell
    flags   R reported, C controlled, W writable, K key (says which entry is meant)
    kind    bool · text · number · list · object · any · int · int LOW..HIGH · one of the words given

Where E2SM-CCC v06.00 is narrower than the radio, the radio holds: it says 0..503 for nrPci, and NR has 1008 (TS 38.211
7.4.2.1). `any` is what has several forms, or words on which implementations differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.e2sm.ccc.wire import fold

_TABLE = """
O-GNBDUFunction N: gnbId R int 0..4294967295; gnbIdLength R int 22..32; gnbDuId R int 0..68719476735
    gnbDuName R text; plmnInfoList R list
O-GNBCUUPFunction N: gnbId R int 0..4294967295; gnbIdLength R int 22..32; gnbCuUpId R int 0..68719476735
    plmnInfoList R list
O-GNBCUCPFunction N: gnbId RC int 0..4294967295; gnbIdLength RC int 22..32; gnbCuName RC text; plmnId RC object
    x2BlockList CW list; x2AllowList CW list; x2HOBlockList CW list; xnBlockList CW list; xnAllowList CW list
    xnHOBlockList CW list
O-RRMPolicyRatio NC: resourceType RCK PRB_DL PRB_UL DRB RRC; rRMPolicyMemberList RCWK list
    rRMPolicyMaxRatio RCW int 0..100; rRMPolicyMinRatio RCW int 0..100; rRMPolicyDedicatedRatio RCW int 0..100
O-NRCellCU C: cellLocalId R int; plmnInfoList R list
O-NRCellDU C: cellLocalId R int; operationalState R ENABLED DISABLED
    administrativeState R LOCKED SHUTTINGDOWN UNLOCKED; cellState R IDLE INACTIVE ACTIVE; plmnInfoList R list
    nrPci R int 0..1007; nrTac R int 0..16777215; arfcnDL R int; arfcnUL R int; arfcnSUL R int; bSChannelBwDL R int
    bSChannelBwUL R int; bSChannelBwSUL R int; ssbFrequency R int 0..3279165; ssbPeriodicity R int 5..160
    ssbSubCarrierSpacing R int; ssbOffset R int 0..159; ssbDuration R int 1..5; bwpList R list; partitionList CW list
O-BWP C: bwpContext RCW DL UL SUL; isInitialBwp RCW INITIAL OTHER SUL; subCarrierSpacing RCW int; cyclicPrefix RCW any
    startRB RCW int; numberOfRBs RCW int
O-CESManagementFunction C: cesSwitch R bool; energySavingState R isNotEnergySaving isEnergySaving
    energySavingControl RCW toBeEnergySaving toBeNotEnergySaving
O-NESPolicy C: policyType CWK ASM TRX_CONTROL; dataDir CWK DL UL; antennaMaskName CW text; antennaMask CW int
    sleepMode CW SLEEP_MODE0 SLEEP_MODE1 SLEEP_MODE2 SLEEP_MODE3; symbolMask CW int 0..16383; slotMask CW int
    validDuration CW int; esObjective CW object; perfObjectiveList CW list
O-CellDTXDRXConfig C: onDurationTimer CW any; cycleStartOffset CW object; slotOffset CW int 0..31
    configType CW DTX DRX DTXDRX; activationStatus CW ACTIVATED DEACTIVATED; l1Activation CW ENABLED DISABLED
O-RUInfo C: oruUserPlaneConfiguration R object; oruCapabilities R object
O-PRBBlankingPolicy C: policyCategory CWK any; linkDir CWK DL UL; startTime CW text; endTime CW text
    prbBlankingConfigurationList CW list; prbBlankingObj CW number
"""
_KINDS: dict[str, tuple[type[Any] | tuple[type[Any], ...], str]] = {
    "bool": (bool, "true or false"),
    "text": (str, "a text"),
    "list": (list, "a list"),
    "object": (dict, "an object"),
    "number": ((int, float), "a number"),
    "int": (int, "a whole number"),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a structure."""

    name: str
    """As the schema spells it, and as it is sent."""
    flags: str
    kind: tuple[str, ...]

    @property
    def reported(self) -> bool:
        return "R" in self.flags

    @property
    def writable(self) -> bool:
        return "W" in self.flags

    @property
    def key(self) -> bool:
        return "K" in self.flags

    @property
    def range(self) -> tuple[int, int] | None:
        """Of a whole number that has one."""
        if self.kind[0] != "int" or len(self.kind) == 1:
            return None
        low, high = self.kind[1].split("..")
        return int(low), int(high)

    @property
    def words(self) -> tuple[str, ...]:
        """One of which it is; empty where it is something else."""
        return () if self.kind[0] == "any" or self.kind[0] in _KINDS else self.kind

    def taken(self, value: Any) -> Any:
        """`value`, a word in the standard's spelling. Raises ValueError, which says what it can be."""
        if self.words:
            meant = next(
                (word for word in self.words if isinstance(value, str) and word.lower() == value.lower()), None
            )
            if meant is None:
                raise ValueError(f"it is one of {', '.join(self.words)}")
            return meant
        if self.kind[0] == "any":
            return value
        types, what = _KINDS[self.kind[0]]
        limits = self.range
        right = isinstance(value, types) and (types is bool or not isinstance(value, bool))
        if limits is not None:
            what = f"{what}, {limits[0]} to {limits[1]}"
            right = right and limits[0] <= value <= limits[1]
        if not right:
            raise ValueError(f"it is {what}")
        return value


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
