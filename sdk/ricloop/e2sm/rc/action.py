"""Action definitions (E2SM-RC 9.2.1.2): what a report or an insert shall bring, and what a policy shall do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.ids import UeId
from ricloop.e2sm.common import absent_removed
from ricloop.e2sm.rc.conditions import Testing, testing_from_asn, testing_to_asn
from ricloop.e2sm.rc.parameters import Structure, accept_from_asn, accept_to_asn, items_from_asn, items_to_asn
from ricloop.e2sm.rc.shapes import Asked, asked_from_asn, asked_to_asn
from ricloop.e2sm.rc.syntax import syntax, unknown
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_TYPE = "E2SM-RC-ActionDefinition"


@dataclass(frozen=True, slots=True)
class ReportAction:
    """Format 1: the RAN parameters that a report style shall bring; at least one."""

    style: int
    parameters: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """What the node shall do by itself (an action of the control style of the same number), and when."""

    action: int
    parameters: Structure
    """As in a control message; may be empty."""
    when: Testing = ()
    """Empty: always."""
    accept: bool | None = None
    """ric-PolicyDecision: what becomes of a request that meets the condition; None where nothing is requested."""


@dataclass(frozen=True, slots=True)
class PolicyAction:
    """Format 2: the rules of a policy, at least one."""

    style: int
    rules: tuple[PolicyRule, ...]


@dataclass(frozen=True, slots=True)
class InsertAction:
    """Format 3: one insert indication, the RAN parameters that it shall bring, and for which UE (None: any)."""

    style: int
    indication: int
    parameters: tuple[Asked, ...]
    ue: UeId | None = None


@dataclass(frozen=True, slots=True)
class InsertsAction:
    """Format 4 (style 255): several insert indications of several styles in one."""

    style: int
    inserts: tuple[tuple[int, tuple[tuple[int, tuple[Asked, ...]], ...]], ...]
    """(insert style, its (insert indication, RAN parameters)); 1 to 63 of each."""
    ue: UeId | None = None


ActionDefinition: TypeAlias = ReportAction | PolicyAction | InsertAction | InsertsAction


def encode_action_definition(action: ActionDefinition, dialect: Dialect = STANDARD) -> bytes:
    ue = getattr(action, "ue", None)
    about = {} if ue is None else {"ueID": ue_to_asn(ue)}
    chosen: tuple[str, dict[str, Any]]
    if isinstance(action, ReportAction):
        chosen = ("actionDefinition-Format1", {"ranP-ToBeReported-List": asked_to_asn(action.parameters)})
    elif isinstance(action, PolicyAction):
        chosen = ("actionDefinition-Format2", {"ric-PolicyConditions-List": [_rule_to_asn(r) for r in action.rules]})
    elif isinstance(action, InsertAction):
        chosen = ("actionDefinition-Format3", {**_insert_to_asn(action.indication, action.parameters), **about})
    else:
        styles = [
            {"requested-Insert-Style-Type": style, "ric-InsertIndication-List": [_insert_to_asn(*one) for one in found]}
            for style, found in action.inserts
        ]
        chosen = ("actionDefinition-Format4", {"ric-InsertStyle-List": styles, **about})
    return syntax(dialect).encode(_TYPE, {"ric-Style-Type": action.style, "ric-actionDefinition-formats": chosen})


def decode_action_definition(data: bytes, dialect: Dialect = STANDARD) -> ActionDefinition:
    decoded = syntax(dialect).decode(_TYPE, data)
    style = decoded["ric-Style-Type"]
    kind, value = decoded["ric-actionDefinition-formats"]
    if kind == "actionDefinition-Format1":
        return ReportAction(style, asked_from_asn(value["ranP-ToBeReported-List"]))
    if kind == "actionDefinition-Format2":
        rules = value["ric-PolicyConditions-List"]
        return PolicyAction(style, tuple(_rule_from_asn(rule, f"{_TYPE}.{kind}") for rule in rules))
    if kind not in ("actionDefinition-Format3", "actionDefinition-Format4"):
        raise unknown(_TYPE, kind)
    ue = value.get("ueID")
    about = None if ue is None else ue_from_asn(ue, f"{_TYPE}.{kind}.ueID")
    if kind == "actionDefinition-Format3":
        return InsertAction(style, *_insert_from_asn(value), about)
    inserts = (
        (item["requested-Insert-Style-Type"], tuple(map(_insert_from_asn, item["ric-InsertIndication-List"])))
        for item in value["ric-InsertStyle-List"]
    )
    return InsertsAction(style, tuple(inserts), about)


def _insert_to_asn(indication: int, parameters: tuple[Asked, ...]) -> dict[str, Any]:
    return {"ric-InsertIndication-ID": indication, "ranP-InsertIndication-List": asked_to_asn(parameters)}


def _insert_from_asn(item: dict[str, Any]) -> tuple[int, tuple[Asked, ...]]:
    return item["ric-InsertIndication-ID"], asked_from_asn(item["ranP-InsertIndication-List"])


def _rule_to_asn(rule: PolicyRule) -> dict[str, Any]:
    action = {
        "ric-PolicyAction-ID": rule.action,
        "ranParameters-List": items_to_asn(rule.parameters) or None,
        "ric-PolicyDecision": accept_to_asn(rule.accept),
    }
    fields = {
        "ric-PolicyAction": absent_removed(action),
        "ric-PolicyConditionDefinition": testing_to_asn(rule.when) or None,
    }
    return absent_removed(fields)


def _rule_from_asn(item: dict[str, Any], path: str) -> PolicyRule:
    action = item["ric-PolicyAction"]
    return PolicyRule(
        action["ric-PolicyAction-ID"],
        items_from_asn(action.get("ranParameters-List", []), path),
        testing_from_asn(item.get("ric-PolicyConditionDefinition", ()), path),
        accept_from_asn(action.get("ric-PolicyDecision"), path),
    )
