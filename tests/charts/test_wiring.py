"""What one object says of another is so: selectors, ports, mounts, references, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.charts import helm
from tests.charts.cases import KUBERNETES, LIBRARY, OPERATORS, Case, every_case, every_chart
from tests.charts.documents import Document, Pod, of_kind, pods_of

LABEL = re.compile(r"(?=.{0,63}$)([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
DNS_LABEL = re.compile(r"(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?")
DNS_NAME = re.compile(r"(?=.{1,63}$)[a-z0-9]([-.a-z0-9]*[a-z0-9])?")
LEADER = {"ricloop.dev/role": "leader"}
"""What a RIC puts onto its own pod while it leads."""
RELEASES = ("x", "a" * 53, "a" * 25 + "-" + "b" * 27, "of.mine", "9lives")


def _labels(pod: Pod) -> dict[str, str]:
    elects = any("--lease" in container.get("args", ()) for container in pod.containers)
    return {**pod.labels, **LEADER} if elects else pod.labels


def _selected(documents: list[Document], selector: Mapping[str, str]) -> list[Pod]:
    return [pod for pod in pods_of(documents) if selector.items() <= _labels(pod).items()]


@every_case
def test_a_service_finds_pods_that_listen_where_it_says(case: Case) -> None:
    documents = case.documents()
    for service in of_kind(documents, "Service"):
        found = _selected(documents, service.body["spec"]["selector"])
        assert found, service
        for pod in found:
            assert not pod.is_hook, f"{service} would send to {pod}"
            listening = {
                (key, port["protocol"])
                for container in pod.containers
                for port in container.get("ports", ())
                for key in (port["name"], port["containerPort"])
            }
            for port in service.body["spec"]["ports"]:
                assert (port["targetPort"], port["protocol"]) in listening, f"{service}: {port}"


@every_case
def test_a_workload_owns_the_pods_that_it_makes_and_no_others(case: Case) -> None:
    documents = case.documents()
    for made in of_kind(documents, "Deployment"):
        selector = made.body["spec"]["selector"]["matchLabels"]
        assert [pod.document for pod in _selected(documents, selector)] == [made]


@every_case
def test_budgets_policies_and_scalers_are_about_something_that_is_there(case: Case) -> None:
    documents = case.documents()
    workloads = {made.name for made in of_kind(documents, "Deployment")}
    for kind in ("PodDisruptionBudget", "NetworkPolicy"):
        for document in of_kind(documents, kind):
            spec = document.body["spec"]
            selector = spec.get("selector") or spec.get("podSelector")
            assert _selected(documents, selector["matchLabels"]), document
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        for document in of_kind(documents, kind):
            assert document.body["spec"]["scaleTargetRef"]["name"] in workloads
            assert all(
                "replicas" not in made.body["spec"]
                for made in of_kind(documents, "Deployment")
                if made.name == document.body["spec"]["scaleTargetRef"]["name"]
            )
    for monitor in of_kind(documents, "ServiceMonitor"):
        wanted = monitor.body["spec"]["selector"]["matchLabels"].items()
        services = [service for service in of_kind(documents, "Service") if wanted <= service.labels.items()]
        offered = [port["name"] for service in services for port in service.body["spec"]["ports"]]
        asked = [endpoint["port"] for endpoint in monitor.body["spec"]["endpoints"]]
        assert sorted(asked) == sorted(offered), f"{monitor} asks each port once, and none that nobody has"


@every_case
def test_a_policy_of_the_network_lets_in_whom_a_service_or_a_probe_brings(case: Case) -> None:
    documents = case.documents()
    for policy in of_kind(documents, "NetworkPolicy"):
        (pods) = [
            pod for pod in _selected(documents, policy.body["spec"]["podSelector"]["matchLabels"]) if not pod.is_hook
        ]
        let_in = {
            (port["port"], port["protocol"])
            for rule in policy.body["spec"].get("ingress") or ()
            for port in rule.get("ports", ())
        }
        for pod in pods:
            for container in pod.containers:
                for port in container.get("ports", ()):
                    keys = {(port["name"], port["protocol"]), (port["containerPort"], port["protocol"])}
                    assert keys & let_in, f"{policy} keeps everybody from {port['name']} of {pod}"


@every_case
def test_what_a_pod_mounts_or_reads_is_made_here_or_named_by_the_values(case: Case) -> None:
    documents = case.documents()
    made = {(document.kind, document.name) for document in documents}
    made |= {("Secret", document.body["spec"]["secretName"]) for document in of_kind(documents, "Certificate")}
    named = set(_strings(case.values)) | set(_strings(helm.default_values(case.folder)))
    for pod in pods_of(documents):
        for kind, name in _references(pod):
            assert (kind, name) in made or name in named, f"{pod} wants {kind}/{name}"
        volumes = [volume["name"] for volume in pod.spec.get("volumes", ())]
        mounted = {mount["name"] for container in pod.containers for mount in container.get("volumeMounts", ())}
        assert len(set(volumes)) == len(volumes)
        assert set(volumes) == mounted, "every volume is mounted, and every mount has its volume"
        for container in pod.containers:
            paths = [mount["mountPath"] for mount in container.get("volumeMounts", ())]
            assert len(set(paths)) == len(paths)
            variables = [variable["name"] for variable in container.get("env", ())]
            assert len(set(variables)) == len(variables)


@every_case
def test_a_binding_joins_an_account_and_a_role_that_are_there(case: Case) -> None:
    documents = case.documents()
    made = {(document.kind, document.name) for document in documents}
    for binding in of_kind(documents, "RoleBinding"):
        assert (binding.body["roleRef"]["kind"], binding.body["roleRef"]["name"]) in made
        for subject in binding.body["subjects"]:
            assert (subject["kind"], subject["name"]) in made
            assert subject["namespace"] == helm.NAMESPACE


@every_case
def test_a_test_asks_a_service_that_is_there(case: Case) -> None:
    documents = case.documents()
    ports = {
        service.name: {port["port"] for port in service.body["spec"]["ports"]}
        for service in of_kind(documents, "Service")
    }
    hooks = [pod for pod in pods_of(documents) if pod.is_hook]
    assert hooks
    for pod in hooks:
        assert pod.document.annotations["helm.sh/hook"] == "test"
        assert pod.document.annotations["helm.sh/hook-delete-policy"]
        assert pod.spec["restartPolicy"] == "Never"
        urls = [urlsplit(arg) for container in pod.containers for arg in container["args"] if "://" in arg]
        assert urls
        for url in urls:
            assert url.hostname is not None
            assert url.port in ports[url.hostname.split(".")[0]], f"{pod} asks {url.geturl()}"


@pytest.mark.parametrize("release", RELEASES)
@every_chart
def test_names_and_labels_are_good_ones_however_the_release_is_called(chart: Path, release: str) -> None:
    for said in ({}, _names_of_the_release(chart)):
        try:
            documents = helm.documents(chart, said, release=release, namespace="n" * 20, apis=OPERATORS)
        except helm.Refused as no:
            # Cut short, or with other characters, it would be another name than the one that is looked for.
            assert re.search(r"the name '[^']+' .*use (a shorter|another)", str(no)), no  # noqa: PT017
            continue
        for document in documents:
            pattern = DNS_LABEL if document.kind == "Service" else DNS_NAME
            assert pattern.fullmatch(document.name), document
            for labels in (document.labels, *(pod.labels for pod in pods_of([document]))):
                assert [value for value in labels.values() if not LABEL.fullmatch(value)] == [], document


@every_chart
def test_two_releases_in_one_namespace_do_not_meet(chart: Path) -> None:
    values = _names_of_the_release(chart)
    once, again = (
        helm.documents(chart, values, release=release, apis=OPERATORS, kubernetes=KUBERNETES[-1])
        for release in ("first", "second")
    )
    assert {str(document) for document in once} & {str(document) for document in again} == set()
    for service in of_kind(once, "Service"):
        assert not _selected(again, service.body["spec"]["selector"]), f"{service} sends to the other release"


def _names_of_the_release(chart: Path) -> dict[str, Any]:
    """Values that give `<release>-<chart>` names, in the chart and in those within it."""
    own: dict[str, Any] = {"ric": {"oranScNames": False}}
    within = [folder.name for folder in (chart / "charts").iterdir() if folder.name != LIBRARY]
    if within:
        return dict.fromkeys(within, own)
    if "host" in helm.default_values(chart)["ric"]:
        own["ric"]["host"] = "the-ric.elsewhere"
    return own


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)


def _references(pod: Pod) -> Iterator[tuple[str, str]]:
    """Objects that the pod cannot start without."""
    yield "ServiceAccount", pod.spec["serviceAccountName"]
    for volume in pod.spec.get("volumes", ()):
        for key, kind, field in (
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
            ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
        ):
            if key in volume and not volume[key].get("optional"):
                yield kind, volume[key][field]
        for source in volume.get("projected", {}).get("sources", ()):
            for key, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                if key in source and not source[key].get("optional"):
                    yield kind, source[key]["name"]
    for container in pod.containers:
        for origin in container.get("envFrom", ()):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in origin and not origin[key].get("optional"):
                    yield kind, origin[key]["name"]
        for variable in container.get("env", ()):
            for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                source = variable.get("valueFrom", {}).get(key)
                if source and not source.get("optional"):
                    yield kind, source["name"]
