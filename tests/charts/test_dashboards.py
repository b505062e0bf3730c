"""Dashboards: what Grafana needs to load them, a layout without overlaps, and queries of what the code exposes."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.charts.exposed import exposed
from tests.charts.promql import read
from tests.charts.test_rules import check_names, labels_of
from tests.charts.watched import (
    DASHBOARDS,
    TARGET_LABELS,
    alerts,
    alerts_of,
    dashboard,
    expressions,
    panels,
    recorded,
)

COLUMNS = 24
KINDS = ("heatmap", "row", "stat", "state-timeline", "table", "timeseries")
UNITS = ("cps", "joule", "kwatth", "none", "percentunit", "s", "short", "watt")
"""Ids of Grafana's units that are used here."""
TARGET = {
    "type": "object",
    "required": ["refId", "datasource", "expr", "legendFormat"],
    "properties": {"refId": {"pattern": "^[A-Z]$"}, "expr": {"type": "string", "minLength": 1}},
}
PANEL = {
    "type": "object",
    "required": ["id", "type", "title", "gridPos"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": list(KINDS)},
        "title": {"type": "string", "minLength": 3},
        "description": {"type": "string", "minLength": 10},
        "gridPos": {
            "type": "object",
            "required": ["h", "w", "x", "y"],
            "properties": {
                "w": {"type": "integer", "minimum": 1, "maximum": COLUMNS},
                "h": {"type": "integer", "minimum": 1, "maximum": 12},
                "x": {"type": "integer", "minimum": 0, "maximum": COLUMNS - 1},
                "y": {"type": "integer", "minimum": 0},
            },
        },
        "targets": {"type": "array", "minItems": 1, "items": TARGET},
    },
    "if": {"properties": {"type": {"const": "row"}}},
    "else": {"required": ["description", "datasource", "fieldConfig", "options", "targets"]},
}
MODEL = {
    "type": "object",
    "required": ["uid", "title", "description", "schemaVersion", "panels", "templating", "time", "tags", "links"],
    "properties": {
        "uid": {"pattern": "^ricloop-[a-z0-9]{1,32}$"},
        "title": {"pattern": "^ricloop: "},
        "schemaVersion": {"type": "integer", "minimum": 36},
        "id": False,
        "panels": {"type": "array", "minItems": 1, "items": PANEL},
        "templating": {"type": "object", "required": ["list"]},
    },
}
"""What is used here of Grafana's dashboard model."""

each = pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)


def test_there_is_one_for_each_thing_to_watch() -> None:
    assert [path.stem for path in DASHBOARDS] == ["e2", "energy", "loop", "models", "overview", "xapps"]


@each
def test_it_has_the_shape_that_grafana_loads(path: Path) -> None:
    jsonschema.validate(dashboard(path), MODEL)
    ids = [panel["id"] for panel in panels(path)]
    assert len(set(ids)) == len(ids)
    assert dashboard(path)["uid"] == f"ricloop-{path.stem}"


def test_no_two_share_a_uid_or_a_title() -> None:
    for key in ("uid", "title"):
        assert len({dashboard(path)[key] for path in DASHBOARDS}) == len(DASHBOARDS)


@each
def test_no_two_panels_overlap_and_none_leaves_the_grid(path: Path) -> None:
    places = [(panel["title"], panel["gridPos"]) for panel in panels(path)]
    for title, at in places:
        assert at["x"] + at["w"] <= COLUMNS, title
    for (one, a), (other, b) in combinations(places, 2):
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        assert apart, f"{one} lies on {other}"


@each
def test_every_query_reads_only_what_the_code_exposes_or_a_rule_records(path: Path) -> None:
    for whose, expression in expressions(path):
        try:
            check_names(expression)
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"{whose}: {error}") from error


@each
def test_every_query_follows_the_chosen_namespace_and_source(path: Path) -> None:
    source = {"type": "prometheus", "uid": "${datasource}"}
    for panel in panels(path):
        for target in panel.get("targets", ()):
            assert target["datasource"] == panel["datasource"] == source
            for one in read(target["expr"]).series:
                assert "namespace" in one.labels or one.name == "ricloop:loop_budget_ms", panel["title"]


@each
def test_every_variable_that_is_used_is_defined_and_the_other_way_round(path: Path) -> None:
    defined = {variable["name"] for variable in dashboard(path)["templating"]["list"]}
    text = path.read_text()
    used = set(re.findall(r"\$\{?(?!__)(\w+)", text))
    assert used == defined


@each
def test_legends_name_only_labels_that_the_result_has(path: Path) -> None:
    for panel in panels(path):
        for target in panel.get("targets", ()):
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            reading = read(target["expr"])
            there = frozenset().union(*labels_of(target["expr"]), TARGET_LABELS)
            assert named <= (reading.grouped or there), panel["title"]


@each
def test_units_are_known(path: Path) -> None:
    for panel in panels(path):
        if panel["type"] != "row":
            assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]


@each
def test_the_alerts_that_a_panel_names_exist_and_it_links_to_their_sections(path: Path) -> None:
    known = {rule.name for rule in alerts()}
    for panel in panels(path):
        named = alerts_of(panel)
        assert set(named) <= known, panel["title"]
        assert [link["url"] for link in panel.get("links", ())] == [f"${{runbook}}#{name.lower()}" for name in named]


@each
def test_a_threshold_is_that_of_an_alert_which_the_panel_names(path: Path) -> None:
    by_name = {rule.name: rule for rule in alerts()}
    for panel in panels(path):
        if panel["type"] in ("row", "heatmap"):
            continue
        marks = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]]
        if marks and panel["title"] != "Alerts that fire":
            numbers = [number for name in alerts_of(panel) for number in _marks(by_name[name].expression)]
            assert set(marks) <= set(numbers), f"{panel['title']}: {marks} is no threshold of {alerts_of(panel)}"


def _marks(expression: str) -> set[float]:
    """Its literals; where it asks for 0, or for more than 0, whole numbers begin at 1."""
    numbers = {*read(expression).numbers}
    return numbers | ({1.0} if 0.0 in numbers else set())


def test_everything_that_the_code_exposes_is_shown_or_is_in_a_rule() -> None:
    texts = [text for path in DASHBOARDS for _, text in expressions(path)] + list(recorded().values())
    read_by = {name for text in texts for name in read(text).names}
    # Of a histogram its buckets are enough.
    assert {name for name in exposed() if not name.endswith(("_sum", "_count"))} <= read_by


def test_every_alert_has_a_panel_that_shows_it() -> None:
    shown = {name for path in DASHBOARDS for panel in panels(path) for name in alerts_of(panel)}
    assert shown == {rule.name for rule in alerts()}


def test_the_budget_is_drawn_where_the_loop_is() -> None:
    drawn = [one for path in DASHBOARDS for one in panels(path) if _draws(one, "ricloop:loop_budget_ms / 1000")]
    assert {panel["fieldConfig"]["overrides"][0]["matcher"]["options"] for panel in drawn} == {"budget"}
    assert "ricloop:loop_budget_ms" in recorded()


def _draws(panel: dict[str, Any], series: str) -> bool:
    return any(series in target["expr"] for target in panel.get("targets", ()))
