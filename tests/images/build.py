"""Builds the Dockerfile's targets, and says how large each image is."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.images import sources
from tests.images.tools import ROOT, Failed, call

LIMITS_MB = {"ric": 450, "xapp": 450, "e2sim": 250, "xapp-gpu": None}
"""Of each target, the size in 10^6 octets that all of its layers, unpacked, must not exceed. With torch: any."""


@dataclass(frozen=True)
class Built:
    """An image in this machine's store."""

    target: str
    name: str
    seconds: float
    size: int
    """Octets of all layers, unpacked."""
    packed: int
    """Octets of all layers as a registry keeps them, with gzip."""
    layers: int
    config: dict[str, Any]
    """The `config` of OCI's image configuration: User, Entrypoint, Labels …"""

    @property
    def fits(self) -> bool:
        limit = LIMITS_MB[self.target]
        return limit is None or self.size <= limit * 1_000_000


def version() -> str:
    """The project's, which is the images' tag."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


@cache
def revision() -> str:
    """The commit of the working tree when it was first asked for, or `unknown` outside a repository."""
    told = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True)
    return told.stdout.strip() or "unknown"


def _labels() -> list[str]:
    """buildah 1.28 takes a LABEL out of its cache although the build argument in it has another value now."""
    told = {"version": version(), "revision": revision()}
    return [word for key, value in told.items() for word in ("--label", f"org.opencontainers.image.{key}={value}")]


@contextmanager
def context() -> Iterator[Path]:
    """The files that a build sees, as they are now: all targets are built of the same, whatever is edited meanwhile."""
    listed = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    with tempfile.TemporaryDirectory(prefix="ricloop-context-") as folder:
        for name in ("Dockerfile", ".dockerignore", *(line[1:] for line in listed)):
            source, copy = ROOT / name, Path(folder) / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy2(source, copy)
        yield Path(folder)


def build(target: str, base: str, seen: Path, logs: Path) -> Built:
    """Build one target on the base, of the context `seen`. Raises Failed; what the build said is in `logs`.

    In three steps, each of which takes over what the one before it left in the cache: the stage that installs packages
    alone sees this machine's folders of them. A folder shown to a build leaves an empty one in its layers.
    """
    name = f"localhost/ricloop/{target}:{version()}"
    began = time.monotonic()
    for stage, folders in (("python", []), (f"for-{target}", sources.volumes()), (target, [])):
        named = ["--tag", name, *_labels()] if stage == target else []
        call("buildah", "bud", *options(stage, base), *folders, *named, seen, log=logs / f"{stage}.log")
    seconds = time.monotonic() - began
    told = json.loads(call("buildah", "inspect", "--type", "image", name))
    config = told["OCIv1"]["config"]
    return Built(target, name, seconds, *sizes(name), config=config)


def options(stage: str, base: str) -> list[str]:
    """What `buildah bud` is told of one stage."""
    told = {"BASE": base, "VERSION": version(), "REVISION": revision(), **sources.arguments()}
    given = [word for key, value in told.items() for word in ("--build-arg", f"{key}={value}")]
    return ["--layers", "--pull-never", "--identity-label=false", "--target", stage, *given]


def sizes(name: str) -> tuple[int, int, int]:
    """Octets of an image's layers unpacked and packed, and how many there are."""
    with tempfile.TemporaryDirectory(prefix="ricloop-layers-") as folder:
        return _measured(name, Path(folder))


def _measured(name: str, folder: Path) -> tuple[int, int, int]:
    call("buildah", "push", "--quiet", name, f"oci:{folder}:image")
    index = json.loads((folder / "index.json").read_text())
    manifest = json.loads(_blob(folder, index["manifests"][0]["digest"]).read_text())
    layers: Sequence[dict[str, Any]] = manifest["layers"]
    unpacked = 0
    for layer in layers:
        if not layer["mediaType"].endswith("+gzip"):
            raise Failed(f"{name}: a layer is {layer['mediaType']}, not packed with gzip")
        unpacked += _unpacked(_blob(folder, layer["digest"]))
    return unpacked, sum(int(layer["size"]) for layer in layers), len(layers)


def _blob(folder: Path, digest: str) -> Path:
    return folder / "blobs" / digest.replace(":", "/")


def _unpacked(file: Path) -> int:
    total = 0
    with gzip.open(file) as stream:
        while octets := stream.read(1 << 20):
            total += len(octets)
    return total
