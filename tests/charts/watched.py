"""The files by which operators watch a RIC: rules of Prometheus, dashboards of Grafana, the runbook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HELM = Path(__file__).parents[2] / "helm"
RULES = HELM / "alerts" / "ricloop.yaml"
CASES = sorted((HELM / "alerts" / "tests").glob("*.yaml"))
DASHBOARDS = sorted((HELM / "dashboards").glob("*.json"))
RUNBOOK = HELM / "RUNBOOK.md"
TARGET_LABELS = frozenset(("namespace", "pod", "job"))
"""What finds the targets adds these."""
SEVERITIES = ("critical", "warning", "info")


@dataclass(frozen=True)
class Rule:
    """A rule that records or alerts."""

    group: str
    name: str
    expression: str
    alerts: bool
    labels: dict[str, str]
    annotations: dict[str, str]


@cache
def rules() -> tuple[Rule, ...]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return tuple(
        Rule(
            group["name"],
            rule.get("alert") or rule["record"],
            str(rule["expr"]),
            "alert" in rule,
            rule.get("labels", {}),
            rule.get("annotations", {}),
        )
        for group in groups
        for rule in group["rules"]
    )


def alerts() -> tuple[Rule, ...]:
    return tuple(rule for rule in rules() if rule.alerts)


def recorded() -> dict[str, str]:
    """Expressions of recording rules, by name."""
    return {rule.name: rule.expression for rule in rules() if not rule.alerts}


@cache
def dashboard(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def panels(path: Path) -> list[dict[str, Any]]:
    """Rows and panels."""
    found: list[dict[str, Any]] = dashboard(path)["panels"]
    return found


def expressions(path: Path) -> Iterator[tuple[str, str]]:
    """(whose, expression) of a dashboard: panels, annotations, and queries of variables."""
    for panel in panels(path):
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for annotation in dashboard(path)["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]
    for variable in dashboard(path)["templating"]["list"]:
        if variable["type"] == "query":
            asked = re.fullmatch(r"label_values\((.*), \w+\)", variable["definition"])
            assert asked is not None, variable["definition"]
            yield f"${variable['name']}", asked[1]


def alerts_of(panel: dict[str, Any]) -> list[str]:
    """The alerts that a panel names at the end of its description."""
    _, said, names = panel.get("description", "").rpartition("Alerts: ")
    return names.rstrip(".").split(", ") if said else []
