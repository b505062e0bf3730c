"""An API server of Kubernetes on this machine: etcd, kube-apiserver and, where it is there, kube-controller-manager.

The folder with them is named by KUBEBUILDER_ASSETS, as controller-runtime's envtest has it. Listeners are on loopback;
every token is made anew; RBAC is on.
"""

from __future__ import annotations

import json
import secrets
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PATIENCE_S = 60.0
"""Seconds that a server is given to begin."""


@dataclass(frozen=True)
class Server:
    """Where it is, and as whom it is spoken to."""

    url: str
    ca: Path
    """PEM: who signed its certificate."""
    token: str
    """Of somebody who may do everything."""
    controls: bool
    """Deployments make pods: there is a kube-controller-manager."""

    def kubeconfig(self, token: str | None = None) -> str:
        """The file that a client reads, for that token or the all-powerful one; YAML."""
        return KUBECONFIG.format(url=self.url, ca=self.ca, token=token or self.token)

    def call(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Any:
        """One request; the answer's document. A PATCH is a merge patch. Raises `No` with the server's status."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": kind}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            with urllib.request.urlopen(request, timeout=10, context=context) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise No(error.code, f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None


class No(Exception):
    """The server refused."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: here, cluster: {{server: "{url}", certificate-authority: "{ca}"}}}}]
users: [{{name: me, user: {{token: "{token}"}}}}]
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
current-context: here
"""


@contextmanager
def running(assets: Path, folder: Path) -> Iterator[Server]:
    """The servers, until the block ends; their logs and data are in `folder`."""
    admin = secrets.token_hex(16)
    (folder / "tokens.csv").write_text(f'{admin},admin,1,"system:masters"\n')
    key = folder / "accounts.key"
    key.write_bytes(
        rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    etcd, peer, port, manages = (_free_port() for _ in range(4))
    server = Server(
        f"https://127.0.0.1:{port}",
        folder / "certs" / "apiserver.crt",
        admin,
        controls=(assets / "kube-controller-manager").exists(),
    )
    with ExitStack() as stack:
        stack.enter_context(_process(_etcd(assets, folder, etcd, peer), folder / "etcd.log"))
        stack.enter_context(_process(_api(assets, folder, etcd, port, key), folder / "kube-apiserver.log"))
        _wait_until_ready(server, folder / "kube-apiserver.log")
        if server.controls:
            config = folder / "manager.yaml"
            config.write_text(server.kubeconfig())
            command = [
                str(assets / "kube-controller-manager"),
                f"--kubeconfig={config}",
                f"--service-account-private-key-file={key}",
                f"--root-ca-file={server.ca}",
                "--leader-elect=false",
                f"--secure-port={manages}",
                "--bind-address=127.0.0.1",
                f"--cert-dir={folder / 'certs'}",
                "--controllers=deployment,replicaset,serviceaccount,serviceaccount-token,root-ca-cert-publisher,"
                "namespace,garbagecollector,endpoint,disruption",
            ]
            stack.enter_context(_process(command, folder / "kube-controller-manager.log"))
        yield server


def _etcd(assets: Path, folder: Path, port: int, peer: int) -> list[str]:
    here, there = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    return [
        str(assets / "etcd"),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={here}",
        f"--advertise-client-urls={here}",
        f"--listen-peer-urls={there}",
        f"--initial-advertise-peer-urls={there}",
        f"--initial-cluster=default={there}",
        "--unsafe-no-fsync",
    ]


def _api(assets: Path, folder: Path, etcd: int, port: int, key: Path) -> list[str]:
    return [
        str(assets / "kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certs'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--api-audiences=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.254.0.0/16",
    ]


@contextmanager
def _process(command: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(server: Server, log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            # Until then there is no certificate, nobody listens, or the roles of RBAC are not there yet.
            server.call("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin")
            return
        except (No, OSError):
            pass
        if time.monotonic() > until:
            raise TimeoutError(f"no API server at {server.url} within {PATIENCE_S:g} s:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
