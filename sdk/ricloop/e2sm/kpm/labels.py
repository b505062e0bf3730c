"""Labels and measurement lists in the spelling of the ASN.1 codec (E2SM-KPM 8.3.11, 8.3.12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ricloop.core.ids import Cgi
from ricloop.core.ueids import EutraCgi
from ricloop.e2sm.common import cgi_from_asn, cgi_to_asn, plmn_from_octets, slice_from_asn, slice_to_asn
from ricloop.e2sm.kpm.metric import WHOLE, Label, Measurement

_OWN = {"noLabel", "plmnID", "sliceID", "fiveQI", "distBinX", "distBinY", "distBinZ"}
"""The fields that `Label` names itself."""


def label_to_asn(label: Label) -> dict[str, Any]:
    if label == WHOLE:
        return {"noLabel": "true"}
    fields: dict[str, Any] = {
        "plmnID": None if label.plmn is None else label.plmn.octets,
        "sliceID": None if label.slice is None else slice_to_asn(label.slice),
        "fiveQI": label.five_qi,
        "distBinX": label.bin_x,
        "distBinY": label.bin_y,
        "distBinZ": label.bin_z,
        **{name: _other_to_asn(value) for name, value in label.other},
    }
    return {name: value for name, value in fields.items() if value is not None}


def label_from_asn(fields: dict[str, Any], path: str) -> Label:
    plmn, slice_ = fields.get("plmnID"), fields.get("sliceID")
    return Label(
        plmn=None if plmn is None else plmn_from_octets(plmn, f"{path}.plmnID"),
        slice=None if slice_ is None else slice_from_asn(slice_),
        five_qi=fields.get("fiveQI"),
        bin_x=fields.get("distBinX"),
        bin_y=fields.get("distBinY"),
        bin_z=fields.get("distBinZ"),
        other=tuple((name, _other_from_asn(name, value, path)) for name, value in fields.items() if name not in _OWN),
    )


def _other_to_asn(value: Any) -> Any:
    return cgi_to_asn(value) if isinstance(value, Cgi | EutraCgi) else value


def _other_from_asn(name: str, value: Any, path: str) -> Any:
    """Numbers and flags as they are, v4's cell as `Cgi` or `EutraCgi`, its beam as `("nR-Beam-ID", number)`."""
    return cgi_from_asn(value, f"{path}.{name}") if name == "cellGlobalID" else value


def type_to_asn(name: str, id_: int | None) -> tuple[str, str | int]:
    """A MeasurementType: by name wherever there is one."""
    return ("measName", name) if name or id_ is None else ("measID", id_)


def type_from_asn(value: tuple[str, Any]) -> tuple[str, int | None]:
    """Name and measID; a measurement named by measID alone has an empty name."""
    return (value[1], None) if value[0] == "measName" else ("", value[1])


def list_to_asn(measurements: Sequence[Measurement]) -> list[dict[str, Any]]:
    """A measInfoList: an item per measurement, each with one label; by name wherever there is one."""
    return [
        {"measType": type_to_asn(one.name, one.id), "labelInfoList": [{"measLabel": label_to_asn(one.label)}]}
        for one in measurements
    ]


def list_from_asn(items: list[dict[str, Any]], path: str) -> tuple[Measurement, ...]:
    """A measurement per label, in reading order. One named by measID alone has an empty name."""
    measurements: list[Measurement] = []
    for number, item in enumerate(items):
        name, id_ = type_from_asn(item["measType"])
        for label in item["labelInfoList"]:
            measurements.append(Measurement(name, label_from_asn(label["measLabel"], f"{path}[{number}]"), id_))
    return tuple(measurements)
