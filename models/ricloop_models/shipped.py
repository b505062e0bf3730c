"""The artifacts that this package brings, by the entry points of the group `ricloop.models`."""

from __future__ import annotations

from pathlib import Path

ARTIFACTS = Path(__file__).parent / "artifacts"


def traffic_forecast_mlp() -> Path:
    """Folder of the artifact `traffic-forecast-mlp`."""
    return ARTIFACTS / "traffic-forecast-mlp"


def anomaly_ae() -> Path:
    """Folder of the artifact `anomaly-ae`."""
    return ARTIFACTS / "anomaly-ae"
