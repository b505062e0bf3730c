"""What every chart is tried with: its own values and each file of its `ci/`, on three versions of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts import helm
from tests.charts.documents import Document

KUBERNETES = ("1.25.0", "1.31.0", "1.37.0")
OPERATORS = ("monitoring.coreos.com/v1", "keda.sh/v1alpha1", "cert-manager.io/v1")
"""API groups that a cluster has only where somebody installed them."""

LIBRARY = "xapp-common"
CHARTS = sorted(path.parent for path in helm.HELM.glob("*/Chart.yaml") if path.parent.name != LIBRARY)
XAPPS = [folder for folder in CHARTS if (folder / "files" / "config-file.json").exists()]


@dataclass(frozen=True)
class Case:
    """A chart with values for it."""

    folder: Path
    file: Path | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {} if self.file is None else yaml.safe_load(self.file.read_text()) or {}

    @property
    def since(self) -> tuple[int, int]:
        """The Kubernetes version that the file says it needs in its first line: `# Kubernetes 1.33: …`."""
        said = self.file and re.match(r"# Kubernetes (\d+)\.(\d+)", self.file.read_text())
        return (int(said[1]), int(said[2])) if said else (0, 0)

    def documents(self, **options: Any) -> list[Document]:
        """All that it renders to, where there are all the operators and the newest Kubernetes unless told otherwise."""
        return list(_rendered(self, **{"kubernetes": KUBERNETES[-1], "apis": OPERATORS, **options}))

    def __str__(self) -> str:
        return (
            self.folder.name
            if self.file is None
            else f"{self.folder.name}-{self.file.name.removesuffix('-values.yaml')}"
        )


@lru_cache(maxsize=512)
def _rendered(case: Case, **options: Any) -> tuple[Document, ...]:
    return tuple(helm.documents(case.folder, case.values, **options))


def cases() -> Iterator[Case]:
    for folder in CHARTS:
        yield Case(folder)
        for file in sorted((folder / "ci").glob("*-values.yaml")):
            yield Case(folder, file)


every_case = pytest.mark.parametrize("case", list(cases()), ids=str)
every_chart = pytest.mark.parametrize("chart", CHARTS, ids=lambda folder: folder.name)
every_xapp = pytest.mark.parametrize("chart", XAPPS, ids=lambda folder: folder.name)


def version(kubernetes: str) -> tuple[int, int]:
    major, minor = kubernetes.split(".")[:2]
    return int(major), int(minor)
