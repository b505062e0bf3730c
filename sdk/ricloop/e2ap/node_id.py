"""GlobalE2node-ID and its relatives (E2AP 9.2.6) as `NodeId`, and back."""

from __future__ import annotations

from typing import Any

from ricloop.asn1.convert import from_bits, to_bits
from ricloop.core.ids import GnbId, NodeId, NodeKind, Plmn

# A node id's name by its length, in both of the tables that E2AP takes from LTE.
_NG_ENB = {20: "enb-ID-macro", 18: "enb-ID-shortmacro", 21: "enb-ID-longmacro"}
_ENB = {20: "macro-eNB-ID", 28: "home-eNB-ID", 18: "short-Macro-eNB-ID", 21: "long-Macro-eNB-ID"}

_UNITS = {NodeKind.GNB_CU_UP: "gNB-CU-UP-ID", NodeKind.GNB_DU: "gNB-DU-ID"}


def node_to_asn(node: NodeId) -> tuple[str, dict[str, Any]]:
    """Value of GlobalE2node-ID. Raises ValueError for an id whose length its kind does not have."""
    gnb, unit = node.gnb, node.unit
    if node.kind is NodeKind.EN_GNB:
        en_gnb: dict[str, Any] = {"global-en-gNB-ID": _en_gnb_to_asn(gnb)}
        return "en-gNB", en_gnb if unit is None else en_gnb | {"en-gNB-DU-ID": unit}
    if node.kind is NodeKind.NG_ENB:
        ng_enb: dict[str, Any] = {"global-ng-eNB-ID": _ng_enb_to_asn(gnb)}
        return "ng-eNB", ng_enb if unit is None else ng_enb | {"ngENB-DU-ID": unit}
    if node.kind is NodeKind.ENB:
        return "eNB", {"global-eNB-ID": _enb_to_asn(gnb)}
    value: dict[str, Any] = {"global-gNB-ID": _gnb_to_asn(gnb)}
    if unit is not None:
        if node.kind not in _UNITS:
            raise ValueError(f"a node of kind {node.kind.value} has no unit, but {unit} is given")
        value[_UNITS[node.kind]] = unit
    return "gNB", value


def node_from_asn(value: tuple[str, dict[str, Any]]) -> NodeId:
    """Inverse of `node_to_asn`. A gNB that names its CU-UP and its DU is taken for the DU."""
    kind, content = value
    if kind == "en-gNB":
        gnb = _en_gnb_from_asn(content["global-en-gNB-ID"])
        return NodeId(gnb, NodeKind.EN_GNB, content.get("en-gNB-DU-ID", content.get("en-gNB-CU-UP-ID")))
    if kind == "ng-eNB":
        return NodeId(_ng_enb_from_asn(content["global-ng-eNB-ID"]), NodeKind.NG_ENB, content.get("ngENB-DU-ID"))
    if kind == "eNB":
        return NodeId(_enb_from_asn(content["global-eNB-ID"]), NodeKind.ENB)
    gnb = _gnb_from_asn(content["global-gNB-ID"])
    for node_kind in (NodeKind.GNB_DU, NodeKind.GNB_CU_UP):
        if _UNITS[node_kind] in content:
            return NodeId(gnb, node_kind, content[_UNITS[node_kind]])
    return NodeId(gnb)


def ran_node_to_asn(node: NodeId) -> tuple[str, dict[str, Any]]:
    """Value of GlobalNG-RANNode-ID: a gNB or an ng-eNB, without unit."""
    if node.kind is NodeKind.NG_ENB:
        return "ng-eNB", _ng_enb_to_asn(node.gnb)
    return "gNB", _gnb_to_asn(node.gnb)


def ran_node_from_asn(value: tuple[str, dict[str, Any]]) -> NodeId:
    """Inverse of `ran_node_to_asn`."""
    if value[0] == "ng-eNB":
        return NodeId(_ng_enb_from_asn(value[1]), NodeKind.NG_ENB)
    return NodeId(_gnb_from_asn(value[1]))


def _gnb_to_asn(gnb: GnbId) -> dict[str, Any]:
    return {"plmn-id": gnb.plmn.octets, "gnb-id": ("gnb-ID", to_bits(gnb.value, gnb.bits))}


def _gnb_from_asn(value: dict[str, Any]) -> GnbId:
    return _id(value["plmn-id"], value["gnb-id"])


def _en_gnb_to_asn(gnb: GnbId) -> dict[str, Any]:
    return {"pLMN-Identity": gnb.plmn.octets, "gNB-ID": ("gNB-ID", to_bits(gnb.value, gnb.bits))}


def _en_gnb_from_asn(value: dict[str, Any]) -> GnbId:
    return _id(value["pLMN-Identity"], value["gNB-ID"])


def _ng_enb_to_asn(enb: GnbId) -> dict[str, Any]:
    return {"plmn-id": enb.plmn.octets, "enb-id": (_name(_NG_ENB, enb), to_bits(enb.value, enb.bits))}


def _ng_enb_from_asn(value: dict[str, Any]) -> GnbId:
    return _id(value["plmn-id"], value["enb-id"])


def _enb_to_asn(enb: GnbId) -> dict[str, Any]:
    return {"pLMN-Identity": enb.plmn.octets, "eNB-ID": (_name(_ENB, enb), to_bits(enb.value, enb.bits))}


def _enb_from_asn(value: dict[str, Any]) -> GnbId:
    return _id(value["pLMN-Identity"], value["eNB-ID"])


def _id(plmn: bytes, value: tuple[str, tuple[bytes, int]]) -> GnbId:
    return GnbId(Plmn.from_octets(plmn), from_bits(value[1]), value[1][1])


def _name(names: dict[int, str], enb: GnbId) -> str:
    if enb.bits not in names:
        raise ValueError(f"an eNB id of {enb.bits} bits; it has one of {sorted(names)}")
    return names[enb.bits]
