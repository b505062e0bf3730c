"""One handle per UE, whatever the nodes of its gNB call it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ricloop.core.ids import GnbId, Guami, NodeId, NodeKind, UeHandle, UeId

Name: TypeAlias = tuple[str, GnbId | Guami, int | bytes]
"""A key that two nodes can have in common for one UE."""
Caller: TypeAlias = tuple[GnbId, str]
"""A gNB and the part of it that uses a name: `cu`, `du` or `up`."""

KEPT = 1 << 18
"""UEs remembered; the ones heard of first are forgotten first."""

_CALLER = {NodeKind.GNB: "cu", NodeKind.GNB_DU: "du", NodeKind.GNB_CU_UP: "up"}


class UeRegister:
    """Joins UEs by (gNB, F1AP id), (gNB, E1AP id), AMF id and (gNB, RAN UE id). A DU and its CU-CP meet in the F1AP id.

    A name's kind tells which part of the gNB uses it: an AMF id the CU-CP, one F1AP id alone a DU, one E1AP id alone a
    CU-UP (E2SM UEID).

    Ids are given again to other UEs, so the last that was heard stands. A UE that a second gNB names has moved there
    (by handover): the first gNB's names for it are gone. Where a CU-CP uses an F1AP id for another AMF id than before,
    it is another UE, which takes that id with it. All of it costs the same however many UEs there are.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._handles: dict[Name, UeHandle] = {}
        self._known: dict[tuple[GnbId, UeId], UeHandle] = {}
        self._names: OrderedDict[UeHandle, dict[Caller, UeId]] = OrderedDict()
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
        """What `node` calls the UE; None where its kind of node never named it, or the UE has moved to another gNB."""
        return self._names.get(handle, {}).get((node.gnb, _CALLER.get(node.kind, "cu")))

    def gnbs_of(self, handle: UeHandle) -> frozenset[GnbId]:
        """The gNB that named the UE last; none for a handle that nobody uses."""
        return frozenset(gnb for gnb, _ in self._names.get(handle, ()))

    def forget_gnb(self, gnb: GnbId) -> None:
        """A gNB whose nodes are all gone may give its ids to other UEs when it is back."""
        for handle, names in list(self._names.items()):
            for caller in [caller for caller in names if caller[0] == gnb]:
                self._unname(handle, caller)
            if not names:
                del self._names[handle]

    def __len__(self) -> int:
        return len(self._names)

    def _meet(self, gnb: GnbId, ue: UeId) -> UeHandle:
        keys = _keys(gnb, ue)
        found = sorted({self._handles[key] for key in keys if key in self._handles})
        same = [handle for handle in found if not self._is_another(handle, ue)]
        for other in found:
            if other not in same:
                self._part(other, keys)
        if same:
            handle = same[0]
            for other in same[1:]:
                self._join(handle, other)
        else:
            handle = self._new()
        names = self._names[handle]
        # A part of a gNB names a UE once: a second name replaces the first (a new connection of the same UE).
        caller = (gnb, _kind(ue))
        for old, name in list(names.items()):
            if old == caller or old[0] != gnb or _outdated(old[1], name, ue):
                self._unname(handle, old)
        names[caller] = ue
        self._known[gnb, ue] = handle
        for key in keys:
            self._handles[key] = handle
        return handle

    def _new(self) -> UeHandle:
        handle, self._next = self._next, self._next + 1
        if len(self._names) >= self._kept:
            self.forgotten += 1
            oldest = next(iter(self._names))
            for caller in list(self._names[oldest]):
                self._unname(oldest, caller)
            del self._names[oldest]
        self._names[handle] = {}
        return handle

    def _is_another(self, handle: UeHandle, ue: UeId) -> bool:
        """True where the handle's UE has an AMF id, and not this one."""
        amf = (ue.guami, ue.amf_ue_ngap_id)
        return ue.amf_ue_ngap_id is not None and any(
            name.amf_ue_ngap_id is not None and (name.guami, name.amf_ue_ngap_id) != amf
            for name in self._names[handle].values()
        )

    def _part(self, handle: UeHandle, taken: Sequence[Name]) -> None:
        """Some of its ids are another UE's now: what only knew it by them does not name it any more."""
        for caller, name in list(self._names[handle].items()):
            if not set(_keys(caller[0], name)).difference(taken):
                self._unname(handle, caller)
        for key in taken:
            if self._handles.get(key) == handle:
                del self._handles[key]

    def _join(self, handle: UeHandle, other: UeHandle) -> None:
        self.joined += 1
        kept, given_up = self._names[handle], self._names[other]
        for caller, ue in list(given_up.items()):
            self._unname(other, caller)
            if caller not in kept:
                kept[caller] = ue
                self._known[caller[0], ue] = handle
                for key in _keys(caller[0], ue):
                    self._handles[key] = handle
        del self._names[other]

    def _unname(self, handle: UeHandle, caller: Caller) -> None:
        """Take one name away, and the keys that no other name of the handle has."""
        names = self._names[handle]
        gnb, ue = caller[0], names.pop(caller)
        rest = {key for (other, _), name in names.items() for key in _keys(other, name)}
        if self._known.get((gnb, ue)) == handle:
            del self._known[gnb, ue]
        for key in _keys(gnb, ue):
            if key not in rest and self._handles.get(key) == handle:
                del self._handles[key]


def _outdated(part: str, name: UeId, ue: UeId) -> bool:
    """True where the CU-CP now has other F1AP (E1AP) ids for the UE than its DU (CU-UP) used."""
    if part == "du":
        return bool(ue.f1ap) and set(name.f1ap).isdisjoint(ue.f1ap)
    return part == "up" and bool(ue.e1ap) and set(name.e1ap).isdisjoint(ue.e1ap)


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
