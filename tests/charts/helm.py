"""Helm for the tests: the one module that knows `helm_python`, so that another binding would change nothing else.

`Chart.render` of that library knows neither a Kubernetes version nor the kinds a cluster has, so the call below it is
used; and Helm's own checks of an archive's signature, its pushes and its releases are here under names of our own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.documents import Document, documents_of

helm_python = pytest.importorskip("helm_python", reason="Helm is absent: pip install 'ricloop[charts]' (Linux, x86-64)")

ROOT = Path(__file__).parents[2]
HELM = ROOT / "helm"
NAMESPACE = "ricxapp"
WARNING = 2
"""Severity of a lint finding from which on it fails; 1 is advice."""

Values = Mapping[str, Any]


class Refused(Exception):
    """The chart, or Helm, said no; the text is what an operator reads."""


def render(
    folder: Path,
    values: Values | None = None,
    *,
    release: str = "demo",
    namespace: str = NAMESPACE,
    kubernetes: str = "1.31.0",
    apis: Collection[str] = (),
) -> dict[str, str]:
    """The text of each template for these values, hooks and notes included; `apis`: API groups of operators.

    Raises `Refused` where the values' schema or a template says no.
    """
    options = {"name": release, "namespace": namespace, "kube_version": kubernetes, "api_versions": list(apis)}
    try:
        # Loaded anew each time: a chart within that is turned off by a value is taken out of what was loaded, for good.
        with helm_python.Chart.load(folder) as chart:
            text = helm_python._native.call_string(
                "helm_render", chart._raw(), json.dumps(values or {}), json.dumps(options)
            )
    except (helm_python.HelmRenderError, helm_python.HelmValuesError) as no:
        raise Refused(str(no)) from None
    rendered: dict[str, str] = json.loads(text)
    return rendered


def documents(folder: Path, values: Values | None = None, **options: Any) -> list[Document]:
    """What `render` gives as objects for the API server, each one's template in its `source`."""
    texts = render(folder, values, **options)
    return [document for name, text in texts.items() if name.endswith(".yaml") for document in documents_of(text, name)]


def notes(folder: Path, values: Values | None = None, **options: Any) -> str:
    """What `helm install` prints at its end."""
    texts = render(folder, values, **options)
    return texts[f"{folder.name}/templates/NOTES.txt"]


def default_values(folder: Path) -> dict[str, Any]:
    """The chart's own values; those of charts within it are not among them."""
    values: dict[str, Any] = yaml.safe_load((folder / "values.yaml").read_text())
    return values


def lint(folder: Path, values: Values | None = None) -> list[str]:
    """Findings of a strict lint that are warnings or worse."""
    report = helm_python.lint(folder, dict(values or {}), strict=True, namespace=NAMESPACE)
    return [f"{found['path']}: {found['error']}" for found in report["messages"] if found["severity"] >= WARNING]


def package(folder: Path, into: Path) -> Path:
    """The chart's archive, libraries included."""
    return Path(helm_python.package(folder, destination=into))


def sign(archive: Path, key: str, ring: Path) -> Path:
    """The proof beside an archive, signed with the key that is called so in a ring of secret keys."""
    return Path(helm_python.sign(archive, key=key, keyring=ring))


def verify(archive: Path, ring: Path) -> str:
    """Who signed it, of a ring of public keys. Raises `Refused` where nobody of them did, or the archive is another."""
    try:
        return " ".join(helm_python.verify(archive, ring)["signed_by"])
    except helm_python.HelmError as no:
        raise Refused(str(no)) from None


def push(archive: Path, where: str) -> None:
    """Into a registry of this machine, over HTTP."""
    helm_python.push(archive, where, plain_http=True)


def pull(what: str, version: str, into: Path) -> Path:
    """The archive of a chart from such a registry."""
    into.mkdir()
    helm_python.pull(what, version=version, destination=into, plain_http=True)
    (archive,) = into.glob("*.tgz")
    return archive


def tags(what: str) -> list[str]:
    """Versions of a chart in such a registry."""
    with helm_python.RegistryClient(plain_http=True) as client:
        found: list[str] = client.tags(what)
        return found
