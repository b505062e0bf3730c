"""Alerts and recording rules: read by Prometheus's own judge, fired by their cases, made of what the code exposes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.exposed import ENUMERATED, exposed, of_a_ric
from tests.charts.promql import read
from tests.charts.watched import CASES, RULES, SEVERITIES, TARGET_LABELS, Rule, alerts, recorded, rules
from tests.interop.oracles import missing


def promtool(*arguments: str, at: Path = RULES.parent) -> None:
    """What it finds is the failure."""
    if shutil.which("promtool") is None:
        missing("no promtool: apt-get install prometheus (Debian)")
    judged = subprocess.run(["promtool", *arguments], cwd=at, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def each(of: tuple[Rule, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", of, ids=lambda rule: rule.name)


def cases() -> list[dict[str, Any]]:
    return [case for path in CASES for case in yaml.safe_load(path.read_text())["tests"]]


def test_promtool_finds_nothing_wrong_with_the_rules() -> None:
    promtool("check", "rules", RULES.name)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_alerts_fire_in_their_cases_and_in_no_other(path: Path) -> None:
    promtool("test", "rules", path.name, at=path.parent)


@each(alerts())
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(rule: Rule) -> None:
    asked = f'ALERTS{{alertname="{rule.name}",alertstate="firing"}}'
    fired = [
        bool(one.get("exp_samples"))
        for case in cases()
        for one in case["promql_expr_test"]
        if one["expr"].replace(" ", "") == asked
    ]
    assert sorted(fired) == [False, True]


@each(rules())
def test_a_rule_reads_only_what_the_code_exposes_or_another_rule_records(rule: Rule) -> None:
    check_names(rule.expression)


@each(alerts())
def test_an_alert_says_how_urgent_it_is_and_what_to_read(rule: Rule) -> None:
    assert rule.labels.get("severity") in SEVERITIES
    assert set(rule.annotations) == {"summary", "description", "runbook_url"}
    assert rule.annotations["runbook_url"] == f"RUNBOOK.md#{rule.name.lower()}"
    there = read(rule.expression).grouped | {label for one in labels_of(rule.expression) for label in one}
    told = set(re.findall(r"\$labels\.(\w+)", " ".join(rule.annotations.values())))
    assert told <= there, "a text names a label that its alert does not have"


def test_names_are_unique() -> None:
    names = [rule.name for rule in rules()]
    assert len(set(names)) == len(names)


def test_the_budget_is_one_literal_that_a_chart_can_replace() -> None:
    assert recorded()["ricloop:loop_budget_ms"] == "vector(10)"


def test_every_recorded_series_is_used_by_an_alert_or_a_dashboard() -> None:
    from tests.charts.watched import DASHBOARDS, expressions

    texts = [rule.expression for rule in alerts()]
    texts += [text for path in DASHBOARDS for _, text in expressions(path)]
    assert set(recorded()) <= {name for text in texts for name in read(text).names}


def test_no_sample_is_told_twice() -> None:
    told = [(s.name, tuple(sorted(s.labels.items()))) for metric in of_a_ric() for s in metric.samples]
    assert len(set(told)) == len(told)


def labels_of(expression: str) -> list[frozenset[str]]:
    """Of each series that it reads, the labels that are known of it."""
    found = []
    for one in read(expression).series:
        if one.name in recorded():
            found.append(frozenset(read(recorded()[one.name]).grouped))
        elif one.name != "ALERTS":
            found.append(frozenset(exposed()[one.name].labels) | TARGET_LABELS)
    return found


def check_names(expression: str) -> None:
    """Every series is there, has the labels it is selected by, and can have the values that are asked for."""
    reading = read(expression)
    for one in reading.series:
        if one.name == "ALERTS":
            continue
        if one.name in recorded():
            known = read(recorded()[one.name]).grouped
        else:
            assert one.name in exposed(), f"nothing exposes {one.name}"
            known = exposed()[one.name].labels | TARGET_LABELS
            for label, values in one.equals:
                if label in ENUMERATED:
                    ever = exposed()[one.name].values.get(label, set())
                    assert set(values) <= ever, f"{one.name} never has {label}={values}"
        assert one.labels <= known, f"{one.name} has no {', '.join(sorted(one.labels - known))}"
    every = frozenset().union(*labels_of(expression), TARGET_LABELS)
    assert reading.grouped <= every, "it groups by a label that nothing has"
