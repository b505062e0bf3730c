"""Everything that RC can say, as hypothesis strategies: one per message and format."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ricloop.core.ids import Cgi, GnbId, NodeKind, UeId
from ricloop.core.ueids import EutraCgi, RanNode, UeDetail
from ricloop.e2sm.common import EventStyle
from ricloop.e2sm.rc import codec
from ricloop.e2sm.rc.conditions import COMPARISONS, PRESENCES
from ricloop.e2sm.rc.parameters import Element, Parameter
from tests.e2sm import strategies as some
from tests.e2sm.kpm_values import all_ues

small = st.integers(1, 65535)
style = st.integers(-5, 300)
maybe = st.none() | st.booleans()
names = st.text("ABCxyz 019'()+,-./:=?", min_size=1, max_size=12)
parameter_ids = st.integers(1, 30) | st.integers(1, 2**32 - 1)


def few(one: st.SearchStrategy[Any], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


# ------------------------------------------------------------------------------------------------ RAN parameters

leaves: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text("abcXYZ 019", max_size=8),
    st.binary(max_size=8),
    st.builds(lambda octets: codec.Bits(octets, len(octets) * 8), st.binary(max_size=4)),
)
elements = st.builds(Element, leaves, st.booleans()) | st.just(Element(None))
parameters: st.SearchStrategy[Parameter] = st.recursive(
    elements,
    lambda inner: (
        st.dictionaries(parameter_ids, inner, max_size=3)
        | st.lists(st.dictionaries(parameter_ids, inner, max_size=3), min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
)
any_structure = st.dictionaries(parameter_ids, parameters, max_size=3)
structure = st.dictionaries(parameter_ids, parameters, min_size=1, max_size=3)
leaf_values = st.dictionaries(parameter_ids, leaves, max_size=4)
shapes: st.SearchStrategy[Any] = st.recursive(
    st.builds(codec.Shape, few(st.builds(codec.NamedParameter, parameter_ids, names), 1), st.booleans()),
    lambda inner: st.builds(
        codec.Shape, few(st.builds(codec.NamedParameter, parameter_ids, names, inner), 1), st.booleans()
    ),
    max_leaves=3,
)
named = few(st.builds(codec.NamedParameter, parameter_ids, names, st.none() | shapes))
asked = few(st.builds(codec.Asked, parameter_ids, st.none() | shapes), 1)

# ---------------------------------------------------------------------------------------------------- conditions

compares = st.builds(codec.Compare, st.sampled_from(COMPARISONS + PRESENCES), st.none() | leaves, maybe)
keys = st.builds(Element, leaves, st.just(True))
tests: st.SearchStrategy[Any] = st.recursive(
    st.builds(codec.ParameterTest, parameter_ids, compares | keys),
    lambda inner: st.builds(codec.ParameterTest, parameter_ids, st.builds(codec.Parts, few(inner, 1), st.booleans())),
    max_leaves=4,
)
testing = few(tests)
tested = few(tests, 1)
ues = few(
    st.builds(codec.UeSelection, small, all_ues, testing, maybe)
    | st.builds(codec.UeSelection, small, st.none(), tested, maybe)
)
cells = few(
    st.builds(codec.CellSelection, small, some.cells, st.just(()), maybe)
    | st.builds(codec.CellSelection, small, st.none(), tested, maybe)
)
cgis = some.cells.map(Cgi.unpack) | st.builds(EutraCgi, some.plmns, st.integers(0, (1 << 28) - 1))

# ------------------------------------------------------------------------------------------------- event triggers

peers = st.none() | st.builds(
    lambda plmn, du: (
        "f1",
        {"globalGNB-ID": {"pLMNIdentity": plmn.octets, "gNB-ID": ("gNB-ID", (b"\0\0\x04", 22))}} | {"gNB-DU-ID": du},
    ),
    some.plmns,
    st.integers(0, (1 << 36) - 1),
)
interfaces = st.builds(codec.InterfaceMessage, st.sampled_from(["nG", "f1", "e1"]), peer=peers) | st.builds(
    codec.InterfaceMessage,
    st.just("xn"),
    st.integers(0, 100),
    st.sampled_from(["initiatingMessage", "successfulOutcome", "unsuccessfulOutcome"]),
)
rrc = st.builds(codec.RrcMessage, st.sampled_from(["dL-DCCH", "uL-DCCH", "pCCH"]), st.integers(0, 50), st.booleans())
messages = st.builds(codec.MessageEvent, small, interfaces | rrc, maybe, ues, few(st.tuples(small, maybe)), maybe)
states = st.builds(
    codec.RrcState, few(st.tuples(st.sampled_from(["rrc-connected", "rrc-inactive", "rrc-idle", "any"]), maybe), 1)
)
ue_triggers = st.one_of(
    states,
    st.builds(codec.UeIdChange, st.integers(1, 512)),
    st.builds(codec.L2State, tested),
    st.builds(codec.UeContext, tested),
    st.builds(codec.MimoMode, st.booleans()),
)
TRIGGERS: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.OnMessage, few(messages, 1), ues),
    "Format 2": st.builds(codec.OnCallProcess, small, small, testing, ues),
    "Format 3": st.builds(
        codec.OnNodeChange, few(st.builds(codec.NodeChange, small, st.integers(1, 512), cells, maybe), 1)
    ),
    "Format 4": st.builds(codec.OnUeChange, few(st.builds(codec.UeChange, small, ue_triggers, ues, maybe), 1)),
    "Format 5": st.builds(codec.OnDemand, ues, cells),
    "Format 5 of v5": st.just(codec.Void()),
}

# ---------------------------------------------------------------------------------------------- action definitions

rules = st.builds(codec.PolicyRule, small, any_structure, testing, maybe)
inserts = few(st.tuples(style, few(st.tuples(small, asked), 1)), 1)
ACTIONS: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.ReportAction, style, asked),
    "Format 2": st.builds(codec.PolicyAction, style, few(rules, 1)),
    "Format 3": st.builds(codec.InsertAction, style, small, asked, st.none() | all_ues),
    "Format 4": st.builds(codec.InsertsAction, style, inserts, st.none() | all_ues),
}

# ----------------------------------------------------------------------------------------------------- indications

HEADERS: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.ReportHeader, st.none() | small),
    "Format 2": st.builds(codec.InsertHeader, all_ues, style, small),
    "Format 3": st.builds(codec.UeReportHeader, st.none() | small, st.none() | all_ues),
}
bands = st.builds(codec.Band, st.integers(1, 1024), few(st.integers(1, 1024)))
neighbors = st.builds(
    codec.Neighbor,
    cell=some.cells.map(Cgi.unpack),
    pci=st.integers(0, 1007),
    arfcn=st.integers(0, 3279165),
    tac=st.binary(min_size=3, max_size=3),
    tdd=st.booleans(),
    bands=few(bands, 1),
    shifted=maybe,
    connected=st.booleans(),
    validated=st.booleans(),
    version=small,
) | st.builds(
    codec.Neighbor,
    cell=st.builds(EutraCgi, some.plmns, st.integers(0, (1 << 28) - 1)),
    pci=st.integers(0, 503),
    arfcn=st.integers(0, 65535),
    tac=st.binary(min_size=2, max_size=2),
    connected=st.booleans(),
    validated=st.booleans(),
    version=small,
)
relations = st.builds(
    codec.NeighborRelation, st.integers(0, 503), st.integers(0, 65535), few(neighbors, 1), st.booleans()
)
octets = st.none() | st.binary(max_size=6)
cell_infos = st.builds(codec.CellInfo, cgis, octets, maybe, st.none() | relations)
MESSAGES: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.ReportMessage, structure),
    "Format 2": st.builds(codec.UeMessage, few(st.tuples(all_ues, structure), 1)),
    "Format 3": st.builds(codec.CellMessage, few(cell_infos, 1)),
    "Format 4": st.builds(
        codec.NodeMessage,
        few(st.builds(codec.UeInfo, all_ues, cgis, octets)),
        few(cell_infos.map(lambda cell: replace(cell, deleted=None))),
    ),
    "Format 4 of v5": st.just(codec.Void()),
    "Format 5": st.builds(codec.InsertMessage, any_structure),
    "Format 6": st.builds(codec.InsertsMessage, few(st.tuples(style, few(st.tuples(small, any_structure), 1)), 1)),
}

# --------------------------------------------------------------------------------------------------------- control

ran_nodes = st.builds(
    RanNode, st.just(NodeKind.GNB), st.builds(GnbId, some.plmns, st.integers(0, (1 << 22) - 1), st.just(22))
)
partial_ues = st.builds(
    lambda amf, guami, f1ap, e1ap, ran, xnap, node, s1ap: UeId(
        amf,
        guami,
        f1ap,
        e1ap,
        ran,
        UeDetail(xnap=xnap, ran_node=node, s1ap=s1ap) if (xnap, node, s1ap) != (None,) * 3 else None,
    ),
    st.none() | st.integers(0, (1 << 40) - 1),
    st.none() | some.guamis,
    few(some.ids32, most=1),
    few(some.ids32, most=1),
    some.ran_ids,
    st.none() | some.ids32,
    st.none() | ran_nodes,
    st.none() | some.ids32,
)
CONTROL_HEADERS: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.ControlHeader, all_ues, style, small, maybe),
    "Format 2": st.builds(codec.ActionsHeader, st.none() | all_ues, maybe),
    "Format 3": st.builds(codec.GroupHeader, small, few(st.tuples(parameter_ids, parameters, maybe), 1), style, small),
    "Format 4": st.builds(codec.PartialHeader, partial_ues, style, small, maybe),
}
filters = st.builds(codec.EntityFilter, st.integers(1, 255), tested, structure)
CONTROL_MESSAGES: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.ControlMessage, any_structure),
    "Format 2": st.builds(codec.ActionsMessage, few(st.tuples(style, few(st.tuples(small, any_structure), 1)), 1)),
    "Format 3": st.builds(codec.FilteredMessage, st.none() | few(filters), st.none() | any_structure),
    "Format 4": st.builds(codec.AskedMessage, asked | st.just(())),
    "Format 5": st.just(codec.Void()),
}
some_leaves = st.dictionaries(parameter_ids, leaves, min_size=1, max_size=3)
OUTCOMES: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(codec.Outcome, leaf_values),
    "Format 2": st.builds(codec.ActionsOutcome, few(st.tuples(style, few(st.tuples(small, some_leaves), 1)), 1)),
    "Format 3": st.builds(codec.ParametersOutcome, any_structure),
}

# ----------------------------------------------------------------------------------------------------------- query

answered = st.dictionaries(parameter_ids, st.none() | parameters, max_size=3)
QUERY_OUTCOMES: dict[str, st.SearchStrategy[Any]] = {
    "Format 1": st.builds(
        codec.CellAnswers, few(st.builds(codec.CellAnswer, cgis, answered, st.none() | relations), 1)
    ),
    "Format 2": st.builds(codec.UeAnswers, few(st.builds(codec.UeAnswer, all_ues, answered, st.none() | small))),
}
query_headers = st.builds(codec.QueryHeader, style, testing, ues)

# ------------------------------------------------------------------------------------------------------ definition

named_actions = few(st.builds(codec.NamedAction, small, names, named))
control_actions = few(st.builds(codec.NamedAction, small, names, named, maybe))
also = few(st.builds(codec.ControlFormats, small, small, st.none() | small, st.none() | small))
breakpoints = few(st.builds(codec.Breakpoint, small, names, named), 1)
events_and_parameters = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "event_styles": few(st.builds(EventStyle, style, names, style), 1),
            "l2": named,
            "call_processes": few(st.builds(codec.CallProcess, small, names, breakpoints)),
            "ue_identification": named,
            "cell_identification": named,
        }
    ),
)
definitions = st.builds(
    lambda events, reports, inserts, controls, policies, queries: replace(
        codec.definition_of(*controls), reports=reports, inserts=inserts, policies=policies, queries=queries, **events
    ),
    events_and_parameters,
    few(st.builds(codec.ReportStyle, style, names, style, style, style, style, named)),
    few(st.builds(codec.InsertStyle, style, names, style, named_actions, style, style, style, style)),
    few(
        st.builds(
            codec.ControlStyle,
            style,
            names,
            control_actions,
            style,
            style,
            style,
            st.none() | style,
            named,
            st.none() | also,
        )
    ),
    few(
        st.builds(
            codec.PolicyStyle,
            style,
            names,
            style,
            few(st.builds(codec.PolicyActionOffer, small, names, named, named, style)),
        )
    ),
    few(st.builds(codec.QueryStyle, style, names, named, style, style, style)),
)
