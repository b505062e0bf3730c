"""Model artifacts: a folder of an ONNX file, golden answers and a manifest with the digest of everything. No pickle."""

from __future__ import annotations

from ricloop.store.artifact import Artifact, said_by
from ricloop.store.find import find, shipped
from ricloop.store.folder import load, save
from ricloop.store.manifest import AnomaliesSpec, ForecastSpec, Lineage, Manifest, Tensor, WindowSpec

__all__ = [
    "AnomaliesSpec",
    "Artifact",
    "ForecastSpec",
    "Lineage",
    "Manifest",
    "Tensor",
    "WindowSpec",
    "find",
    "load",
    "said_by",
    "save",
    "shipped",
]
