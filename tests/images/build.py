"""Builds the Dockerfile's targets, and says how large each image is."""

from __future__ import annotations

import json
import subprocess
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.images import sources
from tests.images.tools import ROOT, Failed, call

LIMITS_MB = {"ric": 450, "xapp": 450, "e2sim": 250, "xapp-gpu": None}
"""Of each target, the size that it must not exceed: all of its layers, unpacked, in 10^6 octets. With torch: whatever it takes."""


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


def revision() -> str:
    """The commit of the working tree, or `unknown` outside a repository."""
    told = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True)
    return told.stdout.strip() or "unknown"


def build(target: str, base: str, logs: Path) -> Built:
    """Build one target on the base. Raises Failed; what the build said is in `logs`."""
    name = f"localhost/ricloop/{target}:{version()}"
    began = time.monotonic()
    call("buildah", "bud", *options(target, base, name), ROOT, log=logs / f"{target}.log")
    seconds = time.monotonic() - began
    told = json.loads(call("buildah", "inspect", "--type", "image", name))
    config = told["OCIv1"]["config"]
    return Built(target, name, seconds, *sizes(name, logs / target), config=config)


def options(target: str, base: str, name: str) -> list[str]:
    """What `buildah bud` is told of one target."""
    told = {"BASE": base, "VERSION": version(), "REVISION": revision()}
    arguments = [word for key, value in told.items() for word in ("--build-arg", f"{key}={value}")]
    return ["--layers", "--pull-never", "--target", target, "--tag", name, *arguments, *sources.words()]


def sizes(name: str, folder: Path) -> tuple[int, int, int]:
    """Octets of an image's layers unpacked and packed, and how many there are. The image is written to `folder` for it."""
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
    import gzip

    total = 0
    with gzip.open(file) as stream:
        while octets := stream.read(1 << 20):
            total += len(octets)
    return total
