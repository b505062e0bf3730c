"""An artifact is read only where everything in it is what its manifest says."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from ricloop import store
from ricloop.core.model import ModelError, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.store import files
from ricloop.testing.model import check_model
from tests.engine.networks import COLUMNS, Made, made

CELLS = np.array([11, 22, 33], dtype=np.uint64)


def about(**changes: Any) -> dict[str, Any]:
    """The manifest of `tests.engine.networks.made`, as a forecaster."""
    return {
        "name": "small-one",
        "version": "1.0.0",
        "window": {"metrics": ["RRU.PrbTotDl"], "length": COLUMNS - 2, "calendar": 2, "period_ms": 100},
        "output": {"kind": "forecast", "metric": "RRU.PrbTotDl", "horizons": 1, "quantiles": [0.1, 0.5, 0.9]},
        "parameters": 1,
        **changes,
    }


def saved(
    folder: Path,
    network: Made | None = None,
    *,
    headline: float = 1.0,
    calibration: store.Calibration | None = None,
    **changes: Any,
) -> store.Artifact:
    """`network`, else `made`, as an artifact. `headline`: its mean absolute error, where last value's is 2."""
    chosen = network or made()
    return store.save(
        folder,
        chosen.graph,
        chosen.golden,
        card=b"# Small\n",
        lineage=store.Lineage(
            source="single", seeds={"held_out": (3,)}, settings={}, code="none", data_sha256="0" * 64, packages={}
        ),
        scores=store.Scores(
            protocol="mae: percent",
            model="this model",
            headline="mae",
            baselines=("last value",),
            scores={"this model": {"mae": headline}, "last value": {"mae": 2.0}},
            tolerance={"mae": 0.05},
        ),
        calibration=calibration or {"scaling": {"median": [1.5]}},
        latency=store.Latency(host={"cpu": "any"}, engines={}),
        about=about(**changes),
    )


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return saved(tmp_path / "small-one").folder


def test_what_was_saved_is_loaded(kept: Path) -> None:
    artifact, network = store.load(kept), made()
    assert artifact.onnx == network.onnx
    np.testing.assert_array_equal(artifact.golden[0], network.golden[0])
    np.testing.assert_array_equal(artifact.golden[1], network.golden[1])
    assert artifact.window == Window(("RRU.PrbTotDl",), COLUMNS - 2, 2)
    digest = hashlib.sha256((kept / "manifest.json").read_bytes()).hexdigest()
    assert artifact.version == f"small-one@1.0.0+{digest[:12]}"
    assert artifact.calibration == {"scaling": {"median": [1.5]}}
    assert artifact.scores is not None
    assert artifact.scores.own == {"mae": 1.0}
    assert artifact.engines == ("onnxruntime", "numpy")


def test_the_same_artifact_is_the_same_octets(kept: Path, tmp_path: Path) -> None:
    assert saved(tmp_path / "again").digest == store.load(kept).digest


def resum(kept: Path, manifest: dict[str, Any]) -> None:
    """The manifest with a checksum that is right again."""
    blank = json.dumps({**manifest, "checksum": "0" * 64})
    digest = hashlib.sha256(blank.encode()).hexdigest()
    (kept / "manifest.json").write_text(json.dumps({**manifest, "checksum": digest}))


