"""UEID: what each kind of node calls a UE, in the spelling of the ASN.1 codec (E2SM 6.2.3.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ricloop.asn1.convert import from_bits, to_bits
from ricloop.core.errors import EncodeError
from ricloop.core.ids import GnbId, Guami, NodeKind, UeId
from ricloop.core.ueids import CellRnti, Gummei, RanNode, UeDetail
from ricloop.e2sm.common import cgi_from_asn, cgi_to_asn, plmn_from_octets

_AMF = frozenset(("amf-UE-NGAP-ID", "guami", "m-NG-RAN-UE-XnAP-ID", "globalNG-RANNode-ID", "cell-RNTI"))
_E1AP = "gNB-CU-CP-UE-E1AP-ID-List"
_X2AP = frozenset(("m-eNB-UE-X2AP-ID", "m-eNB-UE-X2AP-ID-Extension", "globalENB-ID", "cell-RNTI"))
_FIELDS = {
    "gNB-UEID": _AMF | {"gNB-CU-UE-F1AP-ID-List", _E1AP, "ran-UEID", "globalGNB-ID"},
    "gNB-DU-UEID": frozenset(("gNB-CU-UE-F1AP-ID", "ran-UEID", "cell-RNTI")),
    "gNB-CU-UP-UEID": frozenset(("gNB-CU-CP-UE-E1AP-ID", "ran-UEID")),
    "ng-eNB-UEID": _AMF | {"ng-eNB-CU-UE-W1AP-ID", "globalNgENB-ID"},
    "ng-eNB-DU-UEID": frozenset(("ng-eNB-CU-UE-W1AP-ID", "cell-RNTI")),
    "en-gNB-UEID": _X2AP | {"gNB-CU-UE-F1AP-ID", _E1AP, "ran-UEID"},
    "eNB-UEID": _X2AP | {"mME-UE-S1AP-ID", "gUMMEI"},
    "PartialUEID": (_AMF | _X2AP)
    | {"gNB-CU-UE-F1AP-ID", "gNB-CU-CP-UE-E1AP-ID", "ran-UEID"}
    | {"ng-eNB-CU-UE-W1AP-ID", "mME-UE-S1AP-ID", "gUMMEI"},
}
_KINDS = {
    "ng-eNB-UEID": NodeKind.NG_ENB,
    "ng-eNB-DU-UEID": NodeKind.NG_ENB,
    "en-gNB-UEID": NodeKind.EN_GNB,
    "eNB-UEID": NodeKind.ENB,
}
_NODES = {"globalGNB-ID": "gNB-ID", "globalNgENB-ID": "ngENB-ID", "globalENB-ID": "eNB-ID"}
_NODE_FIELD = {
    NodeKind.GNB: "globalGNB-ID",
    NodeKind.NG_ENB: "globalNgENB-ID",
    NodeKind.EN_GNB: "globalENB-ID",
    NodeKind.ENB: "globalENB-ID",
}
_LENGTHS = {
    "globalNgENB-ID": {20: "macroNgENB-ID", 18: "shortMacroNgENB-ID", 21: "longMacroNgENB-ID"},
    "globalENB-ID": {20: "macro-eNB-ID", 28: "home-eNB-ID", 18: "short-Macro-eNB-ID", 21: "long-Macro-eNB-ID"},
}
_PLAIN = UeDetail()


@lru_cache(maxsize=1 << 16)
def du_ue(f1ap: int) -> UeId:
    """The UE that a DU calls `f1ap`; the same object each time, since a report names the same UEs every period."""
    return UeId(f1ap=(f1ap,))


def ue_to_asn(ue: UeId) -> tuple[str, dict[str, Any]]:
    """The alternative follows what is known: an AMF id makes a gNB's, else F1AP a DU's, else E1AP a CU-UP's; the
    detail's kind makes an LTE node's. Raises EncodeError for a field that the alternative has no room for.
    """
    kind = _alternative(ue)
    return kind, _filled(ue, kind)


def partial_ue_to_asn(ue: UeId) -> dict[str, Any]:
    """PartialUEID (v5): whatever is known, at most one F1AP and one E1AP id; an eNB where the detail names a node."""
    return _filled(ue, "PartialUEID")


def partial_ue_from_asn(value: dict[str, Any], path: str) -> UeId:
    return ue_from_asn(("eNB-UEID" if "globalENB-ID" in value else "PartialUEID", value), path)


def _filled(ue: UeId, kind: str) -> dict[str, Any]:
    fields = {name: value for name, value in _fields(ue, kind).items() if value is not None}
    if strange := sorted(fields.keys() - _FIELDS[kind]):
        raise EncodeError(f"{ue}: {kind} has no room for {', '.join(strange)}")
    return fields


def _alternative(ue: UeId) -> str:
    by_amf = ue.amf_ue_ngap_id is not None and ue.guami is not None
    kind = (ue.detail or _PLAIN).kind
    if kind is NodeKind.NG_ENB:
        return "ng-eNB-UEID" if by_amf else "ng-eNB-DU-UEID"
    if kind is NodeKind.EN_GNB:
        return "en-gNB-UEID"
    if kind is NodeKind.ENB:
        return "eNB-UEID"
    if by_amf:
        return "gNB-UEID"
    if len(ue.f1ap) == 1 and not ue.e1ap and ue.amf_ue_ngap_id is None:
        return "gNB-DU-UEID"
    if len(ue.e1ap) == 1 and not ue.f1ap and ue.amf_ue_ngap_id is None:
        return "gNB-CU-UP-UEID"
    raise EncodeError(f"{ue} has neither an AMF id with its GUAMI, nor exactly one F1AP or E1AP id")


def _fields(ue: UeId, kind: str) -> dict[str, Any]:
    detail = ue.detail or _PLAIN
    fields: dict[str, Any] = {
        "amf-UE-NGAP-ID": ue.amf_ue_ngap_id,
        "guami": None if ue.guami is None else _guami_to_asn(ue.guami),
        "ran-UEID": ue.ran_ue_id,
        "ng-eNB-CU-UE-W1AP-ID": detail.w1ap,
        "m-NG-RAN-UE-XnAP-ID": detail.xnap,
        "m-eNB-UE-X2AP-ID": detail.x2ap,
        "m-eNB-UE-X2AP-ID-Extension": detail.x2ap_extension,
        "mME-UE-S1AP-ID": detail.s1ap,
    }
    for name, ids in (("gNB-CU-UE-F1AP-ID", ue.f1ap), ("gNB-CU-CP-UE-E1AP-ID", ue.e1ap)):
        if name in _FIELDS[kind] and len(ids) == 1:
            fields[name] = ids[0]
        elif ids:
            fields[f"{name}-List"] = [{name: id_} for id_ in ids]
    if detail.gummei is not None:
        fields["gUMMEI"] = {
            "pLMN-Identity": detail.gummei.plmn.octets,
            "mME-Group-ID": detail.gummei.group.to_bytes(2, "big"),
            "mME-Code": detail.gummei.code.to_bytes(1, "big"),
        }
    if detail.node is not None:
        name = _NODE_FIELD[detail.kind]
        fields[name] = _node_to_asn(name, detail.node)
    if detail.ran_node is not None:
        chosen = "ng-eNB" if detail.ran_node.kind is NodeKind.NG_ENB else "gNB"
        fields["globalNG-RANNode-ID"] = (chosen, _node_to_asn(_NODE_FIELD[detail.ran_node.kind], detail.ran_node.id))
    if detail.rnti is not None:
        fields["cell-RNTI"] = {"c-RNTI": detail.rnti.rnti, "cell-Global-ID": cgi_to_asn(detail.rnti.cell)}
    return fields


def ue_from_asn(value: tuple[str, Any], path: str) -> UeId:
    """Raises DecodeError for a PLMN that is not made of digits."""
    kind, ue = value
    if kind == "gNB-DU-UEID" and len(ue) == 1:
        return du_ue(ue["gNB-CU-UE-F1AP-ID"])
    guami = ue.get("guami")
    gummei, rnti, ran_node = ue.get("gUMMEI"), ue.get("cell-RNTI"), ue.get("globalNG-RANNode-ID")
    node = next((_node_from_asn(name, ue[name], f"{path}.{name}") for name in _NODES if name in ue), None)
    detail = UeDetail(
        kind=_KINDS.get(kind, NodeKind.GNB),
        w1ap=ue.get("ng-eNB-CU-UE-W1AP-ID"),
        xnap=ue.get("m-NG-RAN-UE-XnAP-ID"),
        x2ap=ue.get("m-eNB-UE-X2AP-ID"),
        x2ap_extension=ue.get("m-eNB-UE-X2AP-ID-Extension"),
        s1ap=ue.get("mME-UE-S1AP-ID"),
        gummei=None if gummei is None else _gummei_from_asn(gummei, f"{path}.gUMMEI"),
        node=node,
        ran_node=None if ran_node is None else _ran_node_from_asn(ran_node, f"{path}.globalNG-RANNode-ID"),
        rnti=None
        if rnti is None
        else CellRnti(rnti["c-RNTI"], cgi_from_asn(rnti["cell-Global-ID"], f"{path}.cell-RNTI")),
    )
    return UeId(
        amf_ue_ngap_id=ue.get("amf-UE-NGAP-ID"),
        guami=None if guami is None else _guami_from_asn(guami, f"{path}.guami"),
        f1ap=_ids(ue, "gNB-CU-UE-F1AP-ID"),
        e1ap=_ids(ue, "gNB-CU-CP-UE-E1AP-ID"),
        ran_ue_id=ue.get("ran-UEID"),
        detail=None if detail == _PLAIN else detail,
    )


def _ids(ue: dict[str, Any], name: str) -> tuple[int, ...]:
    """One id, or a list of them."""
    return (ue[name],) if name in ue else tuple(item[name] for item in ue.get(f"{name}-List", ()))


def _guami_to_asn(guami: Guami) -> dict[str, Any]:
    return {
        "pLMNIdentity": guami.plmn.octets,
        "aMFRegionID": to_bits(guami.region, 8),
        "aMFSetID": to_bits(guami.set, 10),
        "aMFPointer": to_bits(guami.pointer, 6),
    }


def _guami_from_asn(guami: dict[str, Any], path: str) -> Guami:
    return Guami(
        plmn_from_octets(guami["pLMNIdentity"], path),
        from_bits(guami["aMFRegionID"]),
        from_bits(guami["aMFSetID"]),
        from_bits(guami["aMFPointer"]),
    )


def _gummei_from_asn(gummei: dict[str, Any], path: str) -> Gummei:
    return Gummei(
        plmn_from_octets(gummei["pLMN-Identity"], path),
        int.from_bytes(gummei["mME-Group-ID"], "big"),
        gummei["mME-Code"][0],
    )


def _node_to_asn(name: str, node: GnbId) -> dict[str, Any]:
    chosen = "gNB-ID" if name == "globalGNB-ID" else _LENGTHS[name].get(node.bits)
    if chosen is None:
        raise EncodeError(f"{name}: {node} has {node.bits} bits; there are {', '.join(map(str, _LENGTHS[name]))}")
    return {"pLMNIdentity": node.plmn.octets, _NODES[name]: (chosen, to_bits(node.value, node.bits))}


def _node_from_asn(name: str, value: dict[str, Any], path: str) -> GnbId:
    number = value[_NODES[name]][1]
    return GnbId(plmn_from_octets(value["pLMNIdentity"], path), from_bits(number), number[1])


def _ran_node_from_asn(value: tuple[str, Any], path: str) -> RanNode:
    kind = NodeKind.NG_ENB if value[0] == "ng-eNB" else NodeKind.GNB
    return RanNode(kind, _node_from_asn(_NODE_FIELD[kind], value[1], path))
