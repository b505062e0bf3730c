"""Bins and conditions per measurement in the spelling of the ASN.1 codec."""

from __future__ import annotations

from typing import Any

from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.kpm.condition_asn import condition_from_asn, condition_to_asn, joined
from ricloop.e2sm.kpm.labels import label_from_asn, label_to_asn, type_from_asn, type_to_asn
from ricloop.e2sm.kpm.matching import Bin, BinnedMeasurement, BinRanges, LabelMatch, Matching
from ricloop.e2sm.kpm.metric import Measurement


def matching_to_asn(measurement: Measurement, matching: Matching) -> dict[str, Any]:
    """A MeasurementCondItem."""
    item = {"measType": type_to_asn(measurement.name, measurement.id), "matchingCond": matches_to_asn(matching.matches)}
    return item if matching.bins is None else item | {"binRangeDef": ranges_to_asn(matching.bins)}


def matching_from_asn(item: dict[str, Any], path: str) -> tuple[Measurement, Matching]:
    name, id_ = type_from_asn(item["measType"])
    bins = item.get("binRangeDef")
    matching = Matching(matches_from_asn(item["matchingCond"], path), None if bins is None else ranges_from_asn(bins))
    return Measurement(name, id=id_), matching


def matches_to_asn(matches: tuple[LabelMatch | Condition, ...]) -> list[dict[str, Any]]:
    """A MatchingCondList."""
    return [
        joined(
            {
                "matchingCondChoice": ("testCondInfo", condition_to_asn(one))
                if isinstance(one, Condition)
                else ("measLabel", label_to_asn(one.label))
            },
            one.or_next,
        )
        for one in matches
    ]


def matches_from_asn(items: list[dict[str, Any]], path: str) -> tuple[LabelMatch | Condition, ...]:
    found: list[LabelMatch | Condition] = []
    for item in items:
        kind, value = item["matchingCondChoice"]
        or_next = "logicalOR" in item
        if kind == "measLabel":
            found.append(LabelMatch(label_from_asn(value, path), or_next))
        else:
            found.append(condition_from_asn(value, or_next, path))
    return tuple(found)


def binned_to_asn(binned: tuple[BinnedMeasurement, ...]) -> list[dict[str, Any]]:
    """A distMeasBinRangeInfo."""
    return [{"measType": type_to_asn(one.name, one.id), "binRangeDef": ranges_to_asn(one.ranges)} for one in binned]


def binned_from_asn(items: list[dict[str, Any]]) -> tuple[BinnedMeasurement, ...]:
    found = []
    for item in items:
        name, id_ = type_from_asn(item["measType"])
        found.append(BinnedMeasurement(name, ranges_from_asn(item["binRangeDef"]), id_))
    return tuple(found)


def ranges_to_asn(ranges: BinRanges) -> dict[str, Any]:
    axes = {"binRangeListX": ranges.x, "binRangeListY": ranges.y, "binRangeListZ": ranges.z}
    return {
        name: [
            {"binIndex": one.index, "startValue": _bound_to_asn(one.start), "endValue": _bound_to_asn(one.end)}
            for one in bins
        ]
        for name, bins in axes.items()
        if bins or name == "binRangeListX"
    }


def ranges_from_asn(value: dict[str, Any]) -> BinRanges:
    x, y, z = (
        tuple(Bin(one["binIndex"], one["startValue"][1], one["endValue"][1]) for one in value.get(name, ()))
        for name in ("binRangeListX", "binRangeListY", "binRangeListZ")
    )
    return BinRanges(x, y, z)


def _bound_to_asn(value: int | float) -> tuple[str, int | float]:
    return ("valueReal", value) if isinstance(value, float) else ("valueInt", value)
