"""Everything that RC can say, as makers of random values: one per message and format."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ricloop.core.ids import GnbId, NodeKind, UeId
from ricloop.core.ueids import RanNode, UeDetail
from ricloop.e2sm.common import EventStyle
from ricloop.e2sm.rc import codec
from ricloop.e2sm.rc.conditions import COMPARISONS, PRESENCES
from ricloop.e2sm.rc.parameters import Element, Parameter
from tests.e2sm import some
from tests.e2sm.kpm_values import all_ues, any_cells, eutra_cells
from tests.makers import (
    Maker,
    binary,
    booleans,
    built,
    dictionaries,
    each,
    few,
    floats,
    integers,
    just,
    maybe,
    octets_of,
    one_of,
    sampled,
    texts,
)

small = integers(1, 65535)
style = integers(-5, 300)
flag = maybe(booleans)
names = texts(12)
parameter_ids = one_of(integers(1, 30), integers(1, 2**32 - 1))

# ------------------------------------------------------------------------------------------------ RAN parameters

leaves: Maker[Any] = one_of(
    booleans,
    integers(-(2**40), 2**40),
    floats,
    one_of(just(""), texts(8)),
    binary(8),
    built(lambda octets: codec.Bits(octets, len(octets) * 8), binary(4)),
)
elements = one_of(built(Element, leaves, booleans), just(Element(None)))


def _nested(depth: int) -> Maker[Parameter]:
    """Elements, structures of `depth` more levels, and lists of those."""
    if depth == 0:
        return elements
    inner = dictionaries(parameter_ids, _nested(depth - 1))
    return one_of(elements, inner, few(inner, 1, 3))


parameters = one_of(*(_nested(depth) for depth in range(4)))
any_structure = dictionaries(parameter_ids, parameters)
structure = dictionaries(parameter_ids, parameters, 1)
leaf_values = dictionaries(parameter_ids, leaves, 0, 4)


def _shapes(depth: int) -> Maker[codec.Shape]:
    inside = [maybe(_shapes(depth - 1))] if depth else []
    return built(codec.Shape, few(built(codec.NamedParameter, parameter_ids, names, *inside), 1), booleans)


shapes = one_of(*(_shapes(depth) for depth in range(3)))
named = few(built(codec.NamedParameter, parameter_ids, names, maybe(shapes)))
asked = few(built(codec.Asked, parameter_ids, maybe(shapes)), 1)

# ---------------------------------------------------------------------------------------------------- conditions

compares = built(codec.Compare, sampled(COMPARISONS + PRESENCES), maybe(leaves), flag)
keys = built(Element, leaves, just(True))


def _tests(depth: int) -> Maker[codec.ParameterTest]:
    inside = built(codec.Parts, few(_tests(depth - 1), 1), booleans) if depth else one_of(compares, keys)
    return built(codec.ParameterTest, parameter_ids, inside)


tests = one_of(*(_tests(depth) for depth in range(3)))
testing = few(tests)
tested = few(tests, 1)
ues = few(
    one_of(
        built(codec.UeSelection, small, all_ues, testing, flag),
        built(codec.UeSelection, small, just(None), tested, flag),
    )
)
cells = few(
    one_of(
        built(codec.CellSelection, small, some.cells, just(()), flag),
        built(codec.CellSelection, small, just(None), tested, flag),
    )
)
cgis = any_cells

# ------------------------------------------------------------------------------------------------- event triggers

peers = maybe(
    built(
        lambda plmn, du: (
            "f1",
            {"globalGNB-ID": {"pLMNIdentity": plmn.octets, "gNB-ID": ("gNB-ID", (b"\0\0\x04", 22))}}
            | {"gNB-DU-ID": du},
        ),
        some.plmns,
        integers(0, (1 << 36) - 1),
    )
)
interfaces = one_of(
    built(codec.InterfaceMessage, sampled(["nG", "f1", "e1"]), peer=peers),
    built(
        codec.InterfaceMessage,
        just("xn"),
        integers(0, 100),
        sampled(["initiatingMessage", "successfulOutcome", "unsuccessfulOutcome"]),
    ),
)
rrc = built(codec.RrcMessage, sampled(["dL-DCCH", "uL-DCCH", "pCCH"]), integers(0, 50), booleans)
messages = built(codec.MessageEvent, small, one_of(interfaces, rrc), flag, ues, few(each(small, flag)), flag)
states = built(codec.RrcState, few(each(sampled(["rrc-connected", "rrc-inactive", "rrc-idle", "any"]), flag), 1))
ue_triggers = one_of(
    states,
    built(codec.UeIdChange, integers(1, 512)),
    built(codec.L2State, tested),
    built(codec.UeContext, tested),
    built(codec.MimoMode, booleans),
)
TRIGGERS: dict[str, Maker[Any]] = {
    "Format 1": built(codec.OnMessage, few(messages, 1), ues),
    "Format 2": built(codec.OnCallProcess, small, small, testing, ues),
    "Format 3": built(codec.OnNodeChange, few(built(codec.NodeChange, small, integers(1, 512), cells, flag), 1)),
    "Format 4": built(codec.OnUeChange, few(built(codec.UeChange, small, ue_triggers, ues, flag), 1)),
    "Format 5": built(codec.OnDemand, ues, cells),
    "Format 5 of v5": just(codec.Void()),
}

# ---------------------------------------------------------------------------------------------- action definitions

rules = built(codec.PolicyRule, small, any_structure, testing, flag)
inserts = few(each(style, few(each(small, asked), 1)), 1)
ACTIONS: dict[str, Maker[Any]] = {
    "Format 1": built(codec.ReportAction, style, asked),
    "Format 2": built(codec.PolicyAction, style, few(rules, 1)),
    "Format 3": built(codec.InsertAction, style, small, asked, maybe(all_ues)),
    "Format 4": built(codec.InsertsAction, style, inserts, maybe(all_ues)),
}

# ----------------------------------------------------------------------------------------------------- indications

HEADERS: dict[str, Maker[Any]] = {
    "Format 1": built(codec.ReportHeader, maybe(small)),
    "Format 2": built(codec.InsertHeader, all_ues, style, small),
    "Format 3": built(codec.UeReportHeader, maybe(small), maybe(all_ues)),
}
bands = built(codec.Band, integers(1, 1024), few(integers(1, 1024)))
neighbors = one_of(
    built(
        codec.Neighbor,
        cell=some.nr_cells,
        pci=integers(0, 1007),
        arfcn=integers(0, 3279165),
        tac=octets_of(3),
        tdd=booleans,
        bands=few(bands, 1),
        shifted=flag,
        connected=booleans,
        validated=booleans,
        version=small,
    ),
    built(
        codec.Neighbor,
        cell=eutra_cells,
        pci=integers(0, 503),
        arfcn=integers(0, 65535),
        tac=octets_of(2),
        connected=booleans,
        validated=booleans,
        version=small,
    ),
)
relations = built(codec.NeighborRelation, integers(0, 503), integers(0, 65535), few(neighbors, 1), booleans)
octets = maybe(binary(6))
cell_infos = built(codec.CellInfo, cgis, octets, flag, maybe(relations))
MESSAGES: dict[str, Maker[Any]] = {
    "Format 1": built(codec.ReportMessage, structure),
    "Format 2": built(codec.UeMessage, few(each(all_ues, structure), 1)),
    "Format 3": built(codec.CellMessage, few(cell_infos, 1)),
    "Format 4": built(
        codec.NodeMessage,
        few(built(codec.UeInfo, all_ues, cgis, octets)),
        few(built(replace, cell_infos, deleted=just(None))),
    ),
    "Format 4 of v5": just(codec.Void()),
    "Format 5": built(codec.InsertMessage, any_structure),
    "Format 6": built(codec.InsertsMessage, few(each(style, few(each(small, any_structure), 1)), 1)),
}

# --------------------------------------------------------------------------------------------------------- control

ran_nodes = built(RanNode, just(NodeKind.GNB), built(GnbId, some.plmns, integers(0, (1 << 22) - 1), just(22)))
partial_ues = built(
    lambda amf, guami, f1ap, e1ap, ran, xnap, node, s1ap: UeId(
        amf,
        guami,
        f1ap,
        e1ap,
        ran,
        UeDetail(xnap=xnap, ran_node=node, s1ap=s1ap) if (xnap, node, s1ap) != (None,) * 3 else None,
    ),
    maybe(some.amf_ids),
    maybe(some.guamis),
    few(some.ids32, most=1),
    few(some.ids32, most=1),
    some.ran_ids,
    maybe(some.ids32),
    maybe(ran_nodes),
    maybe(some.ids32),
)
CONTROL_HEADERS: dict[str, Maker[Any]] = {
    "Format 1": built(codec.ControlHeader, all_ues, style, small, flag),
    "Format 2": built(codec.ActionsHeader, maybe(all_ues), flag),
    "Format 3": built(codec.GroupHeader, small, few(each(parameter_ids, parameters, flag), 1), style, small),
    "Format 4": built(codec.PartialHeader, partial_ues, style, small, flag),
}
filters = built(codec.EntityFilter, integers(1, 255), tested, structure)
CONTROL_MESSAGES: dict[str, Maker[Any]] = {
    "Format 1": built(codec.ControlMessage, any_structure),
    "Format 2": built(codec.ActionsMessage, few(each(style, few(each(small, any_structure), 1)), 1)),
    "Format 3": built(codec.FilteredMessage, maybe(few(filters)), maybe(any_structure)),
    "Format 4": built(codec.AskedMessage, one_of(asked, just(()))),
    "Format 5": just(codec.Void()),
}
some_leaves = dictionaries(parameter_ids, leaves, 1)
OUTCOMES: dict[str, Maker[Any]] = {
    "Format 1": built(codec.Outcome, leaf_values),
    "Format 2": built(codec.ActionsOutcome, few(each(style, few(each(small, some_leaves), 1)), 1)),
    "Format 3": built(codec.ParametersOutcome, any_structure),
}

# ----------------------------------------------------------------------------------------------------------- query

answered = dictionaries(parameter_ids, maybe(parameters))
QUERY_OUTCOMES: dict[str, Maker[Any]] = {
    "Format 1": built(codec.CellAnswers, few(built(codec.CellAnswer, cgis, answered, maybe(relations)), 1)),
    "Format 2": built(codec.UeAnswers, few(built(codec.UeAnswer, all_ues, answered, maybe(small)))),
}
query_headers = built(codec.QueryHeader, style, testing, ues)

# ------------------------------------------------------------------------------------------------------ definition

named_actions = few(built(codec.NamedAction, small, names, named))
control_actions = few(built(codec.NamedAction, small, names, named, flag))
also = few(built(codec.ControlFormats, small, small, maybe(small), maybe(small)))
breakpoints = few(built(codec.Breakpoint, small, names, named), 1)
events_and_parameters = one_of(
    built(dict),
    built(
        dict,
        event_styles=few(built(EventStyle, style, names, style), 1),
        l2=named,
        call_processes=few(built(codec.CallProcess, small, names, breakpoints)),
        ue_identification=named,
        cell_identification=named,
    ),
)
definitions = built(
    lambda events, reports, inserts, controls, policies, queries: replace(
        codec.definition_of(*controls), reports=reports, inserts=inserts, policies=policies, queries=queries, **events
    ),
    events_and_parameters,
    few(built(codec.ReportStyle, style, names, style, style, style, style, named)),
    few(built(codec.InsertStyle, style, names, style, named_actions, style, style, style, style)),
    few(
        built(
            codec.ControlStyle,
            style,
            names,
            control_actions,
            style,
            style,
            style,
            maybe(style),
            named,
            maybe(also),
        )
    ),
    few(
        built(
            codec.PolicyStyle,
            style,
            names,
            style,
            few(built(codec.PolicyActionOffer, small, names, named, named, style)),
        )
    ),
    few(built(codec.QueryStyle, style, names, named, style, style, style)),
)
