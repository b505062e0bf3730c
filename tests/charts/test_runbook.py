"""The runbook: a section for every alert, and commands that exist."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise

import click
import pytest
import typer
import yaml

from ricloop.cli import build
from ricloop.core.actions import OutcomeState
from tests.charts.watched import HELM, RUNBOOK, Rule, alerts, headings

TEXT = RUNBOOK.read_text()
TOOLS = ("awk", "curl", "df", "grep", "helm", "jq", "kubectl", "openssl", "ricloop")
PARTS = ("Means", "Costs", "Look", "Do", "Wake somebody")


def sections() -> dict[str, str]:
    """By title, the text of each section of the third level."""
    found = re.split(r"^### (.+)$", TEXT, flags=re.M)
    return {title: re.split(r"^## ", body, flags=re.M)[0] for title, body in zip(found[1::2], found[2::2], strict=True)}


def commands() -> list[str]:
    """Every line of a block, and every piece of code in a sentence that begins with a tool's name."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", TEXT, flags=re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`]+)`", re.sub(r"^```sh\n.*?^```$", "", TEXT, flags=re.M | re.S))
    return [line for line in lines if line.split(" ")[0] in TOOLS and " " in line]


def words(command: str) -> list[list[str]]:
    """Its parts between pipes and redirections, comments left out, as a shell splits them."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|<>&;"):
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def of(tool: str) -> list[list[str]]:
    """What a tool is given, also behind `kubectl exec … --`."""
    found = []
    for command in commands():
        for part in words(command):
            if tool == "ricloop" and "--" in part and part[0] == "kubectl":
                part = part[part.index("--") + 1 :]
            if part[0] == tool:
                found.append(part[1:])
    return found


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


def test_links_lead_to_sections() -> None:
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= set(headings(RUNBOOK))


@pytest.mark.parametrize("given", of("ricloop"), ids=" ".join)
def test_a_ricloop_command_is_one_that_the_command_line_takes(given: list[str]) -> None:
    if given == ["--version"]:
        return
    command: click.Command = typer.main.get_command(build(given[0]))
    context = click.Context(command, info_name="ricloop")
    rest = list(given)
    while isinstance(command, click.Group):
        name = rest.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
    command.make_context("ricloop", rest)


def test_lines_of_the_log_that_are_looked_for_are_written_somewhere() -> None:
    source = "".join(path.read_text() for path in (HELM.parent / "sdk" / "ricloop").rglob("*.py"))
    looked_for = [
        given[-1] for command in commands() if "kubectl" in command for given in words(command) if given[0] == "grep"
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


def test_helm_is_given_charts_and_values_that_there_are() -> None:
    checked = 0
    for given in of("helm"):
        charts = [word for word in given if word.startswith("helm/")]
        for chart in charts:
            values = yaml.safe_load((HELM.parent / chart / "values.yaml").read_text())
            for before, word in pairwise(given):
                if before == "--set":
                    below = values
                    for key in word.partition("=")[0].split("."):
                        assert key in below, f"{chart} has no value {word}"
                        below = below[key]
                    checked += 1
    assert checked >= 6


def test_values_that_the_text_names_are_those_of_the_chart() -> None:
    values = yaml.safe_load((HELM / "ricloop" / "values.yaml").read_text())
    named = re.findall(r"`((?:audit|e2|leaderElection|models|resources|tls)(?:\.\w+)+)`", TEXT)
    assert len(named) > 4
    for name in named:
        below = values
        for key in name.split("."):
            assert key in below, f"the chart has no value {name}"
            below = below[key]
