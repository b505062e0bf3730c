"""Anything that stands inside an E2AP message: makers of its parts."""

from __future__ import annotations

from random import Random
from typing import Any

from ricloop.asn1 import E2AP, E2AP_V1, Syntax
from ricloop.core.ids import GnbId, NodeId, NodeKind, Plmn
from ricloop.e2ap import messages as m
from ricloop.e2ap.node_id import node_to_asn
from tests.makers import (
    Maker,
    built,
    integers,
    maybe,
    octets,
    octets_of,
    one_of,
    sampled,
    texts,
    tuples,
)

int8, int12, int16 = integers(0, 255), integers(0, 4095), integers(0, 65535)
unit = integers(0, (1 << 36) - 1)
seconds = maybe(sampled((1, 2, 5, 10, 20, 60)))
requests = built(m.RequestId, int16, int16)
function_ids = built(m.FunctionId, int12, int12)


def enumerated(syntax: Syntax, type_name: str) -> tuple[str, ...]:
    """Values of an ENUMERATED, of its root and of its extension."""
    kind = syntax._type(type_name).type
    return (*kind.root_index_to_data.values(), *(kind.additions_index_to_data or {}).values())


def _causes(syntax: Syntax, groups: dict[str, str]) -> Maker[m.Cause]:
    return sampled([m.Cause(group, value) for group, kind in groups.items() for value in enumerated(syntax, kind)])


_GROUPS_V1 = {
    "ricRequest": "CauseRICrequest",
    "ricService": "CauseRICservice",
    "transport": "CauseTransport",
    "protocol": "CauseProtocol",
    "misc": "CauseMisc",
}
causes = _causes(E2AP, {**_GROUPS_V1, "e2Node": "CauseE2node"})
causes_v1 = _causes(E2AP_V1, _GROUPS_V1)


def plmns(rng: Random) -> Plmn:
    return Plmn(f"{rng.randrange(1000):03}", f"{rng.randrange(1000):03}"[rng.getrandbits(1) :])


def gnb_ids(*lengths: int) -> Maker[GnbId]:
    def make(rng: Random) -> GnbId:
        bits = rng.choice(lengths)
        return GnbId(plmns(rng), rng.getrandbits(bits), bits)

    return make


def _kind(kind: NodeKind) -> Maker[NodeKind]:
    return sampled((kind,))


gnbs = gnb_ids(*range(22, 33))
ng_enbs, enbs = gnb_ids(18, 20, 21), gnb_ids(18, 20, 21, 28)
_gnb_nodes = (
    built(NodeId, gnbs),
    built(NodeId, gnbs, sampled((NodeKind.GNB_DU, NodeKind.GNB_CU_UP)), unit),
    built(NodeId, enbs, _kind(NodeKind.ENB)),
)
nodes = one_of(
    *_gnb_nodes,
    built(NodeId, gnbs, _kind(NodeKind.EN_GNB), maybe(unit)),
    built(NodeId, ng_enbs, _kind(NodeKind.NG_ENB), maybe(unit)),
)
nodes_v1 = one_of(
    *_gnb_nodes, built(NodeId, gnbs, _kind(NodeKind.EN_GNB)), built(NodeId, ng_enbs, _kind(NodeKind.NG_ENB))
)
"""v1 cannot name the units of other nodes than gNBs."""
rics = built(m.GlobalRicId, plmns, integers(0, (1 << 20) - 1))

_criticalities = sampled(enumerated(E2AP, "Criticality"))


def _faults(rng: Random) -> tuple[str, int, str]:
    return _criticalities(rng), int16(rng), rng.choice(("not-understood", "missing"))


diagnostics = maybe(
    built(
        m.CriticalityDiagnostics,
        procedure_code=maybe(int8),
        triggering_message=maybe(sampled(enumerated(E2AP, "TriggeringMessage"))),
        procedure_criticality=maybe(_criticalities),
        request_id=maybe(requests),
        ies=tuples(_faults, 0, 256),
    )
)
functions = built(m.RanFunction, id=int12, revision=int12, oid=texts(1000), definition=octets)
functions_v1 = built(
    m.RanFunction, id=int12, revision=int12, oid=one_of(texts(1000), sampled(("",))), definition=octets
)
"""v1 may leave the OID out."""


def _x2(rng: Random) -> tuple[str, dict[str, Any]]:
    parts: dict[str, Any] = {}
    if rng.getrandbits(1):
        parts |= node_to_asn(NodeId(enbs(rng), NodeKind.ENB))[1]
    if rng.getrandbits(1):
        parts |= node_to_asn(NodeId(gnbs(rng), NodeKind.EN_GNB))[1]
    return "x2", parts


def _component(alternative: str, value: Maker[object]) -> Maker[tuple[str, object]]:
    return lambda rng: (alternative, value(rng))


components = one_of(
    *(_component(name, texts(150)) for name in ("nG", "s1")),
    *(_component(name, unit) for name in ("f1", "e1", "w1")),
    _component("xn", one_of(built(NodeId, gnbs), built(NodeId, ng_enbs, _kind(NodeKind.NG_ENB)))),
    _x2,
)
interfaces = sampled(enumerated(E2AP, "E2nodeComponentInterfaceType"))
configs = built(m.ComponentConfig, interface=interfaces, component=components, request=octets, response=octets)
config_acks = built(m.ComponentConfigAck, interface=interfaces, component=components, failure=maybe(causes))


def actions(syntax: Syntax, definition: Maker[bytes | None], order: Maker[int | None]) -> dict[str, Maker[Any]]:
    """What a new and a changed action share."""
    waits = sampled(enumerated(syntax, "RICtimeToWait"))
    subsequent = maybe(built(m.SubsequentAction, type=sampled(("continue", "wait")), time_to_wait=waits))
    return {"id": int8, "definition": definition, "subsequent": subsequent, "execution_order": order}


def tnl_addresses(rng: Random) -> m.TnlInformation:
    """An address of any length: what is none of IPv4 and IPv6 is no less an address."""
    bits = rng.choice((32, 128, 160, rng.randint(1, 160)))
    address = (rng.getrandbits(bits) << -bits % 8).to_bytes((bits + 7) // 8, "big")
    return m.TnlInformation(address, maybe(int16)(rng), bits if bits % 8 else None)


tnl_uses = built(m.TnlUse, tnl_addresses, sampled(enumerated(E2AP, "TNLusage")))
time_stamps = maybe(octets_of(8))