def edit(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def work(kept: Path) -> None:
        manifest = json.loads((kept / "manifest.json").read_text())
        change(manifest)
        resum(kept, manifest)

    return work


def flip(name: str) -> Callable[[Path], None]:
    def work(kept: Path) -> None:
        octets = bytearray((kept / name).read_bytes())
        octets[-1] ^= 1
        (kept / name).write_bytes(octets)

    return work


def flip_digit(path: Path, old: bytes, new: bytes) -> None:
    """In place, nothing else."""
    octets = path.read_bytes()
    assert octets.count(old) == 1
    path.write_bytes(octets.replace(old, new))


def link(kept: Path) -> None:
    (kept / "model.onnx").rename(kept.parent / "elsewhere.onnx")
    (kept / "model.onnx").symlink_to(kept.parent / "elsewhere.onnx")


def pipe(kept: Path) -> None:
    (kept / "card.md").unlink()
    os.mkfifo(kept / "card.md")


def other(name: str, octets: bytes) -> Callable[[Path], None]:
    """Another file of this name, with its digest in the manifest."""

    def work(kept: Path) -> None:
        (kept / name).write_bytes(octets)
        entry = {"sha256": hashlib.sha256(octets).hexdigest(), "size": len(octets)}
        edit(lambda m: m["files"].update({name: entry}))(kept)

    return work


def golden(table: Any, *, trust: bool = False) -> Callable[[Path], None]:
    file = io.BytesIO()
    np.save(file, table, allow_pickle=trust)
    return other("golden.npy", file.getvalue())


def heavier(**changes: Any) -> bytes:
    """Weights in which some constants differ from the network's."""
    return safetensors.numpy.save({**{k: np.array(v, order="C") for k, v in made().graph.constants.items()}, **changes})


GOOD_ANSWERS = np.hstack(made().golden)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (flip("model.onnx"), r"model.onnx: sha256 [0-9a-f]{64} expected, [0-9a-f]{64} found. Take"),
        (flip("golden.npy"), "golden.npy: sha256"),
        (flip("card.md"), "card.md: sha256"),
        (lambda kept: (kept / "card.md").write_bytes(b"#"), "card.md: 8 octets expected, 1 found"),
        (lambda kept: (kept / "model.onnx").unlink(), "model.onnx: No such file"),
        (lambda kept: (kept / "manifest.json").unlink(), "a folder with manifest.json"),
        (lambda kept: (kept / "weights.pkl").write_bytes(b""), "weights.pkl: the manifest does not list it"),
        (lambda kept: (kept / "manifest.json").write_bytes(b"{"), "manifest.json: Invalid JSON"),
        (lambda kept: (kept / "manifest.json").write_bytes(b" " * (1 << 20) + b"{}"), "more than 1048576 octets"),
        (link, "model.onnx: a link is not followed"),
        (pipe, "card.md: an ordinary file"),
        (edit(lambda m: m.update(schema=3)), "schema: Input should be 2"),
        (edit(lambda m: m.pop("schema")), "schema: Field required"),
        (
            lambda kept: flip_digit(kept / "manifest.json", b'"parameters": 1', b'"parameters": 2'),
            "checksum .* expected",
        ),
        (edit(lambda m: m.update(weights="x")), "weights: Extra inputs"),
        (edit(lambda m: m["window"].update(lenght=3)), "window.lenght: Extra inputs"),
        (edit(lambda m: m["window"].update(length=5)), "the input has 12 columns, its description 7"),
        (edit(lambda m: m["output"].update(quantiles=[0.1, 0.9, 0.5])), "quantiles ascend"),
        (edit(lambda m: m["files"].update({"../x": {"sha256": "0" * 64, "size": 0}})), "should match pattern"),
        (edit(lambda m: m["files"].update({"more.onnx": {"sha256": "0" * 64, "size": 0}})), "more.onnx, which is no"),
        (edit(lambda m: m["files"].pop("model.onnx")), "files does not list model.onnx"),
        (golden(np.zeros((4, 4), np.float32)), r"\[cases, 15\] expected, float32 \[4, 4\] found"),
        (golden(np.zeros((4, 15))), "float64"),
        (golden(np.array([{}], dtype=object), trust=True), "no table that numpy reads: .*allow_pickle"),
        (golden(np.where(GOOD_ANSWERS[5, -1] == GOOD_ANSWERS, np.float32("inf"), GOOD_ANSWERS)), "is not finite"),
        (other("model.safetensors", heavier(b1=made().graph.constants["b1"] + 1)), "b1 is not what the network has"),
        (other("model.safetensors", heavier(b1=made().graph.constants["b1"].astype("f8"))), "b1 is not what"),
        (other("model.safetensors", heavier(b9=np.float32([1]))), "b9 is in this file alone"),
        (other("model.safetensors", b"\x80\x04N."), "no safetensors file"),
        (other("calibration.json", b'{"a": [[1, Infinity]]}'), "no JSON"),
        (other("calibration.json", b'{"a": ' + b"[" * 9 + b"]" * 9 + b"}"), "nested deeper than 8"),
        (other("calibration.json", b"[" * 100_000), "no JSON"),
        (other("calibration.json", b"[]"), "a table is expected, not list"),
        (other("eval.json", b"{}"), "eval.json: protocol: Field required"),
        (other("lineage.json", b'{"who": 1}'), "lineage.json: source: Field required"),
        (edit(lambda m: m["input_tensor"].update(name="window")), "the input is 'table' of 12 columns, the manifest's"),
    ],
)
def test_what_is_not_as_the_manifest_says_is_refused(kept: Path, damage: Callable[[Path], Any], says: str) -> None:
    damage(kept)
    with pytest.raises(ModelError, match=says):
        store.load(kept)


