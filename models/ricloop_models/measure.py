"""Which engines give a model's golden answers on this machine, and how long they take."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop.core.model import BUCKETS, Engine, ModelError, Network, Table
from ricloop.core.time import Clock
from ricloop.engine import DEFAULT, make, onnx
from ricloop.engine.choose import verify
from ricloop.store import Artifact, Latency, Percentiles, load, save

ROUNDS = 5
LEAST_RUNS, MOST_RUNS, ROUND_NS = 20, 500, 100_000_000
"""A round ends after so many runs, or so many nanoseconds after the least. The quietest counts: what a busy machine
adds is not the model's."""


@dataclass(frozen=True)
class Draft:
    """A network that is not published yet: what engines are made from."""

    name: str
    onnx: bytes
    golden: tuple[Table, Table]
    tolerance: float


def answering(artifact: Artifact) -> list[str]:
    """The engines of the manifest. Raises ModelError where one of them does not give the golden answers here."""
    for name in artifact.engines or DEFAULT:
        engine = make(name, artifact, (1, 32))
        verify(engine, artifact)
        engine.close()
    return list(artifact.engines or DEFAULT)


def latency(network: Network, engines: Sequence[str], clock: Clock) -> Latency:
    """Times of the engines that give the golden answers here, full batches. Raises ModelError where none does."""
    found, failures = {}, []
    for name in engines:
        try:
            engine = make(name, network, BUCKETS)
            verify(engine, network)
        except ModelError as error:
            failures.append(str(error))
            continue
        found[name] = {bucket: _timed(engine, bucket, clock) for bucket in BUCKETS}
        engine.close()
    if not found:
        raise ModelError(f"model {network.name}: no engine can run it: {'; '.join(failures)}")
    return Latency(host=host_class(), engines=found)


def measured_here(folder: Path, clock: Clock) -> Artifact:
    """The artifact of a folder with this machine's times; all else stays as it is, but that nobody has signed this.

    Raises ConfigError for one of an older schema, which has no times."""
    artifact = load(folder)
    if artifact.scores is None or artifact.latency is None or artifact.engines is None:
        raise ConfigError(f"{folder}: schema 1 has no times; train it anew")
    manifest = artifact.manifest.model_dump(mode="json", by_alias=True)
    for made in ("schema", "files", "checksum", "input_tensor", "output_tensor"):
        del manifest[made]
    return save(
        folder,
        onnx.read(artifact.onnx),
        artifact.golden,
        card=(folder / "card.md").read_bytes(),
        lineage=artifact.lineage,
        scores=artifact.scores,
        calibration=artifact.calibration,
        latency=latency(artifact, artifact.engines, clock),
        about=manifest,
    )


def host_class() -> dict[str, str]:
    """What times depend on: CPU, cores and packages."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line for line in cpuinfo.read_text(errors="replace").splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    packages = {package: installed(package) for package in ("numpy", "onnxruntime")}
    return {"cpu": model, "cores": str(os.cpu_count()), "system": platform.system(), **packages}


def _timed(engine: Engine, bucket: int, clock: Clock) -> Percentiles:
    engine.input(bucket)[:] = 0
    engine.run(bucket, bucket)
    rounds = []
    for _ in range(ROUNDS):
        took: list[int] = []
        # A clock that stands still measures nothing, however often it is asked.
        while len(took) < LEAST_RUNS or (len(took) < MOST_RUNS and 0 < sum(took) < ROUND_NS):
            begin = clock.now()
            engine.run(bucket, bucket)
            took.append(clock.now() - begin)
        rounds.append(took)
    quietest = min(rounds, key=lambda took: float(np.median(took)))
    p50, p99, p999 = (round(float(np.percentile(quietest, percent)) / 1000, 1) for percent in (50, 99, 99.9))
    return Percentiles(p50_us=p50, p99_us=p99, p999_us=p999)
