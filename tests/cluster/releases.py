"""Releases of Helm in one namespace of the API server, each removed when its test ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.charts.helm import Refused, helm_python
from tests.cluster.server import Server

PATIENCE_S = 60


class Releases:
    """What `helm install`, `upgrade`, `rollback`, `test` and `uninstall` do."""

    def __init__(self, server: Server, namespace: str) -> None:
        self._helm = helm_python.Config(kubeconfig_content=server.kubeconfig(), namespace=namespace)
        self._namespace = namespace
        self._options = {"namespace": namespace, "timeout": PATIENCE_S, "wait": "watcher" if server.controls else None}

    def try_out(self, chart: Path, name: str, values: Mapping[str, Any]) -> None:
        """`helm install --dry-run=server`: the API server judges every object and keeps none. Raises `Refused`."""
        with _refusals():
            self._helm.install(chart, name, dict(values), namespace=self._namespace, dry_run="server")

    def install(self, chart: Path, name: str, values: Mapping[str, Any] | None = None) -> None:
        """And wait until its pods are ready. Raises `Refused`."""
        with _refusals():
            self._helm.install(chart, name, dict(values or {}), **self._options)

    def upgrade(self, chart: Path, name: str, values: Mapping[str, Any]) -> None:
        with _refusals():
            self._helm.upgrade(chart, name, dict(values), **self._options)

    def roll_back(self, name: str) -> None:
        self._helm.rollback(name, timeout=PATIENCE_S, wait=self._options["wait"])

    def test(self, name: str) -> None:
        self._helm.test(name, timeout=PATIENCE_S)

    def uninstall(self, name: str) -> None:
        self._helm.uninstall(name, timeout=PATIENCE_S, wait=self._options["wait"])

    def history(self, name: str) -> list[tuple[int, str]]:
        """Revisions and what became of each."""
        return sorted((one["revision"], one["status"]) for one in self._helm.history(name))

    def names(self) -> list[str]:
        return [one["name"] for one in self._helm.list()]

    def close(self) -> None:
        for name in self.names():
            self.uninstall(name)
        self._helm.close()


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except helm_python.HelmError as no:
        raise Refused(str(no)) from None
