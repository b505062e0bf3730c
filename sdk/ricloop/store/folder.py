"""Artifacts on disk: everything is bounded and compared with its digest before anything reads it."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from ricloop.core.model import ModelError, Table
from ricloop.store.artifact import Artifact
from ricloop.store.manifest import SCHEMA, Manifest

MANIFEST = "manifest.json"
MOST_MANIFEST, MOST_FILE = 1 << 20, 64 << 20
"""Octets."""


def load(folder: Path) -> Artifact:
    """The artifact of a folder. Raises ModelError naming the file, what was expected and found, and the way out.

    Refused: a file that is missing, unknown, a link, too large, or of another size or digest than the manifest says;
    a manifest with a key that nobody reads, of another schema, or whose columns do not add up.
    """
    octets = _read(folder / MANIFEST, MOST_MANIFEST)
    try:
        manifest = Manifest.model_validate_json(octets)
    except ValidationError as error:
        raise ModelError(f"{folder / MANIFEST}: {_first(error)}. Take the artifact anew from where it came") from error
    there = {entry.name for entry in os.scandir(folder)} - {MANIFEST}
    for name in sorted(there - set(manifest.files)):
        raise ModelError(f"{folder / name}: the manifest does not list it. Remove it, or take the artifact anew")
    files = {name: _verified(folder, manifest, name) for name in manifest.files}
    golden = _golden(folder / manifest.golden, files[manifest.golden], manifest)
    return Artifact(folder, manifest, hashlib.sha256(octets).hexdigest(), files[manifest.model], golden)


def save(folder: Path, files: Mapping[str, bytes], golden: tuple[Table, Table], about: Mapping[str, Any]) -> Artifact:
    """Write an artifact and load it again. `about` is the manifest without `files`; `files` has no golden answers.

    The same arguments always give the same octets. Raises ModelError for what is no artifact, before anything is
    written.
    """
    table = io.BytesIO()
    np.lib.format.write_array(table, np.hstack(golden).astype("<f4"), allow_pickle=False)
    every = {**files, about.get("golden", "golden.npy"): table.getvalue()}
    entries = {
        name: {"sha256": hashlib.sha256(octets).hexdigest(), "size": len(octets)}
        for name, octets in sorted(every.items())
    }
    try:
        manifest = Manifest.model_validate({"schema": SCHEMA, **about, "files": entries})
    except ValidationError as error:
        raise ModelError(f"{folder / MANIFEST}: {_first(error)}") from error
    folder.mkdir(parents=True, exist_ok=True)
    for name, octets in every.items():
        (folder / name).write_bytes(octets)
    (folder / MANIFEST).write_text(manifest.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")
    return load(folder)


def _verified(folder: Path, manifest: Manifest, name: str) -> bytes:
    entry, path = manifest.files[name], folder / name
    octets = _read(path, MOST_FILE)
    if len(octets) != entry.size:
        raise ModelError(f"{path}: {entry.size} octets expected, {len(octets)} found. Take the artifact anew")
    found = hashlib.sha256(octets).hexdigest()
    if found != entry.sha256:
        raise ModelError(f"{path}: sha256 {entry.sha256} expected, {found} found. Take the artifact anew")
    return octets


def _read(path: Path, most: int) -> bytes:
    """The octets of an ordinary file of at most so many."""
    try:
        # A link could name any file, and a pipe would be waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise ModelError(f"{path}: {_why(error)}. A model is a folder with {MANIFEST} and what it lists") from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ModelError(f"{path}: an ordinary file is expected")
        octets = file.read(most + 1)
    if len(octets) > most:
        raise ModelError(f"{path}: more than {most} octets, which no model of ours needs")
    return octets


def _why(error: OSError) -> str:
    return "a link is not followed" if os.path.islink(error.filename) else str(error.strerror)


def _golden(path: Path, octets: bytes, manifest: Manifest) -> tuple[Table, Table]:
    asked, said = manifest.input_tensor.columns, manifest.output_tensor.columns
    try:
        table = np.load(io.BytesIO(octets), allow_pickle=False)
    except (ValueError, EOFError, MemoryError, SyntaxError) as error:
        raise ModelError(f"{path}: no table that numpy reads: {error}") from error
    if table.dtype != np.float32 or table.ndim != 2 or table.shape[1] != asked + said or not len(table):
        raise ModelError(
            f"{path}: float32 of shape [cases, {asked + said}] expected, {table.dtype} {list(table.shape)} found"
        )
    return np.ascontiguousarray(table[:, :asked]), np.ascontiguousarray(table[:, asked:])


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, with its place."""
    found = error.errors(include_url=False)[0]
    where = ".".join(map(str, found["loc"]))
    return f"{where}: {found['msg']}" if where else str(found["msg"])
