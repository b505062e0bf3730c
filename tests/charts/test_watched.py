"""What the chart `ricloop` makes of alerts and dashboards: the files, with an operator's budget and runbook in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.charts.documents import Document, one
from tests.charts.helm import HELM, Refused, documents, render
from tests.charts.watched import DASHBOARDS, RULES, dashboard

OPERATOR = "monitoring.coreos.com/v1"
URL = "https://ops.example/ran/RUNBOOK.md"


def watching(**values: Any) -> dict[str, Any]:
    return {
        "monitoring": {
            "runbookUrl": URL,
            "prometheusRule": {"enabled": True, **values},
            "dashboards": {"enabled": True},
        }
    }


@pytest.fixture(scope="module")
def rendered() -> list[Document]:
    return documents(HELM / "ricloop", watching(loopBudgetMs=7.5), apis=[OPERATOR])


def test_alerts_are_those_of_the_file_with_the_budget_and_the_runbook_of_the_values(rendered: list[Document]) -> None:
    groups = one(rendered, "PrometheusRule").body["spec"]["groups"]
    right = yaml.safe_load(RULES.read_text())["groups"]
    for group in right:
        for rule in group["rules"]:
            if rule.get("record") == "ricloop:loop_budget_ms":
                rule["expr"] = "vector(7.5)"
            elif "alert" in rule:
                anchor = rule["annotations"]["runbook_url"].removeprefix("RUNBOOK.md")
                rule["annotations"]["runbook_url"] = URL + anchor
    assert groups == right


def test_dashboards_are_those_of_the_folder_and_link_to_the_runbook_of_the_values(rendered: list[Document]) -> None:
    (config,) = [document for document in rendered if document.labels.get("grafana_dashboard") == "1"]
    assert set(config.body["data"]) == {path.name for path in DASHBOARDS}
    for path in DASHBOARDS:
        made = json.loads(config.body["data"][path.name])
        right = json.loads(json.dumps(dashboard(path)).replace('"RUNBOOK.md"', json.dumps(URL)))
        assert made == right
        (runbook,) = [variable for variable in made["templating"]["list"] if variable["name"] == "runbook"]
        assert runbook["query"] == runbook["current"]["value"] == URL


@pytest.mark.parametrize("budget", [0, -1, "10", None])
def test_a_budget_that_is_none_is_refused_by_name(budget: object) -> None:
    with pytest.raises(Refused, match="loopBudgetMs"):
        render(HELM / "ricloop", watching(loopBudgetMs=budget), apis=[OPERATOR])
