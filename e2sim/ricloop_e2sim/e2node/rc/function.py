"""What a node's RC function offers (E2SM-RC 9.2.2), and its numbers.

Parameter numbers are those of E2SM-RC 8: 3 and 4 the present and the former RRC state, 6 the cell. RRC states count as
in the event trigger: 0 connected, 1 inactive, 2 idle.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from ricloop.e2sm.common import EventStyle
from ricloop.e2sm.rc import SliceQuota, quota
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.definition import TARGET_CELL
from ricloop_e2sim.e2node.rc import bearers, connections

RC_ID = 3
"""RAN function id, as srsRAN numbers it."""
MOBILITY, PREPARATION = 3, 1
"""Call process and breakpoint: a handover is about to be prepared."""
UE_STYLE, MOBILITY_STYLE, HANDOVER = 4, 3, 1
STATE, FORMER_STATE, CELL, TARGET, NR_CGI = 3, 4, 6, 1, 4
CONNECTED, IDLE = 0, 2

_UE = (
    rc.NamedParameter(STATE, "Current RRC State"),
    rc.NamedParameter(FORMER_STATE, "Old RRC State"),
    rc.NamedParameter(CELL, "Cell Global ID"),
)
_CALLS, _UES = EventStyle(2, "Call Process Breakpoint", 2), EventStyle(UE_STYLE, "UE Information Change", 4)
_ASKING = replace(
    rc.definition_of(rc.HANDOVER_CONTROL),
    event_styles=(_CALLS, _UES),
    call_processes=(
        rc.CallProcess(
            MOBILITY,
            "Mobility Management",
            (rc.Breakpoint(PREPARATION, "Handover Preparation", (TARGET_CELL,)),),
        ),
    ),
    reports=(rc.ReportStyle(UE_STYLE, "UE Information", UE_STYLE, 1, 1, 2, _UE),),
    inserts=(
        rc.InsertStyle(
            MOBILITY_STYLE,
            "Connected Mode Mobility Control Request",
            2,
            (rc.NamedAction(HANDOVER, "Handover Control Request", (TARGET_CELL,)),),
        ),
    ),
    policies=(
        rc.PolicyStyle(
            MOBILITY_STYLE,
            "Connected Mode Mobility Policy",
            2,
            (
                rc.PolicyActionOffer(
                    HANDOVER, "Handover Control", conditions=(rc.NamedParameter(NR_CGI, "Target NR CGI"),)
                ),
            ),
        ),
    ),
    queries=(rc.QueryStyle(UE_STYLE, "UE Information", (_UE[0], _UE[2]), outcome_format=2),),
)
QUOTA_CONTROL = rc.ControlStyle(
    SliceQuota.style,
    "Radio Resource Allocation Control",
    (rc.NamedAction(SliceQuota.action, "Slice-level PRB quota", (quota.PARAMETER,)),),
)


@cache
def definition(cu: bool, asks: bool, quotas: bool, qos: bool) -> bytes:
    """`cu`: UEs are reported and handed over; `asks`: the RIC has a say in the node's own handovers; `quotas`: slices
    have PRB quotas; `qos`: bearers have a priority, and connections are released."""
    offer = _ASKING if cu else rc.definition_of()
    if not asks:
        offer = replace(offer, inserts=(), policies=(), call_processes=(), event_styles=(_UES,) if cu else ())
    return rc.encode_function_definition(
        replace(
            offer,
            controls=(
                *(bearers.CONTROL,) * qos,
                *offer.controls,
                *(connections.CONTROL,) * qos,
                *(QUOTA_CONTROL,) * quotas,
            ),
        )
    )
