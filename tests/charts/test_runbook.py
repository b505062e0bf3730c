"""The runbook: a section for every alert, and words of logs, audits and charts that exist."""

from __future__ import annotations

import re

import pytest
import yaml

from ricloop.core.actions import OutcomeState
from tests.charts.watched import HELM, RUNBOOK, Rule, alerts
from tests.pages.markdown import headings
from tests.pages.tools import commands, shell_of

TEXT = RUNBOOK.read_text()
PARTS = ("Means", "Costs", "Look", "Do", "Wake somebody")


def sections() -> dict[str, str]:
    """By title, the text of each section of the third level."""
    found = re.split(r"^### (.+)$", TEXT, flags=re.M)
    return {title: re.split(r"^## ", body, flags=re.M)[0] for title, body in zip(found[1::2], found[2::2], strict=True)}


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule.name)
def test_an_alert_has_a_section_that_says_what_to_do(rule: Rule) -> None:
    section = sections()[rule.name]
    assert re.findall(r"^- \*\*(.+?):\*\*", section, flags=re.M) == list(PARTS)
    assert f"**Means:** {rule.labels['severity']}." in section
    assert rule.annotations["runbook_url"].partition("#")[2] in headings(RUNBOOK)


def test_no_section_is_of_an_alert_that_there_is_not() -> None:
    assert {title for title in sections() if title.startswith("Ricloop")} == {rule.name for rule in alerts()}


def test_alerts_that_the_text_names_exist() -> None:
    assert set(re.findall(r"\bRicloop[A-Z]\w+", TEXT)) == {rule.name for rule in alerts()}


def test_lines_of_the_log_that_are_looked_for_are_written_somewhere() -> None:
    source = "".join(path.read_text() for path in (HELM.parent / "sdk" / "ricloop").rglob("*.py"))
    looked_for = [
        given[-1] for line in shell_of(RUNBOOK) if "kubectl" in line for given in commands(line) if given[0] == "grep"
    ]
    assert len(looked_for) >= 3
    for pattern in looked_for:
        for phrase in pattern.split("|"):
            assert phrase in source, phrase


def test_states_of_the_audit_that_are_looked_for_exist() -> None:
    states = {state.value for state in OutcomeState} | {"outcome", "decision", "version", "late", "error"}
    looked_for = re.findall(r'\.(?:state|kind) == "(\w+)"', TEXT) + re.findall(r"\| grep (\w+) \|", TEXT)
    assert len(looked_for) >= 4
    assert set(looked_for) <= states


def test_values_that_the_text_names_are_those_of_the_chart() -> None:
    values = yaml.safe_load((HELM / "ricloop" / "values.yaml").read_text())
    named = re.findall(r"`((?:audit|e2|leaderElection|models|resources|tls)(?:\.\w+)+)`", TEXT)
    assert len(named) > 4
    for name in named:
        below = values
        for key in name.split("."):
            assert key in below, f"the chart has no value {name}"
            below = below[key]
