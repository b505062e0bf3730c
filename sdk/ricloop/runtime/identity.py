"""One handle per UE, whatever the nodes of its gNB call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ricloop.core.ids import GnbId, Guami, NodeId, NodeKind, UeHandle, UeId

Name: TypeAlias = tuple[str, GnbId | Guami, int | bytes]
"""A key that two nodes can have in common for one UE."""

KEPT = 1 << 18
"""UEs remembered; the ones heard of first are forgotten first."""

_CALLER = {NodeKind.GNB: "cu", NodeKind.GNB_DU: "du", NodeKind.GNB_CU_UP: "up"}


class UeRegister:
    """Joins UEs by (gNB, F1AP id), (gNB, E1AP id), AMF id and (gNB, RAN UE id). A DU and its CU-CP meet in the F1AP id.

    A name's kind tells which part of the gNB uses it: an AMF id the CU-CP, one F1AP id alone a DU, one E1AP id alone a
    CU-UP (E2SM UEID).
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._handles: dict[Name, UeHandle] = {}
        self._known: dict[tuple[GnbId, UeId], UeHandle] = {}
        self._names: dict[UeHandle, dict[tuple[GnbId, str], UeId]] = {}
        self._next = 1
        self.joined = 0
        """Handles given up because two turned out to be one UE."""
        self.forgotten = 0
        """UEs dropped for want of room."""

    def handle(self, gnb: GnbId, ue: UeId) -> UeHandle:
        """The handle of what a node of `gnb` calls `ue`; a new one for a UE never heard of."""
        found = self._known.get((gnb, ue))
        return self._meet(gnb, ue) if found is None else found

    def handle_of(self, gnb: GnbId) -> Callable[[UeId], UeHandle]:
        """`handle` with the gNB filled in."""
        return lambda ue: self.handle(gnb, ue)

    def called_by(self, node: NodeId, handle: UeHandle) -> UeId | None:
        """What `node` calls the UE; None where its kind of node never named it."""
        return self._names.get(handle, {}).get((node.gnb, _CALLER.get(node.kind, "cu")))

    def gnbs_of(self, handle: UeHandle) -> frozenset[GnbId]:
        """The gNBs whose nodes named the UE."""
        return frozenset(gnb for gnb, _ in self._names.get(handle, ()))

    def forget_gnb(self, gnb: GnbId) -> None:
        """A gNB whose nodes are all gone may give its ids to other UEs when it is back."""
        for handle, names in list(self._names.items()):
            for key in [key for key in names if key[0] == gnb]:
                self._unname(gnb, names.pop(key))
            if not names:
                del self._names[handle]

    def __len__(self) -> int:
        return len(self._names)

    def _meet(self, gnb: GnbId, ue: UeId) -> UeHandle:
        keys = _keys(gnb, ue)
        found = sorted({self._handles[key] for key in keys if key in self._handles})
        if found:
            handle = found[0]
            for other in found[1:]:
                self._join(handle, other)
        else:
            handle, self._next = self._next, self._next + 1
            if len(self._names) >= self._kept:
                self.forgotten += 1
                for (old_gnb, _), old in self._names.pop(next(iter(self._names))).items():
                    self._unname(old_gnb, old)
        names = self._names.setdefault(handle, {})
        # A part of a gNB names a UE once: a second name replaces the first (a new connection of the same UE).
        caller = (gnb, _kind(ue))
        if (old_name := names.get(caller)) is not None:
            self._unname(gnb, old_name)
        names[caller] = ue
        self._known[gnb, ue] = handle
        for key in keys:
            self._handles[key] = handle
        return handle

    def _join(self, handle: UeHandle, other: UeHandle) -> None:
        self.joined += 1
        for caller, ue in self._names.pop(other, {}).items():
            self._names[handle].setdefault(caller, ue)
            self._known[caller[0], ue] = handle
        self._handles = {key: handle if held == other else held for key, held in self._handles.items()}

    def _unname(self, gnb: GnbId, ue: UeId) -> None:
        handle = self._known.pop((gnb, ue), None)
        rest = {
            key for (g, _), name in self._names.get(handle or 0, {}).items() for key in _keys(g, name) if name != ue
        }
        for key in _keys(gnb, ue):
            if key not in rest and self._handles.get(key) == handle:
                del self._handles[key]


def _kind(ue: UeId) -> str:
    if ue.amf_ue_ngap_id is not None:
        return "cu"
    return "du" if ue.f1ap else "up" if ue.e1ap else "cu"


def _keys(gnb: GnbId, ue: UeId) -> list[Name]:
    keys: list[Name] = [("f1ap", gnb, id_) for id_ in ue.f1ap]
    keys += [("e1ap", gnb, id_) for id_ in ue.e1ap]
    if ue.amf_ue_ngap_id is not None and ue.guami is not None:
        keys.append(("amf", ue.guami, ue.amf_ue_ngap_id))
    if ue.ran_ue_id is not None:
        keys.append(("ran", gnb, ue.ran_ue_id))
    return keys
