"""Who is who: PLMNs, cells, nodes and users, as values.

A cell is one `int` (or `numpy.uint64`) wherever there are many: the PLMN's three octets above the 36-bit NR cell
identity. `Cgi` is the same thing spelled out. A user equipment (UE) inside a Report is a small `int` handle given
out by the runtime's identity register; `UeId` is what one node calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError

if TYPE_CHECKING:
    from ricloop.core.ueids import UeDetail

CellId: TypeAlias = int
"""A packed `Cgi`."""
UeHandle: TypeAlias = int
"""The runtime's own name of a UE, the same for every node that serves it."""
Cells: TypeAlias = NDArray[np.uint64]
"""Packed cell ids, shape [cells]."""
Ues: TypeAlias = NDArray[np.uint64]
"""UE handles, shape [ues]."""


@dataclass(frozen=True, slots=True, order=True)
class Plmn:
    """Mobile country and network code, as digits: `Plmn("001", "01")`."""

    mcc: str
    mnc: str

    def __post_init__(self) -> None:
        if not (len(self.mcc) == 3 and len(self.mnc) in (2, 3) and (self.mcc + self.mnc).isdecimal()):
            raise ValueError(f"PLMN {self.mcc!r}/{self.mnc!r}: MCC has 3 digits, MNC 2 or 3")

    @property
    def octets(self) -> bytes:
        """The three octets of TS 38.413 (NGAP order); a two-digit MNC has the filler F."""
        c, n = self.mcc, self.mnc
        first = "f" + n if len(n) == 2 else n
        return bytes.fromhex(c[1] + c[0] + first[0] + c[2] + first[2] + first[1])

    @classmethod
    def from_octets(cls, octets: bytes) -> Plmn:
        """Inverse of `octets`. Raises ValueError where a digit is not decimal."""
        if len(octets) != 3:
            raise ValueError(f"a PLMN has 3 octets, not {len(octets)}")
        h = octets.hex()
        mnc = h[5] + h[4] if h[2] == "f" else h[2] + h[5] + h[4]
        return cls(h[1] + h[0] + h[3], mnc)

    def __str__(self) -> str:
        return self.mcc + self.mnc


@dataclass(frozen=True, slots=True, order=True)
class Cgi:
    """NR Cell Global Identity (TS 38.413 9.3.1.7): PLMN and the 36-bit NR cell identity."""

    plmn: Plmn
    nci: int

    def __post_init__(self) -> None:
        if not 0 <= self.nci < 1 << 36:
            raise ValueError(f"NR cell identity {self.nci} is not in 0..2^36-1")

    @property
    def packed(self) -> CellId:
        return _plmn_number(self.plmn) << 36 | self.nci

    @classmethod
    def unpack(cls, cell: Any) -> Cgi:
        """From a packed id (`int` or `numpy.uint64`)."""
        value = int(cell)
        return cls(Plmn.from_octets((value >> 36).to_bytes(3, "big")), value & ((1 << 36) - 1))

    @classmethod
    def parse(cls, text: str) -> Cgi:
        """A cell as it is printed: `00101-000000101`, PLMN and 9 hexadecimal digits. Raises ConfigError."""
        plmn, dash, nci = text.partition("-")
        try:
            if not dash or len(nci) != 9:
                raise ValueError("a cell is PLMN, '-', and 9 hexadecimal digits")
            return cls(Plmn(plmn[:3], plmn[3:]), int(nci, 16))
        except ValueError as error:
            raise ConfigError(f"{text!r} is no cell like '00101-000000101': {error}") from None

    def __str__(self) -> str:
        return f"{self.plmn}-{self.nci:09x}"


@lru_cache(maxsize=1024)
def _plmn_number(plmn: Plmn) -> int:
    return int.from_bytes(plmn.octets, "big")


@lru_cache(maxsize=1 << 16)
def cell_name(cell: CellId) -> str:
    """A packed id as people read it: every decision names some."""
    return str(Cgi.unpack(cell))


@dataclass(frozen=True, slots=True, order=True)
class GnbId:
    """Global gNB id: what a CU-CP and its DUs have in common. `bits` is its length: 22..32; 18, 20, 21 for eNBs."""

    plmn: Plmn
    value: int
    bits: int = 22

    def __post_init__(self) -> None:
        if not (22 <= self.bits <= 32 or self.bits in (18, 20, 21)) or not 0 <= self.value < 1 << self.bits:
            raise ValueError(f"gNB id {self.value} of {self.bits} bits: length is 22..32 and the value must fit")

    def __hash__(self) -> int:
        # Asked for with every indication. Networks of two PLMNs seldom meet in one RIC.
        return hash((self.value, self.bits))

    def owns(self, cell: Any) -> bool:
        """True when the cell's identity starts with this gNB id (TS 38.300 8.2)."""
        return int(cell) >> (36 - self.bits) == _plmn_number(self.plmn) << self.bits | self.value

    def __str__(self) -> str:
        return f"gnb-{self.plmn}-{self.value:x}"


class NodeKind(Enum):
    """What a GlobalE2node-ID names."""

    GNB = "gnb"
    """A gNB, or the CU-CP of a split one: E2AP gives both the same id."""
    GNB_DU = "du"
    GNB_CU_UP = "cu-up"
    EN_GNB = "en-gnb"
    NG_ENB = "ng-enb"
    ENB = "enb"


@dataclass(frozen=True, slots=True, order=True)
class NodeId:
    """One E2 node. `unit` is the gNB-DU or gNB-CU-UP id, None for a gNB or CU-CP."""

    gnb: GnbId
    kind: NodeKind = NodeKind.GNB
    unit: int | None = None

    def __str__(self) -> str:
        return str(self.gnb) if self.unit is None else f"{self.gnb}-{self.kind.value}{self.unit}"


@dataclass(frozen=True, slots=True)
class Guami:
    """Globally unique AMF identifier (TS 38.413 9.3.3.3)."""

    plmn: Plmn
    region: int
    """8 bits."""
    set: int
    """10 bits."""
    pointer: int
    """6 bits."""


@dataclass(frozen=True, slots=True)
class UeId:
    """What one node calls a UE (E2SM UEID). Which fields are set follows the node.

    gNB or CU-CP: `amf_ue_ngap_id` and `guami`, with the F1AP ids it gave the UE in its DUs. DU: one F1AP id.
    CU-UP: one E1AP id. UEs of LTE nodes, and what else a node says about one, have a `detail`.
    """

    amf_ue_ngap_id: int | None = None
    guami: Guami | None = None
    f1ap: tuple[int, ...] = ()
    e1ap: tuple[int, ...] = ()
    ran_ue_id: bytes | None = None
    detail: UeDetail | None = None


class Resource(NamedTuple):
    """What an action touches: the arbiter and the guards compare these."""

    kind: str
    """`cell`, `ue`, `slice` or `node`."""
    id: int | NodeId
    """A NodeId where the kind is `node`."""

    def __str__(self) -> str:
        return f"{self.kind} {cell_name(self.id)}" if self.kind == "cell" else f"{self.kind} {self.id}"
