"""The one table of what can travel: a type and its message. A kind of action, feed, guard or value without a row here
cannot be of an xApp in another process (`tests/rpc/test_table.py` finds it)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final

import numpy as np
import orjson

from ricloop.app import needs
from ricloop.core import actions, feeds, ids, ueids
from ricloop.core.errors import DecodeError
from ricloop.decide import guards, topology
from ricloop.e2sm import ccc, common, kpm, rc
from ricloop.e2sm.ccc import feeds as ccc_feeds
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.kpm import condition
from ricloop.e2sm.kpm import feeds as kpm_feeds
from ricloop.e2sm.rc import feeds as rc_feeds
from ricloop.e2sm.rc import indication, neighbors, shapes, syntax
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.convert import Converter, Ways
from ricloop.rpc.plain import Foreign, class_name, get_map, get_plain, put_map, put_plain

IDS: Final[Mapping[type[Any], Any]] = {
    ids.Plmn: pb.Plmn,
    ids.Cgi: pb.Cgi,
    ids.GnbId: pb.GnbId,
    ids.NodeId: pb.NodeId,
    ids.Guami: pb.Guami,
    ids.UeId: pb.UeId,
    ueids.Gummei: pb.Gummei,
    ueids.EutraCgi: pb.EutraCgi,
    ueids.CellRnti: pb.CellRnti,
    ueids.RanNode: pb.RanNode,
    ueids.UeDetail: pb.UeDetail,
    common.Slice: pb.Slice,
}
PARTS: Final[Mapping[type[Any], Any]] = {
    kpm.Metric: pb.Metric,
    kpm.Label: pb.Label,
    kpm.Condition: pb.Condition,
    condition.Choice: pb.Choice,
    condition.Bits: pb.TestBits,
    rc.Bits: pb.Bits,
    rc.Element: pb.Element,
    rc.Compare: pb.Compare,
    rc.ParameterTest: pb.ParameterTest,
    rc.Parts: pb.Parts,
    rc.UeSelection: pb.UeSelection,
    rc.CellSelection: pb.CellSelection,
    rc.Asked: pb.Asked,
    shapes.Shape: pb.Shape,
    shapes.NamedParameter: pb.NamedParameter,
    rc.InterfaceMessage: pb.InterfaceMessage,
    rc.RrcMessage: pb.RrcMessage,
    rc.MessageEvent: pb.MessageEvent,
    rc.OnMessage: pb.OnMessage,
    rc.OnCallProcess: pb.OnCallProcess,
    rc.NodeChange: pb.NodeChange,
    rc.OnNodeChange: pb.OnNodeChange,
    rc.RrcState: pb.RrcState,
    rc.UeIdChange: pb.UeIdChange,
    rc.L2State: pb.L2State,
    rc.UeContext: pb.UeContext,
    rc.MimoMode: pb.MimoMode,
    rc.UeChange: pb.UeChange,
    rc.OnUeChange: pb.OnUeChange,
    rc.OnDemand: pb.OnDemand,
    syntax.Void: pb.Void,
    rc.PolicyRule: pb.PolicyRule,
    indication.CellInfo: pb.CellInfo,
    neighbors.NeighborRelation: pb.NeighborRelation,
    neighbors.Neighbor: pb.Neighbor,
    neighbors.Band: pb.Band,
    actions.Addressee: pb.Addressee,
    actions.Outcome: pb.Outcome,
    topology.Place: pb.Place,
}
ACTIONS: Final[Mapping[type[actions.Action], Any]] = {
    ccc.EnergySavingControl: pb.EnergySavingControl,
    ccc.Configure: pb.Configure,
    rc.Handover: pb.Handover,
    rc.SliceQuota: pb.SliceQuota,
    rc.Control: pb.Control,
    rc.Policy: pb.Policy,
    rc.NoPolicy: pb.NoPolicy,
    rc.Reply: pb.Reply,
}
NEEDS: Final[Mapping[type[feeds.Need[Any]], Any]] = {
    kpm_feeds.Every: pb.Every,
    kpm_feeds.EveryUe: pb.EveryUe,
    ccc_feeds.Watch: pb.Watch,
    ccc_feeds.Watched: pb.Watched,
    ccc_feeds.Queried: pb.Queried,
    rc_feeds.Reports: pb.Reports,
    rc_feeds.Inserts: pb.Inserts,
    rc_feeds.Queries: pb.Queries,
    feeds.Timer: pb.Timer,
    needs.OutcomeFeed: pb.OutcomeFeed,
    needs.TopologyNeed: pb.TopologyNeed,
    feeds.Shared: pb.SharedNeed,
    feeds.Policy: pb.PolicyNeed,
}
GUARDS: Final[Mapping[type[Any], Any]] = {
    guards.KeepCoverage: pb.KeepCoverage,
    guards.Cooldown: pb.Cooldown,
    guards.MaxChanges: pb.MaxChanges,
}
VALUES: Final[Mapping[type[Any], Any]] = {
    kpm.Report: pb.Report,
    kpm.UeReport: pb.UeReport,
    ccc.States: pb.States,
    ccc.Configuration: pb.Configuration,
    rc.Report: pb.RcReport,
    rc.Request: pb.Request,
    feeds.Tick: pb.Tick,
    topology.Topology: pb.Topology,
    tuple: pb.Outcomes,
}
"""What feeds and needs hold; a tuple is that of outcomes. What xApps share, and policies (their JSON), are `Plain`."""
ENUMS: Final[Mapping[str, type[Enum]]] = {
    "NodeKind": ids.NodeKind,
    "OutcomeState": actions.OutcomeState,
    "Coverage": topology.Coverage,
}


def _put_length(value: Any, message: Any) -> None:
    message.us = value // timedelta(microseconds=1)


def _put_ids(value: Any, message: Any) -> None:
    message.packed = np.ascontiguousarray(value, "<u8").tobytes()


def _put_flags(value: Any, message: Any) -> None:
    message.packed = value.tobytes()


def _put_outcomes(value: Any, message: Any) -> None:
    for outcome in value:
        CONVERTER.put(outcome, message.outcomes.add())


def _put_nothing(value: Any, message: Any) -> None:
    """That there is such a message says all."""


def _put_shared(value: Any, message: Any) -> None:
    message.name, message.type = value.name, class_name(value.type)


def _put_policy(value: Any, message: Any) -> None:
    told = needs.policy_type(value)
    message.name, message.schema = told.name, told.schema


def _get_policy(message: Any) -> Any:
    if not isinstance(orjson.loads(message.schema), dict):
        raise DecodeError("the schema of a policy's type is a JSON object", path="PolicyNeed")
    return feeds.Policy(Foreign, feeds.PolicyType(message.name, message.schema))


def _put_structure(value: Any, message: Any) -> None:
    for id_, parameter in value.items():
        entry = message.entries.add()
        entry.key = id_
        _put_parameter(parameter, entry.value)


def _get_structure(message: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for entry in message.entries:
        if entry.key in found:
            raise DecodeError(f"RAN parameter {entry.key} occurs twice", path="Structure")
        found[entry.key] = _get_parameter(entry.value)
    return found


def _put_parameter(value: Any, message: Any) -> None:
    if isinstance(value, rc.Element):
        message.element.SetInParent()
        CONVERTER.ways(pb.Element.DESCRIPTOR).put(value, message.element)
    elif isinstance(value, Mapping):
        message.structure.SetInParent()
        _put_structure(value, message.structure)
    else:
        message.list.SetInParent()
        for entry in value:
            _put_structure(entry, message.list.entries.add())


def _get_parameter(message: Any) -> Any:
    kind = message.WhichOneof("of")
    if kind == "element":
        return CONVERTER.get(message.element)
    if kind == "structure":
        return _get_structure(message.structure)
    if kind == "list":
        return tuple(_get_structure(entry) for entry in message.list.entries)
    raise DecodeError("a RAN parameter is a leaf, a structure or a list", path="Parameter")


CONVERTER: Final[Converter] = Converter(
    {**IDS, **PARTS, **ACTIONS, **NEEDS, **GUARDS, **VALUES},
    ENUMS,
    {
        "Length": Ways(_put_length, lambda message: timedelta(microseconds=message.us)),
        "Ids": Ways(_put_ids, lambda message: np.frombuffer(message.packed, "<u8")),
        "Flags": Ways(_put_flags, lambda message: np.frombuffer(message.packed, np.bool_)),
        "Outcomes": Ways(_put_outcomes, lambda message: tuple(CONVERTER.get(one) for one in message.outcomes)),
        "Plain": Ways(put_plain, get_plain),
        "PlainMap": Ways(put_map, get_map),
        "Structure": Ways(_put_structure, _get_structure),
        "Parameter": Ways(_put_parameter, _get_parameter),
        "Watch": Ways(_put_nothing, lambda message: ccc_feeds.Watch(EnergySaving)),
        "OutcomeFeed": Ways(_put_nothing, lambda message: needs.outcomes),
        "TopologyNeed": Ways(_put_nothing, lambda message: needs.topology),
        "SharedNeed": Ways(_put_shared, lambda message: feeds.Shared(message.name, Foreign)),
        "PolicyNeed": Ways(_put_policy, _get_policy),
    },
)
"""Of every type; reports are read by `values`, since their metrics are those of their feed."""
