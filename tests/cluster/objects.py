"""What there is in a namespace of the API server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from tests.cluster.server import Server

OF_THE_SERVER = {"events", "endpoints", "endpointslices", "pods"}
"""What comes and goes by itself."""
OF_EVERY_NAMESPACE = re.compile(r"configmaps/kube-root-ca\.crt|serviceaccounts/default|secrets/default-token-\w+")
"""What a server puts into a namespace, sooner or later."""
PATIENCE_S = 60.0


def everything(server: Server, namespace: str) -> set[str]:
    """`resource/name` of each object there that somebody made, of every kind that the server knows."""
    paths = ["/api/v1"]
    for group in server.call("GET", "/apis")["groups"]:
        paths.append(f"/apis/{group['preferredVersion']['groupVersion']}")
    found = set()
    for path in paths:
        for kind in server.call("GET", path)["resources"]:
            if kind["namespaced"] and "list" in kind["verbs"] and kind["name"] not in OF_THE_SERVER:
                listed = server.call("GET", f"{path}/namespaces/{namespace}/{kind['name']}")["items"]
                found |= {f"{kind['name']}/{one['metadata']['name']}" for one in listed}
    return {name for name in found if not OF_EVERY_NAMESPACE.fullmatch(name)}


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Raises `TimeoutError` that says `what` where it does not come about."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {PATIENCE_S:g} s")
        time.sleep(0.05)
