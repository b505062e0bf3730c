"""Control outcomes in the spelling of the ASN.1 codec (E2SM-RC 9.2.1.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.e2sm.rc.controls import ActionsOutcome, AnyOutcome, Outcome, ParametersOutcome
from ricloop.e2sm.rc.parameters import Bits, Leaf, items_from_asn, items_to_asn, leaf_from_asn, leaf_to_asn
from ricloop.e2sm.rc.syntax import syntax, unknown

_OUTCOME = "E2SM-RC-ControlOutcome"


def encode_control_outcome(outcome: AnyOutcome, dialect: Dialect = STANDARD) -> bytes:
    chosen: tuple[str, dict[str, Any]]
    if isinstance(outcome, Outcome):
        chosen = ("controlOutcome-Format1", {"ranP-List": _to_asn(outcome.values)})
    elif isinstance(outcome, ParametersOutcome):
        chosen = ("controlOutcome-Format3", {"ranP-List": items_to_asn(outcome.parameters)})
    else:
        styles = [
            {
                "indicated-Control-Style-Type": style,
                "ric-ControlOutcome-List": [
                    {"ric-ControlAction-ID": id_, "ranP-List": _to_asn(values)} for id_, values in actions
                ],
            }
            for style, actions in outcome.styles
        ]
        chosen = ("controlOutcome-Format2", {"ric-ControlStyle-List": styles})
    return syntax(dialect).encode(_OUTCOME, {"ric-controlOutcome-formats": chosen})


def decode_control_outcome(data: bytes, dialect: Dialect = STANDARD) -> AnyOutcome:
    kind, value = syntax(dialect).decode(_OUTCOME, data)["ric-controlOutcome-formats"]
    if kind == "controlOutcome-Format1":
        return Outcome(_from_asn(value["ranP-List"]))
    if kind == "controlOutcome-Format2":
        styles = (
            (
                item["indicated-Control-Style-Type"],
                tuple(
                    (one["ric-ControlAction-ID"], _from_asn(one["ranP-List"]))
                    for one in item["ric-ControlOutcome-List"]
                ),
            )
            for item in value["ric-ControlStyle-List"]
        )
        return ActionsOutcome(tuple(styles))
    if kind == "controlOutcome-Format3":
        return ParametersOutcome(items_from_asn(value["ranP-List"], _OUTCOME))
    raise unknown(_OUTCOME, kind)


def _to_asn(values: Mapping[int, Leaf | Bits]) -> list[dict[str, Any]]:
    return [{"ranParameter-ID": id_, "ranParameter-value": leaf_to_asn(value)} for id_, value in values.items()]


def _from_asn(items: Sequence[dict[str, Any]]) -> dict[int, Leaf | Bits]:
    return {one["ranParameter-ID"]: leaf_from_asn(one["ranParameter-value"], _OUTCOME) for one in items}
