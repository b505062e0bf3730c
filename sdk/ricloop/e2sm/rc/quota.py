"""Style 2, action 6: slice-level PRB quota (E2SM-RC 8.4.3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import Plmn
from ricloop.e2sm.common import Slice, plmn_from_octets
from ricloop.e2sm.rc.control_asn import encode_control_message
from ricloop.e2sm.rc.controls import ControlMessage
from ricloop.e2sm.rc.parameters import Element, Parameter, Structure
from ricloop.e2sm.rc.shapes import NamedParameter, Shape, find

_NAMES = {
    "list": (1, "RRM Policy Ratio List"),
    "group": (2, "RRM Policy Ratio Group"),
    "policy": (3, "RRM Policy"),
    "members": (5, "RRM Policy Member List"),
    "member": (6, "RRM Policy Member"),
    "plmn": (7, "PLMN Identity"),
    "slice": (8, "S-NSSAI"),
    "sst": (9, "SST"),
    "sd": (10, "SD"),
    "min": (11, "Min PRB Policy Ratio"),
    "max": (12, "Max PRB Policy Ratio"),
    "dedicated": (13, "Dedicated PRB Policy Ratio"),
}
"""Ids and names of the standard. Older nodes count without the gap before 5, and say so in their definition."""
_PATH = "E2SM-RC-ControlMessage (slice-level PRB quota)"


def _tree() -> NamedParameter:
    def named(key: str, shape: Shape | None = None) -> NamedParameter:
        return NamedParameter(*_NAMES[key], shape)

    def inside(*keys: str, list: bool = False) -> Shape:
        return Shape(tuple(map(named, keys)), list)

    member = named("member", Shape((named("plmn"), named("slice", inside("sst", "sd")))))
    policy = named("policy", Shape((named("members", Shape((member,), list=True)),)))
    group = named("group", Shape((policy, *inside("min", "max", "dedicated").parts)))
    return named("list", Shape((group,), list=True))


PARAMETER = _tree()
"""What a node that has quotas announces for the action."""


def ids_of(parameters: Iterable[NamedParameter]) -> dict[str, int]:
    """The id of each part at a node that announces `parameters` for the action; the standard's where it does not say.
    Raises EncodeError where that gives two parts one id."""
    known = tuple(parameters)
    ids = {key: id_ if (found := find(known, name)) is None else found for key, (id_, name) in _NAMES.items()}
    if len(set(ids.values())) < len(ids):
        raise EncodeError(f"the node's definition of the slice-level PRB quota gives two parameters one id: {ids}")
    return ids


def quota(
    ids: dict[str, int], plmn: Plmn, slice_: Slice, least: int, most: int, dedicated: int
) -> dict[int, Parameter]:
    """The parameters of one slice's quota, in percent."""
    octets = slice_.octets
    s_nssai = {ids["sst"]: Element(octets[:1])}
    if slice_.sd is not None:
        s_nssai[ids["sd"]] = Element(octets[1:])
    member: Structure = {ids["plmn"]: Element(plmn.octets), ids["slice"]: s_nssai}
    group: Structure = {
        ids["policy"]: {ids["members"]: ({ids["member"]: member},)},
        ids["min"]: Element(least),
        ids["max"]: Element(most),
        ids["dedicated"]: Element(dedicated),
    }
    return {ids["list"]: ({ids["group"]: group},)}


@lru_cache(maxsize=4096)
def message(
    ids: tuple[tuple[str, int], ...], plmn: Plmn, slice_: Slice, least: int, most: int, dedicated: int
) -> bytes:
    """The control message of one slice's quota; the same in both dialects. Kept: few are in use at a time."""
    return encode_control_message(ControlMessage(quota(dict(ids), plmn, slice_, least, most, dedicated)))


def quotas(parameters: Structure) -> list[tuple[Plmn, Slice, int, int, int]]:
    """(PLMN, slice, min, max, dedicated) of every member, read by the standard's ids. Raises DecodeError for a missing
    part, and for one of another kind."""
    ids = {key: id_ for key, (id_, _) in _NAMES.items()}
    found = []
    for entry in _list(parameters, ids["list"]):
        group = _structure(entry, ids["group"])
        least, most, alone = (_integer(group, ids[key]) for key in ("min", "max", "dedicated"))
        for holder in _list(_structure(group, ids["policy"]), ids["members"]):
            member = _structure(holder, ids["member"])
            name = _structure(member, ids["slice"])
            octets = _octets(name, ids["sst"]) + (_octets(name, ids["sd"]) if ids["sd"] in name else b"")
            try:
                slice_ = Slice.from_octets(octets)
            except ValueError as error:
                raise DecodeError(str(error), path=_PATH) from error
            found.append((plmn_from_octets(_octets(member, ids["plmn"]), _PATH), slice_, least, most, alone))
    return found


def _list(of: Structure, id_: int) -> tuple[Structure, ...]:
    value = of.get(id_)
    if not isinstance(value, tuple):
        raise DecodeError(f"RAN parameter {id_} is no list: {value!r}", path=_PATH)
    return value


def _structure(of: Structure, id_: int) -> Structure:
    value = of.get(id_)
    if value is None or isinstance(value, Element | tuple):
        raise DecodeError(f"RAN parameter {id_} is no structure: {value!r}", path=_PATH)
    return value


def _octets(of: Structure, id_: int) -> bytes:
    value = of.get(id_)
    if not isinstance(value, Element) or not isinstance(value.value, bytes):
        raise DecodeError(f"RAN parameter {id_} holds no octets: {value!r}", path=_PATH)
    return value.value


def _integer(of: Structure, id_: int) -> int:
    value = of.get(id_)
    if not isinstance(value, Element) or isinstance(value.value, bool) or not isinstance(value.value, int):
        raise DecodeError(f"RAN parameter {id_} holds no number: {value!r}", path=_PATH)
    return value.value
