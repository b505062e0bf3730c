"""A model as it was loaded: verified, and able to say what its numbers mean."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ricloop.core.ids import Cells
from ricloop.core.model import ModelError, Table, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.store.documents import Calibration, Latency, Lineage, Scores
from ricloop.store.manifest import LATENCY, AnomaliesSpec, Facts, ForecastSpec, Manifest
from ricloop.store.signature import Signature


@dataclass(frozen=True, eq=False)
class Artifact:
    """What `store.load` found. It is a `core.model.Network`: engines are made from it."""

    folder: Path
    manifest: Facts
    digest: str
    """sha256 of the manifest, and so of everything that it names."""
    onnx: bytes
    golden: tuple[Table, Table]
    lineage: Lineage
    scores: Scores | None
    """None: nobody scored it."""
    latency: Latency | None
    """None: nobody measured it (schema 1)."""
    calibration: Calibration = field(default_factory=dict)
    signature: Signature | None = None
    """Its octets are what was signed; whether the signer is one to trust, `Trust` says."""

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def tolerance(self) -> float:
        return self.manifest.tolerance

    @property
    def engines(self) -> tuple[str, ...] | None:
        """Those that may run it; None: whichever is there."""
        return self.manifest.engines if isinstance(self.manifest, Manifest) else None

    @property
    def version(self) -> str:
        """As `anomaly-ae@1.0.0+` and the first twelve digits of the digest."""
        return f"{self.name}@{self.manifest.version}+{self.digest[:12]}"

    @property
    def content(self) -> str:
        """sha256 of all that the training's seed decides: the manifest without the times that were measured. Two runs
        of one seed with the same packages on one kind of processor have the same."""
        facts = self.manifest.model_dump(mode="json", exclude={"checksum"})
        facts["files"].pop(LATENCY, None)
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    @property
    def window(self) -> Window:
        return self.manifest.window.window()

    def prediction(self, output: Table, cells: Cells) -> Forecast | Anomalies:
        """What the network's answers say of these cells, shape [cells, outputs]. The numbers are copied: an engine's
        answer is good only until its next run. Raises ModelError where they do not fit."""
        manifest, output_columns = self.manifest, self.manifest.output_tensor.columns
        if output.shape != (len(cells), output_columns):
            raise ModelError(
                f"model {self.name} answers {[len(cells), output_columns]} for {len(cells)} cells, "
                f"not {list(output.shape)}"
            )
        return said_by(manifest.output, manifest.window.metrics, output, cells)


def said_by(
    said: ForecastSpec | AnomaliesSpec, metrics: tuple[str, ...], output: Table, cells: Cells
) -> Forecast | Anomalies:
    """What a table says, shape [cells, outputs], by what its columns mean. The numbers are copied."""
    if isinstance(said, ForecastSpec):
        cube = output.reshape(len(cells), len(said.quantiles), said.horizons)
        values = np.array(cube.transpose(0, 2, 1), order="C")
        return Forecast(cells=cells, metric=said.metric, quantiles=said.quantiles, values=values)
    return Anomalies(
        cells=cells,
        scores=output[:, 0].copy(),
        threshold=said.threshold,
        metrics=metrics,
        residuals=output[:, 1:].copy(),
    )
