"""E2SM-RC: events, requests and control of single UEs (O-RAN.WG3.E2SM-RC v1.03 and v5.00)."""

from ricloop.e2sm.common import Slice
from ricloop.e2sm.rc.action import PolicyRule
from ricloop.e2sm.rc.actions import (
    Control,
    Handover,
    SliceQuota,
    control,
    drb_qos,
    handover,
    map_flows,
    slice_quota,
)
from ricloop.e2sm.rc.conditions import CellSelection, Compare, ParameterTest, Parts, UeSelection
from ricloop.e2sm.rc.events import (
    InterfaceMessage,
    L2State,
    MessageEvent,
    MimoMode,
    NodeChange,
    OnCallProcess,
    OnDemand,
    OnMessage,
    OnNodeChange,
    OnUeChange,
    RrcMessage,
    RrcState,
    UeChange,
    UeContext,
    UeIdChange,
)
from ricloop.e2sm.rc.feeds import insert, query, report
from ricloop.e2sm.rc.parameters import Bits, Element
from ricloop.e2sm.rc.policies import NoPolicy, Policy, Reply, accept, deny, no_policy, policy, rule
from ricloop.e2sm.rc.shapes import Asked
from ricloop.e2sm.rc.values import Report, Request

__all__ = [
    "Asked",
    "Bits",
    "CellSelection",
    "Compare",
    "Control",
    "Element",
    "Handover",
    "InterfaceMessage",
    "L2State",
    "MessageEvent",
    "MimoMode",
    "NoPolicy",
    "NodeChange",
    "OnCallProcess",
    "OnDemand",
    "OnMessage",
    "OnNodeChange",
    "OnUeChange",
    "ParameterTest",
    "Parts",
    "Policy",
    "PolicyRule",
    "Reply",
    "Report",
    "Request",
    "RrcMessage",
    "RrcState",
    "Slice",
    "SliceQuota",
    "UeChange",
    "UeContext",
    "UeIdChange",
    "UeSelection",
    "accept",
    "control",
    "deny",
    "drb_qos",
    "handover",
    "insert",
    "map_flows",
    "no_policy",
    "policy",
    "query",
    "report",
    "rule",
    "slice_quota",
]
