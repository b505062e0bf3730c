"""Charts at a real API server: what it takes, what changes, and that nothing stays behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts import helm
from tests.charts.cases import Case, every_case, every_chart, version
from tests.cluster.objects import everything, wait_until
from tests.cluster.releases import Releases
from tests.cluster.server import No, Server

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cluster")]


@every_case
def test_the_server_takes_every_object(case: Case, server: Server, releases: Releases) -> None:
    if case.since > version(_version(server)):
        with pytest.raises(helm.Refused, match="Kubernetes"):
            releases.try_out(case.folder, "demo", case.values)
    else:
        releases.try_out(case.folder, "demo", case.values)


@every_chart
def test_a_chart_is_installed_changed_rolled_back_tested_and_leaves_nothing(
    chart: Path, server: Server, namespace: str, releases: Releases
) -> None:
    releases.install(chart, "demo", {})
    if server.controls:
        assert all(_ready(one) for one in _deployments(server, namespace))

    releases.upgrade(chart, "demo", _of_every_pod(chart, "terminationGracePeriodSeconds", 45))
    assert _graces(server, namespace) == {45}

    with pytest.raises(helm.Refused, match="replicaCount"):
        releases.upgrade(chart, "demo", _of_every_pod(chart, "replicaCount", -1))
    assert _graces(server, namespace) == {45}, "what is refused changes nothing"

    releases.roll_back("demo")
    assert _graces(server, namespace) == {30}
    assert releases.history("demo") == [(1, "superseded"), (2, "superseded"), (3, "deployed")]

    releases.test("demo")
    releases.uninstall("demo")
    wait_until(lambda: not everything(server, namespace), f"{everything(server, namespace)} gone")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"replicaCount": 2}, "leaderElection.enabled"),
        ({"rpc": {"enabled": True}}, "tls.secretName"),
        ({"rpc": {"enabledd": True}}, "enabledd"),
        ({"e2": {"sctp": {"port": "36422"}}}, "/e2/sctp/port"),
    ],
)
def test_what_is_refused_leaves_no_release(said: dict[str, Any], words: str, releases: Releases) -> None:
    with pytest.raises(helm.Refused, match=words):
        releases.install(helm.HELM / "ricloop", "demo", said)
    assert releases.names() == []


def test_the_certificates_of_the_lab_are_kept_when_it_is_changed(
    server: Server, namespace: str, releases: Releases
) -> None:
    chart = helm.HELM / "ricloop-stack"
    releases.install(chart, "lab", {})
    first = _secrets(server, namespace)
    assert len(first) == 5, "the CA's, the RIC's and those of three xApps"
    releases.upgrade(chart, "lab", {"e2sim": {"seed": 2}})
    assert _secrets(server, namespace) == first


@pytest.mark.parametrize("name", ["ricloop", "energy-saving", "e2sim"])
def test_the_account_of_a_pod_that_holds_no_lease_may_do_nothing(
    name: str, server: Server, namespace: str, releases: Releases
) -> None:
    releases.install(helm.HELM / name, "demo", {})
    accounts = server.call("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts")["items"]
    (account,) = [one["metadata"]["name"] for one in accounts if one["metadata"]["name"] != "default"]
    token = token_of(server, namespace, account)
    for path in ("pods", "secrets", "configmaps", "services"):
        with pytest.raises(No, match="403"):
            server.call("GET", f"/api/v1/namespaces/{namespace}/{path}", token=token)


def _of_every_pod(chart: Path, key: str, value: object) -> dict[str, Any]:
    """Values that set that of the chart, or of each within it."""
    within = [folder.name for folder in (chart / "charts").iterdir() if (folder / "values.yaml").exists()]
    return {name: {key: value} for name in within} if within else {key: value}


def token_of(server: Server, namespace: str, account: str) -> str:
    """What the kubelet would mount into a pod of that account."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    return str(server.call("POST", path, asked)["status"]["token"])


def _version(server: Server) -> str:
    return str(server.call("GET", "/version")["gitVersion"]).removeprefix("v")


def _deployments(server: Server, namespace: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.call("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments")["items"]
    assert found
    return found


def _ready(deployment: dict[str, Any]) -> bool:
    return bool(deployment["status"].get("readyReplicas") == deployment["spec"]["replicas"])


def _graces(server: Server, namespace: str) -> set[int]:
    return {one["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] for one in _deployments(server, namespace)}


def _secrets(server: Server, namespace: str) -> dict[str, Any]:
    found = server.call("GET", f"/api/v1/namespaces/{namespace}/secrets")["items"]
    return {one["metadata"]["name"]: one["data"] for one in found if one["type"] == "kubernetes.io/tls"}
