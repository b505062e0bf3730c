"""One API server for all tests here, and a namespace of its own for each."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.kubelet import Kubelet
from tests.cluster.objects import wait_until
from tests.cluster.releases import Releases
from tests.cluster.server import Server, running

OPERATORS = (
    ("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
    ("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
    ("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
    ("cert-manager.io", "v1", "Certificate", "certificates"),
    ("cert-manager.io", "v1", "Issuer", "issuers"),
)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    named = os.environ.get("KUBEBUILDER_ASSETS")
    if not named:
        pytest.skip("no API server: set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd (setup-envtest)")
    folder = tmp_path_factory.mktemp("cluster")
    with running(Path(named), folder) as server, Kubelet(server):
        for group, version, kind, plural in OPERATORS:
            path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            server.call("POST", path, _definition(group, version, kind, plural))
        yield server


@pytest.fixture
def namespace(server: Server) -> Iterator[str]:
    name = f"ns{next(_numbers)}"
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    if server.controls:
        accounts = f"/api/v1/namespaces/{name}/serviceaccounts"
        wait_until(lambda: bool(server.call("GET", accounts)["items"]), "an account of the namespace's own")
    yield name
    server.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def releases(server: Server, namespace: str) -> Iterator[Releases]:
    releases = Releases(server, namespace)
    yield releases
    releases.close()


def _definition(group: str, version: str, kind: str, plural: str) -> dict[str, object]:
    """A kind of an operator that is not there: its objects are taken as they are."""
    anything = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [{"name": version, "served": True, "storage": True, "schema": anything}],
        },
    }
