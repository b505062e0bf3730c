"""Artifacts on disk: everything is bounded and compared with its digest before anything reads it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from pydantic import ValidationError

from ricloop.core.model import ModelError, Table
from ricloop.engine import onnx
from ricloop.engine.graph import Graph
from ricloop.store import documents, legacy, weights
from ricloop.store.artifact import Artifact
from ricloop.store.documents import Calibration, Latency, Lineage, Scores
from ricloop.store.files import MANIFEST, MOST_MANIFEST, SIGNATURE, read, verified
from ricloop.store.manifest import (
    CALIBRATION,
    CARD,
    GOLDEN,
    LATENCY,
    LINEAGE,
    MODEL,
    SCHEMA,
    SCORES,
    WEIGHTS,
    Facts,
    Manifest,
)
from ricloop.store.signature import signature_of
from ricloop.store.trust import ANYONE, Trust

BLANK = "0" * 64


def load(folder: Path, trust: Trust = ANYONE) -> Artifact:
    """The artifact of a folder. Raises ModelError naming the file, what was expected and found, and the way out.

    Refused: a file that is missing, unknown, a link, too large, or of another size or digest than the manifest says; a
    manifest that was changed, with a key that nobody reads, of another schema, or whose columns do not add up; weights
    that are not the network's; a signature of something else, or of somebody whom `trust` does not hold.
    """
    octets = read(folder / MANIFEST, MOST_MANIFEST)
    manifest = _manifest(octets, folder / MANIFEST)
    there = {entry.name for entry in os.scandir(folder)} - {MANIFEST, SIGNATURE}
    for name in sorted(there - set(manifest.files)):
        raise ModelError(f"{folder / name}: the manifest does not list it. Remove it, or take the artifact anew")
    contents = {name: verified(folder / name, entry.size, entry.sha256) for name, entry in manifest.files.items()}
    digest, signature = hashlib.sha256(octets).hexdigest(), signature_of(folder, octets)
    trust.check(signature, digest, folder)
    model, golden = (MODEL, GOLDEN) if isinstance(manifest, Manifest) else (manifest.model, manifest.golden)
    graph = _network(contents[model], manifest, folder / model)
    answers = _golden(folder / golden, contents[golden], manifest)
    if not isinstance(manifest, Manifest):
        lineage, scores = legacy.lineage_of(manifest), legacy.scores_of(manifest)
        return Artifact(folder, manifest, digest, contents[model], answers, lineage, scores, None, signature=signature)
    weights.check(contents[WEIGHTS], graph.constants, folder / WEIGHTS)
    return Artifact(
        folder,
        manifest,
        digest,
        contents[MODEL],
        answers,
        documents.parsed(Lineage, contents[LINEAGE], folder / LINEAGE),
        documents.parsed(Scores, contents[SCORES], folder / SCORES),
        documents.parsed(Latency, contents[LATENCY], folder / LATENCY),
        documents.calibration(contents[CALIBRATION], folder / CALIBRATION),
        signature,
    )


def save(
    folder: Path,
    graph: Graph,
    golden: tuple[Table, Table],
    *,
    card: bytes,
    lineage: Lineage,
    scores: Scores,
    calibration: Calibration,
    latency: Latency,
    about: Mapping[str, Any],
) -> Artifact:
    """Write an artifact and load it again. `about` is the manifest without `schema`, `files`, `checksum` and the
    tensors, which the graph tells.

    The same arguments always give the same octets. Raises ModelError for what is no artifact, before anything is
    written.
    """
    table = io.BytesIO()
    np.lib.format.write_array(table, np.hstack(golden).astype("<f4"), allow_pickle=False)
    every = {
        MODEL: onnx.write(graph),
        WEIGHTS: weights.octets_of(graph.constants),
        GOLDEN: table.getvalue(),
        CARD: card,
        LINEAGE: documents.octets_of(lineage),
        SCORES: documents.octets_of(scores),
        CALIBRATION: documents.octets_of(calibration),
        LATENCY: documents.octets_of(latency),
    }
    octets = _manifest_octets(every, graph, about, folder / MANIFEST)
    documents.calibration(every[CALIBRATION], folder / CALIBRATION)
    folder.mkdir(parents=True, exist_ok=True)
    # Whoever signed what was here did not sign this.
    (folder / SIGNATURE).unlink(missing_ok=True)
    for name, content in every.items():
        (folder / name).write_bytes(content)
    (folder / MANIFEST).write_bytes(octets)
    return load(folder)


def _manifest_octets(every: Mapping[str, bytes], graph: Graph, about: Mapping[str, Any], where: Path) -> bytes:
    entries = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(every.items())
    }
    tensors = {
        "input_tensor": {"name": graph.input, "columns": graph.columns},
        "output_tensor": {"name": graph.output, "columns": graph.outputs},
    }
    try:
        manifest = Manifest.model_validate(
            {"schema": SCHEMA, **about, **tensors, "files": entries, "checksum": BLANK}
        ).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        raise ModelError(f"{where}: {documents.first(error)}") from error
    blank = (json.dumps({**manifest, "checksum": BLANK}, indent=1, allow_nan=False) + "\n").encode()
    checksum = hashlib.sha256(blank).hexdigest()
    return (json.dumps({**manifest, "checksum": checksum}, indent=1, allow_nan=False) + "\n").encode()


def _manifest(octets: bytes, path: Path) -> Manifest | legacy.ManifestOne:
    try:
        manifest = (legacy.ManifestOne if _schema(octets) == 1 else Manifest).model_validate_json(octets)
    except ValidationError as error:
        raise ModelError(f"{path}: {documents.first(error)}. Take the artifact anew from where it came") from error
    if isinstance(manifest, Manifest):
        found = hashlib.sha256(octets.replace(manifest.checksum.encode(), BLANK.encode())).hexdigest()
        if found != manifest.checksum:
            raise ModelError(f"{path}: checksum {manifest.checksum} expected, {found} found. Take the artifact anew")
    return manifest


def _schema(octets: bytes) -> object:
    try:
        found = orjson.loads(octets)
    except orjson.JSONDecodeError:
        return None
    return found.get("schema") if isinstance(found, dict) else None


def _network(octets: bytes, manifest: Facts, path: Path) -> Graph:
    """The graph, where it takes and gives what the manifest says."""
    graph = onnx.read(octets, manifest.name)
    for what, tensor, name, columns in (
        ("input", manifest.input_tensor, graph.input, graph.columns),
        ("output", manifest.output_tensor, graph.output, graph.outputs),
    ):
        if (tensor.name, tensor.columns) != (name, columns):
            raise ModelError(
                f"{path}: the {what} is {name!r} of {columns} columns, the manifest's {tensor.name!r} of "
                f"{tensor.columns}. Take the artifact anew"
            )
    return graph


def _golden(path: Path, octets: bytes, manifest: Facts) -> tuple[Table, Table]:
    asked, said = manifest.input_tensor.columns, manifest.output_tensor.columns
    try:
        table = np.load(io.BytesIO(octets), allow_pickle=False)
    except (ValueError, EOFError, MemoryError, SyntaxError) as error:
        raise ModelError(f"{path}: no table that numpy reads: {error}") from error
    if table.dtype != np.float32 or table.ndim != 2 or table.shape[1] != asked + said or not len(table):
        raise ModelError(
            f"{path}: float32 of shape [cases, {asked + said}] expected, {table.dtype} {list(table.shape)} found"
        )
    if not np.isfinite(table[:, asked:]).all():
        raise ModelError(f"{path}: an answer is not finite. Train the model anew")
    return np.ascontiguousarray(table[:, :asked]), np.ascontiguousarray(table[:, asked:])
