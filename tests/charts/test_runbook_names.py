"""Names in the runbook's commands for a cluster: those that the charts give, and values that they take."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
import yaml

from tests.charts.documents import Document, pods_of
from tests.charts.helm import HELM, documents, render
from tests.charts.test_runbook import TEXT
from tests.charts.values import merged, nested
from tests.charts.watched import RUNBOOK
from tests.pages.tools import of

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
    """What `--set` says: KEY=VALUE, or KEY={A,B}."""
    found: dict[str, Any] = {}
    for before, word in pairwise(given):
        if before == "--set":
            key, _, value = word.partition("=")
            is_list = value.startswith("{")
            read = value.strip("{}").split(",") if is_list else value if value == "off" else yaml.safe_load(value)
            found = merged(found, nested({key: read}))
    return found


@pytest.mark.parametrize("given", [given for given in of(RUNBOOK, "helm") if "--set" in given], ids=" ".join)
def test_the_chart_takes_what_is_set(given: list[str]) -> None:
    (chart,) = [word for word in given if word.startswith("helm/")]
    assert render(HELM.parent / chart, values_of(given), namespace="ricplt")
