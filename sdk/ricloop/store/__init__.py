"""Model artifacts: a folder of an ONNX file, what proves it and where it comes from. No pickle."""

from __future__ import annotations

from ricloop.store.artifact import Artifact, said_by
from ricloop.store.documents import Calibration, Latency, Lineage, Percentiles, Scores
from ricloop.store.find import Shipped, find, shipped
from ricloop.store.folder import load, save
from ricloop.store.gates import Evidence, read_evidence
from ricloop.store.manifest import AnomaliesSpec, Facts, ForecastSpec, Manifest, Tensor, WindowSpec
from ricloop.store.registry import Pointer, Registry
from ricloop.store.signature import Signature, make_key, sign
from ricloop.store.trust import ANYONE, Trust, TrustedKey, read_trust

__all__ = [
    "ANYONE",
    "AnomaliesSpec",
    "Artifact",
    "Calibration",
    "Evidence",
    "Facts",
    "ForecastSpec",
    "Latency",
    "Lineage",
    "Manifest",
    "Percentiles",
    "Pointer",
    "Registry",
    "Scores",
    "Shipped",
    "Signature",
    "Tensor",
    "Trust",
    "TrustedKey",
    "WindowSpec",
    "find",
    "load",
    "make_key",
    "read_evidence",
    "read_trust",
    "said_by",
    "save",
    "shipped",
    "sign",
]
