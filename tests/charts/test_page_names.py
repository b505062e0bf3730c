"""Names in pages' commands for a cluster: those that the charts give, and values that they take."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.documents import Document, pods_of
from tests.charts.helm import HELM, documents, render
from tests.charts.test_runbook import TEXT
from tests.charts.values import merged, nested
from tests.charts.watched import RUNBOOK
from tests.pages.markdown import PAGES, name_of
from tests.pages.tools import of

INSTALLING = [page for page in PAGES if "\nhelm install " in page.read_text()]

RIC = {
    "leaderElection": {"enabled": True},
    "rpc": {"enabled": True},
    "tls": {"secretName": "ricloop-tls"},
    "replicaCount": 2,
}
BY_HAND = {"ricloop.dev/role": "leader"}
"""Labels that the leader gives its own pod."""


@pytest.fixture(scope="module")
def installed() -> list[Document]:
    """The RIC as release `ric` in `ricplt`, an xApp in `ricxapp`."""
    ric = documents(HELM / "ricloop", RIC, release="ric", namespace="ricplt")
    return [*ric, *documents(HELM / "energy-saving", release="es", namespace="ricxapp")]


def test_deployments_have_these_names(installed: list[Document]) -> None:
    named = set(re.findall(r"deployment/([\w-]+)", TEXT))
    assert named == {document.name for document in installed if document.kind == "Deployment"}


def test_the_service_account_has_this_name(installed: list[Document]) -> None:
    named = set(re.findall(r"system:serviceaccount:\$NS:([\w-]+)", TEXT))
    assert named
    assert named <= {document.name for document in installed if document.kind == "ServiceAccount"}


def test_pods_have_the_labels_that_are_looked_for(installed: list[Document]) -> None:
    labels = {pair for pod in pods_of(installed) for pair in pod.labels.items()} | set(BY_HAND.items())
    looked_for = {tuple(pair.split("=")) for pair in re.findall(r" -l ([\w./-]+=[\w-]+)", TEXT)}
    assert len(looked_for) >= 3
    assert looked_for <= labels


def values_of(given: list[str]) -> dict[str, Any]:
    """What `--set` says: KEY=VALUE, or KEY={A,B}; and `--set-json`."""
    found: dict[str, Any] = {}
    for before, word in pairwise(given):
        if before == "--set":
            key, _, value = word.partition("=")
            is_list = value.startswith("{")
            read = value.strip("{}").split(",") if is_list else value if value == "off" else yaml.safe_load(value)
            found = merged(found, nested({key: read}))
        elif before == "--set-json":
            key, _, value = word.partition("=")
            found = merged(found, nested({key: yaml.safe_load(value)}))
    return found


@pytest.mark.parametrize("given", [given for given in of(RUNBOOK, "helm") if "--set" in given], ids=" ".join)
def test_the_chart_takes_what_is_set(given: list[str]) -> None:
    (chart,) = [word for word in given if word.startswith("helm/")]
    assert render(HELM.parent / chart, values_of(given), namespace="ricplt")


@pytest.mark.parametrize("page", INSTALLING, ids=name_of)
def test_what_a_page_installs_renders_and_has_the_names_that_it_goes_on_with(page: Path) -> None:
    found: set[str] = set()
    for _, release, chart, *given in [given for given in of(page, "helm") if given[0] == "install"]:
        namespace = given[given.index("--namespace") + 1]
        made = documents(HELM.parent / chart, values_of(given), release=release, namespace=namespace)
        found |= {document.name for document in made if document.kind == "Deployment"}
    assert set(re.findall(r"deployment/([\w-]+)", page.read_text())) <= found
