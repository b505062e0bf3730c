"""Every chart, with every set of values, makes objects that Kubernetes takes, the oldest promised and the newest."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest

from tests.charts import helm
from tests.charts.cases import CHARTS, KUBERNETES, OPERATORS, Case, every_case, every_chart, version
from tests.charts.documents import Document, pods_of
from tests.charts.schemas import problems
from tests.charts.snapshots import masked

on_each_kubernetes = pytest.mark.parametrize("kubernetes", KUBERNETES)
OPTIONAL = {"ServiceMonitor", "PrometheusRule", "ScaledObject", "Certificate", "Issuer"}


@on_each_kubernetes
@every_case
def test_every_object_is_one_that_kubernetes_knows(case: Case, kubernetes: str) -> None:
    if case.since > version(kubernetes):
        with pytest.raises(helm.Refused, match="Kubernetes"):
            case.documents(kubernetes=kubernetes)
        return
    for document in case.documents(kubernetes=kubernetes):
        assert problems(document, kubernetes) == [], f"{document} of {document.source}"


@every_case
def test_without_operators_every_object_is_one_that_kubernetes_knows(case: Case) -> None:
    for document in case.documents(apis=()):
        assert problems(document, KUBERNETES[-1]) == [], f"{document} of {document.source}"


@every_case
def test_no_object_is_made_twice(case: Case) -> None:
    made = Counter(map(str, case.documents()))
    assert max(made.values()) == 1, made


@every_case
def test_kinds_of_other_operators_are_made_only_where_a_cluster_has_them(case: Case) -> None:
    asked = {document.kind for document in case.documents() if document.kind in OPTIONAL}
    if "Certificate" in asked:
        return  # without it the pod has no certificate: that its maker is absent is said by the API server
    assert not {document.kind for document in case.documents(apis=())} & OPTIONAL


@every_case
def test_every_object_is_labelled_as_part_of_its_release(case: Case) -> None:
    for document in case.documents(release="of-mine"):
        assert document.labels.get("app.kubernetes.io/instance") == "of-mine", document
        assert document.labels.get("app.kubernetes.io/managed-by") == "Helm", document
        assert document.labels.get("app.kubernetes.io/name"), document
        assert document.labels.get("app.kubernetes.io/version") == "0.1.0", document
        assert document.labels.get("helm.sh/chart"), document


@every_case
def test_every_object_names_the_namespace_of_its_release(case: Case) -> None:
    for document in case.documents(namespace="elsewhere"):
        if document.kind not in {"ClusterRole", "ClusterRoleBinding"}:
            assert document.body["metadata"].get("namespace") == "elsewhere", document


@every_chart
def test_notes_end_with_commands_that_name_the_release_and_its_namespace(chart: Path) -> None:
    said = helm.notes(chart, release="of-mine", namespace="elsewhere")
    assert "of-mine" in said
    assert "elsewhere" in said
    assert "helm test of-mine" in said
    assert "<no value>" not in said


@every_case
def test_nothing_is_rendered_as_no_value(case: Case) -> None:
    for name, text in helm.render(case.folder, case.values, kubernetes=KUBERNETES[-1], apis=OPERATORS).items():
        assert "<no value>" not in text, name
        assert "%!" not in text, f"{name} prints with a wrong verb"


@every_chart
def test_the_same_values_render_the_same_but_for_certificates(chart: Path) -> None:
    assert masked(chart) == masked(chart)


def test_the_judge_of_objects_finds_planted_mistakes() -> None:
    documents = helm.documents(CHARTS[0])
    pod = pods_of(documents)[0].document
    for key, value in (("imagePullPolicyy", "Always"), ("ports", "8080"), ("image", ["a"])):
        body = deepcopy(pod.body)
        spec = body["spec"]["template"]["spec"] if pod.kind == "Deployment" else body["spec"]
        spec["containers"][0][key] = value
        for kubernetes in KUBERNETES:
            assert problems(Document(pod.source, body), kubernetes), f"{key} passes on {kubernetes}"
