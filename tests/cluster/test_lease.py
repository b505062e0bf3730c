"""One RIC in control at a time, by a real Lease: as the chart starts it, with no more rights than the chart gives."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ricloop.platform.kube import Api, Kube
from ricloop.platform.lease import Deed, Refused, Request
from ricloop.platform.leaserecord import Lease
from tests.charts import helm
from tests.cluster.objects import wait_until
from tests.cluster.releases import Releases
from tests.cluster.server import No, Server
from tests.cluster.test_install import token_of

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cluster")]

VALUES: dict[str, Any] = {
    "replicaCount": 2,
    "leaderElection": {"enabled": True},
    "e2": {"sctp": {"enabled": False}, "tcp": {"enabled": True}},
    "audit": {"enabled": False},
}
LEADER = "ricloop.dev%2Frole%3Dleader"


class Replicas:
    """The chart's pods, and a process for each that does what the pod is told."""

    def __init__(self, server: Server, namespace: str, folder: Path) -> None:
        self._server, self._namespace, self._folder = server, namespace, folder
        accounts = server.call("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts")["items"]
        (account,) = [one["metadata"]["name"] for one in accounts if one["metadata"]["name"] != "default"]
        self.token = token_of(server, namespace, account)
        (folder / "token").write_text(self.token)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def pods(self, selector: str = "") -> dict[str, dict[str, Any]]:
        path = f"/api/v1/namespaces/{self._namespace}/pods?labelSelector={selector}"
        return {pod["metadata"]["name"]: pod for pod in self._server.call("GET", path)["items"]}

    def leaders(self) -> list[str]:
        """Names of the pods that are labelled so."""
        return list(self.pods(LEADER))

    def start(self, name: str) -> None:
        (container,) = self.pods()[name]["spec"]["containers"]
        args = [_here(arg).replace("$(POD_NAME)", name) for arg in container["args"]]
        args += ["--lease-api", self._server.url, "--lease-ca", str(self._server.ca)]
        args += ["--lease-token", str(self._folder / "token")]
        with (self._folder / f"{name}.log").open("ab") as log:
            command = [str(Path(sys.executable).with_name("ricloop")), *args]
            self._running[name] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def end(self, name: str, number: signal.Signals) -> None:
        process = self._running.pop(name)
        process.send_signal(number)
        process.wait(30)

    def holder(self) -> str:
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self._namespace}/leases/{self._namespace}-ricloop"
        return str(self._server.call("GET", path)["spec"].get("holderIdentity") or "")

    def said(self) -> str:
        """The logs, for a failure to show."""
        return "\n".join(path.read_text()[-2000:] for path in self._folder.glob("*.log"))

    def close(self) -> None:
        for name in list(self._running):
            self.end(name, signal.SIGKILL)


@pytest.fixture
def replicas(server: Server, namespace: str, releases: Releases, tmp_path: Path) -> Iterator[Replicas]:
    if not server.controls:
        pytest.skip("no pods: KUBEBUILDER_ASSETS has no kube-controller-manager")
    releases.install(helm.HELM / "ricloop", "demo", VALUES)
    replicas = Replicas(server, namespace, tmp_path)
    yield replicas
    replicas.close()
    print(replicas.said())


def test_one_pod_leads_and_hands_over_when_it_is_told_to_end_and_when_it_dies(
    server: Server, namespace: str, replicas: Replicas
) -> None:
    first, second = sorted(replicas.pods())
    replicas.start(first)
    wait_until(lambda: replicas.leaders() == [first], "the only one leads")
    assert replicas.holder().startswith(first)
    replicas.start(second)
    wait_until(lambda: _led_to(server, namespace) == {_address(replicas, first)}, "the Service leads to it alone")

    replicas.end(first, signal.SIGTERM)
    wait_until(lambda: replicas.leaders() == [second], "the other leads")
    assert replicas.holder().startswith(second)
    wait_until(lambda: _led_to(server, namespace) == {_address(replicas, second)}, "the Service leads to the other")

    replicas.end(second, signal.SIGKILL)
    replicas.start(first)
    wait_until(lambda: replicas.holder().startswith(first), "it leads again")
    wait_until(lambda: first in replicas.leaders(), "it is labelled again")


def test_its_account_may_hold_this_lease_and_label_pods_and_nothing_else(
    server: Server, namespace: str, replicas: Replicas
) -> None:
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    ours = f"{leases}/{namespace}-ricloop"
    made = server.call("POST", leases, _lease(f"{namespace}-ricloop"), token=replicas.token)
    assert server.call("GET", ours, token=replicas.token) == made
    made["spec"]["holderIdentity"] = "me"
    server.call("PUT", ours, made, token=replicas.token)
    pod = f"/api/v1/namespaces/{namespace}/pods/{min(replicas.pods())}"
    server.call("PATCH", pod, {"metadata": {"labels": {"ricloop.dev/role": None}}}, token=replicas.token)

    server.call("POST", leases, _lease("of-others"))
    for method, path, body in (
        ("DELETE", ours, None),
        ("GET", leases, None),
        ("GET", f"{leases}/of-others", None),
        ("PUT", f"{leases}/of-others", _lease("of-others")),
        ("DELETE", pod, None),
        ("GET", f"/api/v1/namespaces/{namespace}/secrets", None),
        ("GET", f"/api/v1/namespaces/{namespace}/configmaps", None),
        ("PATCH", "/api/v1/namespaces/kube-system/pods/any", {"metadata": {"labels": {"a": "b"}}}),
        ("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", _lease("any")),
    ):
        with pytest.raises(No) as no:
            server.call(method, path, body, token=replicas.token)
        assert no.value.status == 403, f"{method} {path}"


def test_a_write_for_a_lease_that_was_deleted_makes_none(server: Server, namespace: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(server.token)
    client = Kube(Api(server.url, tmp_path / "token", server.ca), namespace, "any", 5.0)
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/any"
    server.call("POST", path.rpartition("/")[0], _lease("any"))
    seen = client.ask(Request(1, Deed.LOOK))
    assert isinstance(seen, Lease)
    server.call("DELETE", path)
    refused = client.ask(Request(2, Deed.TAKE, seen.version, "me", 6))
    assert isinstance(refused, Refused)
    assert refused.status in (404, 409)
    assert client.ask(Request(3, Deed.LOOK)) is None


def _lease(name: str) -> dict[str, Any]:
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": {}}


def _address(replicas: Replicas, name: str) -> str:
    return str(replicas.pods()[name]["status"]["podIP"])


def _led_to(server: Server, namespace: str) -> set[str]:
    """Addresses that connections to the Service of E2 go to."""
    with contextlib.suppress(No):
        endpoints = server.call("GET", f"/api/v1/namespaces/{namespace}/endpoints/service-{namespace}-ricloop-e2")
        return {address["ip"] for part in endpoints.get("subsets", ()) for address in part.get("addresses", ())}
    return set()


def _here(arg: str) -> str:
    """What would listen on every address listens on this machine's own, at a free port."""
    before, every, port = arg.rpartition("0.0.0.0:")
    if not every or not port.isdigit():
        return arg
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"{before}127.0.0.1:{probe.getsockname()[1]}"