def test_a_file_beyond_the_bound_is_not_read_whole(kept: Path) -> None:
    with (kept / "card.md").open("r+b") as file:
        file.truncate(files.MOST_FILE + 1)
    with pytest.raises(ModelError, match=f"more than {files.MOST_FILE} octets"):
        store.load(kept)


def test_an_artifact_that_would_not_load_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the input has 12 columns, its description 4"):
        saved(tmp_path / "x", window={"metrics": ["A"], "length": 4, "period_ms": 100})
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32(1), {1, 2}])
def test_a_calibration_that_json_does_not_have_is_not_written(value: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a calibration is JSON with finite numbers"):
        saved(tmp_path / "x", calibration={"median": value})
    assert not (tmp_path / "x").exists()


def test_a_model_is_found_in_a_folder_by_name(kept: Path) -> None:
    assert store.find("small-one", kept.parent).folder == kept
    with pytest.raises(ModelError, match=r"does not hold a model 'smal-one'\. Did you mean 'small-one'\?"):
        store.find("smal-one", kept.parent)
    kept.rename(kept.parent / "renamed")
    with pytest.raises(ModelError, match="called 'small-one', not 'renamed'"):
        store.find("renamed", kept.parent)


def test_answers_become_a_forecast(kept: Path) -> None:
    artifact = store.load(kept)
    output = np.float32([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    said = artifact.prediction(output, CELLS)
    output[:] = 0
    assert isinstance(said, Forecast)
    assert said.metric == "RRU.PrbTotDl"
    assert said.at(1, 0.9).tolist() == [3, 6, 9]
    with pytest.raises(ModelError, match="for 2 cells"):
        artifact.prediction(output, CELLS[:2])


def test_quantiles_come_one_after_the_other(tmp_path: Path) -> None:
    output = {"kind": "forecast", "metric": "RRU.PrbTotDl", "horizons": 3, "quantiles": [0.5]}
    artifact = saved(tmp_path / "x", output=output)
    said = artifact.prediction(np.float32([[1, 2, 3]]), CELLS[:1])
    assert isinstance(said, Forecast)
    assert [float(said.at(horizon)[0]) for horizon in (1, 2, 3)] == [1, 2, 3]


def test_answers_become_anomalies(tmp_path: Path) -> None:
    window = {"metrics": ["A", "B"], "length": COLUMNS // 2, "period_ms": 100}
    output = {"kind": "anomalies", "threshold": 2.5}
    artifact = saved(tmp_path / "x", window=window, output=output)
    said = artifact.prediction(np.float32([[1, 0, 2], [3, 5, 1], [2.5, 2, 3]]), CELLS)
    assert isinstance(said, Anomalies)
    assert said.unusual.tolist() == [False, True, False]
    assert said.residuals[1].tolist() == [5, 1]
    assert said.metrics == ("A", "B")


def test_an_artifact_of_the_schema_before_is_read() -> None:
    """It was written by the code of that time."""
    artifact = store.load(Path(__file__).parent / "schema1" / "anomaly-ae")
    assert artifact.version == "anomaly-ae@1.0.0+d69d3761e009"
    assert artifact.lineage.seeds["validation"] == tuple(range(1048, 1060))
    assert artifact.scores is not None
    assert (artifact.scores.model, artifact.scores.headline) == ("this model", "auc-pr")
    assert artifact.scores.own["auc-pr"] == 0.2003
    assert (artifact.calibration, artifact.latency, artifact.engines) == ({}, None, None)
    check_model(artifact)
