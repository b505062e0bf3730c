"""What stands in for a kubelet: it binds every pod to a node that is not there and says that it runs, or has ended."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from typing import Any

from tests.cluster.server import No, Server

NODE = "here"
EVERY_S = 0.05


class Kubelet:
    """A thread that looks at all pods twenty times a second."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._addresses = (f"10.1.{number // 250}.{number % 250 + 1}" for number in itertools.count())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kubelet", daemon=True)

    def __enter__(self) -> Kubelet:
        self._server.call("POST", "/api/v1/nodes", {"metadata": {"name": NODE}})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            for pod in self._server.call("GET", "/api/v1/pods")["items"]:
                try:
                    self._look_after(pod)
                except No as no:
                    if no.status not in (404, 409):  # it went away, or somebody else changed it: the next look
                        raise

    def _look_after(self, pod: dict[str, Any]) -> None:
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        if "deletionTimestamp" in pod["metadata"]:
            self._server.call("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0})
        elif "nodeName" not in pod["spec"]:
            target = {"kind": "Node", "name": NODE, "apiVersion": "v1"}
            binding = {"kind": "Binding", "apiVersion": "v1", "metadata": {"name": pod["metadata"]["name"]}}
            self._server.call("POST", f"{path}/binding", {**binding, "target": target})
        elif pod["status"]["phase"] == "Pending":
            self._server.call("PATCH", f"{path}/status", {"status": _status(pod, next(self._addresses))})


def _status(pod: dict[str, Any], address: str) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if pod["spec"]["restartPolicy"] == "Never":
        return {"phase": "Succeeded", "startTime": now}
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": now} for kind in ("Ready", "ContainersReady")]
    addresses = {"podIP": address, "podIPs": [{"ip": address}]}
    return {"phase": "Running", "startTime": now, "conditions": conditions, **addresses}
