"""The API server of Kubernetes, as far as an election needs it: one Lease, and the label of a pod.

Each call blocks, for `timeout_s` at most, and is made from a thread that may.
"""

from __future__ import annotations

import json
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ricloop.core.errors import ConfigError
from ricloop.platform.lease import Deed, Refused, Request
from ricloop.platform.leaserecord import RELEASED, Lease, read

ROLE = "ricloop.dev/role"
"""Label of the pod whose RIC is in control; the chart's Services select it."""
LEADER = "leader"
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds the token of its service account, and who signed the API server's certificate."""
WAY_OUT = "outside a cluster, give --lease-api URL, with --lease-token FILE and --lease-ca FILE where it wants them"


@dataclass(frozen=True, slots=True)
class Api:
    """Where the API server is, and how it is spoken to."""

    url: str
    token: Path | None = None
    """Read again for each request: a cluster changes it every hour."""
    ca: Path | None = None


def api_of(url: str | None, token: Path | None, ca: Path | None) -> Api:
    """As given, or as a pod finds it. Raises ConfigError that says what is missing."""
    for path, option in ((token, "--lease-token"), (ca, "--lease-ca")):
        if path is not None:
            _check(path, option)
    if url is None:
        host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT")
        if not host or not port:
            raise ConfigError(f"--lease: no KUBERNETES_SERVICE_HOST, so this is no pod; {WAY_OUT}")
        token, ca = token or ACCOUNT / "token", ca or ACCOUNT / "ca.crt"
        for path in (token, ca):
            if not path.is_file():
                raise ConfigError(
                    f"--lease: there is no {path}: let the pod mount its service account's token; {WAY_OUT}"
                )
        return Api(f"https://{f'[{host}]' if ':' in host else host}:{port}", token, ca)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"--lease-api {url}: write http://HOST:PORT or https://HOST:PORT")
    if parts.scheme == "http" and token is not None and not _here(parts.hostname):
        raise ConfigError(f"--lease-api {url}: a token goes over https:// only, except on this machine")
    return Api(url.rstrip("/"), token, ca)


def _check(path: Path, option: str) -> None:
    if not path.is_file():
        raise ConfigError(f"{option} {path}: there is no such file")
    try:
        empty = not path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"{option} {path}: {error.strerror}") from error
    if empty:
        raise ConfigError(f"{option} {path}: the file is empty")


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Kube:
    """Requests about one Lease and its namespace's pods. Documents are passed as they are, not through the client's
    classes: what another tool wrote may fit none, and an instant at a whole second would lose its microseconds."""

    def __init__(self, api: Api, namespace: str, name: str, timeout_s: float) -> None:
        """Raises ConfigError where the client of Kubernetes is not installed, or a file makes no sense."""
        try:
            from kubernetes.client import Configuration
            from kubernetes.client.rest import RESTClientObject
        except ImportError as error:
            raise ConfigError(f'--lease needs the client of Kubernetes ({error}): pip install "ricloop[k8s]"') from None
        self._api, self._timeout_s = api, timeout_s
        self._namespace, self._name = namespace, name
        configuration = Configuration(host=api.url, ssl_ca_cert=None if api.ca is None else str(api.ca))
        # A write that is repeated behind our back may have been done already; what is asked again is decided elsewhere.
        configuration.retries = False
        self._rest = RESTClientObject(configuration)
        self._seen: dict[str, Any] = {}
        """The lease as it last came back: a write changes what is ours in it, and leaves the rest."""
        try:
            if api.ca is not None:
                ssl.create_default_context(cafile=str(api.ca))
        except (OSError, ValueError) as error:
            raise ConfigError(f"--lease-ca {api.ca}: {error}; give a PEM file of certificates") from error

    def ask(self, request: Request) -> Lease | Refused | None:
        """Do it; never raises."""
        leases = f"/apis/coordination.k8s.io/v1/namespaces/{self._namespace}/leases"
        one = f"{leases}/{self._name}"
        if request.deed is Deed.LOOK:
            found = self._call("GET", one)
            return None if isinstance(found, Refused) and found.status == 404 else self._as_lease(found)
        if request.deed is Deed.CREATE:
            return self._as_lease(self._call("POST", leases, self._body(request, {})))
        seen = self._seen
        if seen.get("metadata", {}).get("resourceVersion") != request.version:
            return Refused(409, "another version was read meanwhile")
        return self._as_lease(self._call("PUT", one, self._body(request, seen)))

    def label(self, pod: str, role: str | None) -> Refused | None:
        """Give a pod its role, or take it away; None where that was done."""
        body = {"metadata": {"labels": {ROLE: role}}}
        path = f"/api/v1/namespaces/{self._namespace}/pods/{pod}"
        done = self._call("PATCH", path, body, "application/merge-patch+json")
        return done if isinstance(done, Refused) else None

    def _body(self, request: Request, seen: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        # With its uid: a PUT without one makes a Lease that was deleted anew, whatever version it names.
        meta = {"name": self._name, "namespace": self._namespace, **seen.get("metadata", {})}
        meta.pop("managedFields", None)
        others = {name: value for name, value in _table(meta.get("annotations")).items() if name != RELEASED}
        meta["annotations"] = others | ({RELEASED: "in order"} if request.deed is Deed.RELEASE else {})
        spec = {
            "holderIdentity": request.holder,
            "leaseDurationSeconds": request.seconds,
            "acquireTime": request.acquired if _is_instant(request.acquired) else now,
            "renewTime": now,
            "leaseTransitions": request.transitions,
        }
        spec = {**_table(seen.get("spec")), **spec}
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta, "spec": spec}

    def _as_lease(self, found: object) -> Lease | Refused:
        if isinstance(found, Refused):
            return found
        lease = read(found)
        if lease is None or not isinstance(found, dict):
            return Refused(0, "what came back is no Lease")
        self._seen = found
        return lease

    def _call(self, method: str, path: str, body: object = None, kind: str = "application/json") -> object:
        """The document that came back, or why there is none."""
        try:
            headers = {"Accept": "application/json"} | ({} if body is None else {"Content-Type": kind})
            if self._api.token is not None:
                headers["Authorization"] = f"Bearer {_token(self._api.token)}"
            reply = self._rest.request(
                method, self._api.url + path, headers=headers, body=body, _request_timeout=self._timeout_s
            )
            data = reply.read()
            if not 200 <= reply.status < 300:
                return Refused(reply.status, _why(data, reply.reason), _seconds(reply.getheader("Retry-After")))
            return json.loads(data)
        except Exception as error:
            # Whatever networks, TLS, files and foreign servers can do: what became of the request is unknown.
            return Refused(0, f"{type(error).__name__}: {error}"[:300])


def _token(file: Path) -> str:
    token = file.read_text().strip()
    if not token or not token.isascii() or not token.isprintable():
        # What refuses such a header would show all of it.
        raise ValueError(f"{file} holds no token of one line")
    return token


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _why(data: bytes, reason: object) -> str:
    """The message of a Status object, else the reason of the HTTP answer."""
    try:
        said = json.loads(data)
    except ValueError:
        said = None
    return str((isinstance(said, dict) and said.get("message")) or reason)[:300]


def _seconds(text: object) -> float:
    try:
        return max(0.0, min(float(str(text)), 3600.0))
    except ValueError:
        return 0.0
