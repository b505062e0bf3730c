"""The artifacts that this package brings, by the entry points of the group `ricloop.models`, and their pins."""

from __future__ import annotations

import json
from pathlib import Path

from ricloop.store import Shipped, load
from ricloop.store.files import replace

ARTIFACTS = Path(__file__).parent / "artifacts"
PINNED = Path(__file__).parent / "pins.json"
PINS: dict[str, str] = json.loads(PINNED.read_bytes())
"""By name: sha256 of the manifest. Another artifact in its place is refused."""


def traffic_forecast_mlp() -> Shipped:
    """The artifact `traffic-forecast-mlp`."""
    return _shipped("traffic-forecast-mlp")


def anomaly_ae() -> Shipped:
    """The artifact `anomaly-ae`."""
    return _shipped("anomaly-ae")


def anomaly_pca() -> Shipped:
    """The artifact `anomaly-pca`."""
    return _shipped("anomaly-pca")


def pin(name: str) -> str:
    """Pin what lies in the folder of a shipped artifact now, after it was trained anew. Returns the digest.

    Raises ModelError for what is no artifact."""
    digest = load(ARTIFACTS / name).digest
    replace(
        PINNED,
        (json.dumps({**json.loads(PINNED.read_bytes()), name: digest}, indent=1, sort_keys=True) + "\n").encode(),
    )
    return digest


def _shipped(name: str) -> Shipped:
    # Without a pin there is no such artifact: the digest of none.
    return Shipped(ARTIFACTS / name, PINS.get(name, ""))
