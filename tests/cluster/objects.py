"""What there is in a namespace of the API server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from kubernetes.client import ApiClient

OF_THE_SERVER = {"events", "endpoints", "endpointslices", "pods"}
"""What comes and goes by itself."""
PATIENCE_S = 30.0


def call(client: ApiClient, method: str, path: str, body: object = None, kind: str = "application/json") -> Any:
    """One request; the answer's document. Raises `ApiException` with the status where the server says no."""
    return client.call_api(
        path,
        method,
        header_params={"Accept": "application/json", "Content-Type": kind},
        body=body,
        auth_settings=["BearerToken"],
        response_type="object",
        _return_http_data_only=True,
    )


def everything(client: ApiClient, namespace: str) -> set[str]:
    """`resource/name` of each object there, of every kind that the server knows."""
    paths = ["/api/v1"]
    for group in call(client, "GET", "/apis")["groups"]:
        paths.append(f"/apis/{group['preferredVersion']['groupVersion']}")
    found = set()
    for path in paths:
        for kind in call(client, "GET", path)["resources"]:
            if kind["namespaced"] and "list" in kind["verbs"] and kind["name"] not in OF_THE_SERVER:
                listed = call(client, "GET", f"{path}/namespaces/{namespace}/{kind['name']}")["items"]
                found |= {f"{kind['name']}/{one['metadata']['name']}" for one in listed}
    return found


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Raises `TimeoutError` that says `what` where it does not come about."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {PATIENCE_S:g} s")
        time.sleep(0.05)
