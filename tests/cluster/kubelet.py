"""What stands in for a kubelet: it binds every pod to a node that is not there and says that it runs, or has ended."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from kubernetes.client import CoreV1Api
from kubernetes.client.exceptions import ApiException

from tests.cluster.server import Server

NODE = "here"
EVERY_S = 0.05


class Kubelet:
    """A thread that looks at all pods twenty times a second."""

    def __init__(self, server: Server) -> None:
        self._api = CoreV1Api(server.client())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kubelet", daemon=True)

    def __enter__(self) -> Kubelet:
        self._api.create_node({"metadata": {"name": NODE}})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            for pod in self._api.list_pod_for_all_namespaces().items:
                try:
                    self._look_after(pod)
                except ApiException as error:
                    if error.status not in (404, 409):  # it went away, or somebody else changed it: the next look
                        raise

    def _look_after(self, pod: Any) -> None:
        name, namespace = pod.metadata.name, pod.metadata.namespace
        if pod.metadata.deletion_timestamp:
            self._api.delete_namespaced_pod(name, namespace, grace_period_seconds=0)
        elif not pod.spec.node_name:
            target = {"metadata": {"name": name}, "target": {"kind": "Node", "name": NODE, "apiVersion": "v1"}}
            self._api.create_namespaced_pod_binding(name, namespace, target, _preload_content=False)
        elif pod.status.phase == "Pending":
            self._api.patch_namespaced_pod_status(name, namespace, {"status": _status(pod)})


def _status(pod: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if pod.spec.restart_policy == "Never":
        return {"phase": "Succeeded", "startTime": now}
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": now} for kind in ("Ready", "ContainersReady")]
    return {"phase": "Running", "startTime": now, "conditions": conditions}
