"""O-RRMPolicyRatio of cells whose scheduler knows no slices: kept and told, and nothing follows from it."""

from __future__ import annotations

from typing import Any, Final

from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.checks import checked
from ricloop_e2sim.e2node.nodeworld import Refusal

RATIOS: Final = "O-RRMPolicyRatio"
SHARES: Final = ("rRMPolicyDedicatedRatio", "rRMPolicyMinRatio", "rRMPolicyMaxRatio")


class KeptRatios:
    """Of the cells, and of the node."""

    def __init__(self, cells: int) -> None:
        self._values: dict[int | None, dict[str, Any]] = {
            target: {
                "resourceType": "PRB_DL",
                "rRMPolicyMemberList": [],
                "rRMPolicyDedicatedRatio": 0,
                "rRMPolicyMinRatio": 0,
                "rRMPolicyMaxRatio": 100,
            }
            for target in (None, *range(cells))
        }

    def values(self, cell: int | None) -> dict[str, Any]:
        return dict(self._values[cell])

    def write(self, cell: int | None, name: str, control: ccc.Controlled) -> Refusal | None:
        after = asked_of(self._values[cell], name, control)
        if isinstance(after, tuple):
            return after
        dedicated, least, most = (after[key] for key in SHARES)
        if not dedicated <= least <= most:
            return "SemanticError", f"{name}: dedicated {dedicated} <= min {least} <= max {most} does not hold"
        self._values[cell] = after
        return None


def asked_of(now: dict[str, Any], name: str, control: ccc.Controlled) -> dict[str, Any] | Refusal:
    """What a structure that is `now` would be after a control; why not, where it does not fit."""
    try:
        old, new = checked(RATIOS, control.old), checked(RATIOS, control.new)
    except ValueError as fault:
        return "SemanticError", f"{name}: {fault}"
    if unknown := sorted(new.keys() - now.keys()):
        return "NotSupported", f"{name}: {RATIOS} has no {unknown[0]}"
    if wrong := [key for key, value in old.items() if key in now and now[key] != value]:
        return "IncompatibleState", f"{name}: {wrong[0]} is {now[wrong[0]]}, not {old[wrong[0]]}"
    after = {**now, **new}
    if after["resourceType"] != now["resourceType"]:
        return "NotAvailable", f"{name}: there are ratios of {now['resourceType']} only"
    return after
