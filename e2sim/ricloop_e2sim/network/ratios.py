"""O-RRMPolicyRatio of one gNB of a network: the slices' shares of its cells' PRBs, told and written (E2SM-CCC 8.8.2.4).

A structure is of one slice, the one in its rRMPolicyMemberList. A cell tells that of the slice that was written last,
at first the first slice. The node's own is that of all its cells together, and tells what the first of them has.
"""

from __future__ import annotations

from typing import Any

from ricloop.core.ids import Plmn
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.checks import checked
from ricloop_e2sim.e2node.ccc.ratios import RATIOS, SHARES, asked_of
from ricloop_e2sim.e2node.nodeworld import Refusal
from ricloop_e2sim.network.slicing import Slice, Slicing

MEMBERS = "rRMPolicyMemberList"


class GnbRatios:
    """Of the `cells` of a network, which are numbered from 0 here."""

    def __init__(self, slicing: Slicing, cells: range, plmn: Plmn) -> None:
        self._slicing, self._cells, self._plmn = slicing, cells, plmn
        self._told: dict[int | None, int] = dict.fromkeys((None, *range(len(cells))), 0)

    def values(self, cell: int | None) -> dict[str, Any]:
        return self._values(cell, self._told[cell])

    def _values(self, cell: int | None, number: int) -> dict[str, Any]:
        slicing, at = self._slicing, self._cells[cell or 0]
        shares = (table[at, number] for table in (slicing.dedicated, slicing.minimum, slicing.maximum))
        return {
            "resourceType": "PRB_DL",
            MEMBERS: [self._member(slicing.slices[number])],
            **{key: round(float(share)) for key, share in zip(SHARES, shares, strict=True)},
        }

    def _member(self, one: Slice) -> dict[str, Any]:
        sd = {} if one.sd is None else {"sd": f"{one.sd:06x}"}
        return {"plmnId": {"mcc": self._plmn.mcc, "mnc": self._plmn.mnc}, "sNSSAI": {"sst": one.sst, **sd}}

    def write(self, cell: int | None, name: str, control: ccc.Controlled) -> Refusal | None:
        try:
            old, new = checked(RATIOS, control.old), checked(RATIOS, control.new)
        except ValueError as fault:
            return "SemanticError", f"{name}: {fault}"
        members = new.get(MEMBERS, old.get(MEMBERS))
        number = self._told[cell] if members is None else self._number(members)
        if number is None:
            return "NotAvailable", f"{name}: {members} is not one slice that is here"
        after = asked_of(self._values(cell, number), name, control)
        if isinstance(after, tuple):
            return after
        cells = self._cells if cell is None else self._cells[cell : cell + 1]
        dedicated, least, most = (after[key] for key in SHARES)
        if reason := self._slicing.share(cells, ((number, dedicated, least, most),)):
            return "SemanticError", f"{name}: {reason}"
        self._told[cell] = number
        return None

    def _number(self, members: list[Any]) -> int | None:
        known = [self._member(one) for one in self._slicing.slices]
        return known.index(members[0]) if len(members) == 1 and members[0] in known else None
