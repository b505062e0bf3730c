"""What must hold of every image, seen from outside it: its configuration and its root file system."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.images.build import LIMITS_MB, Built, revision, version
from tests.images.contents import SITE, Package
from tests.images.tools import ROOT

LABELS = ("title", "description", "vendor", "licenses", "version", "revision", "source", "base.name")
FORBIDDEN = (
    "gcc",
    "cc",
    "g++",
    "c++",
    "clang",
    "ld",
    "as",
    "make",
    "cmake",
    "ninja",
    "pip",
    "pip3",
    "uv",
    "git",
    "wget",
    "curl",
)
"""Programs that no final image has: nothing is compiled, fetched or installed where an image runs."""
_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "opt/ricloop/bin")


def faults(built: Built, root: Path, held: list[Package]) -> Iterator[str]:
    """A line for each thing that is not as it must be."""
    if not built.fits:
        yield f"{built.size / 1e6:.1f} MB, more than {LIMITS_MB[built.target]} MB"
    yield from _configuration(built)
    yield from _files(root)
    yield from _packages(built, root, held)


def _configuration(built: Built) -> Iterator[str]:
    wanted = {"User": "10001:10001", "Entrypoint": ["ricloop"], "StopSignal": "SIGTERM", "WorkingDir": "/tmp"}
    for key, value in wanted.items():
        if built.config.get(key) != value:
            yield f"{key} is {built.config.get(key)}, not {value}"
    labels = built.config.get("Labels", {})
    for label in LABELS:
        if not labels.get(f"org.opencontainers.image.{label}"):
            yield f"no label org.opencontainers.image.{label}"
    for label, value in (("version", version()), ("revision", revision())):
        if (said := labels.get(f"org.opencontainers.image.{label}")) != value:
            yield f"the label {label} is {said}, not {value}"


def _files(root: Path) -> Iterator[str]:
    for folder in _FOLDERS:
        for name in FORBIDDEN:
            if (root / folder / name).exists():
                yield f"/{folder}/{name} is there"
    for path in root.rglob("*"):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
            yield f"/{path.relative_to(root)} lends its owner's rights"
    # What a build was shown of the machine that ran it.
    for path in (root / "opt").iterdir():
        if path.name != "ricloop":
            yield f"/opt/{path.name} is there"


def _packages(built: Built, root: Path, held: list[Package]) -> Iterator[str]:
    python = {package.name.lower() for package in held if package.kind == "pypi"}
    # PyTorch needs setuptools.
    beside = () if built.target == "xapp-gpu" else ("setuptools", "torch")
    for name in ("pip", "pytest", "scapy", *beside):
        if name in python:
            yield f"the Python package {name} is there"
    pins = pinned()
    for package in held:
        # A local version, as of a build without CUDA, is the same release.
        release, pin = package.version.partition("+")[0], pins.get(canonical(package.name))
        if package.kind == "pypi" and package.name != "ricloop" and release != pin:
            yield f"{package.name} {package.version} is not as constraints.txt has it: {pin}"
    for site in root.glob(SITE):
        if not list(site.glob("ricloop/_fast.*.so")):
            yield "there is no native codec"
        uncompiled = [file for file in (site / "ricloop").rglob("*.py") if not _compiled(file).is_file()]
        if uncompiled:
            yield f"{len(uncompiled)} modules of ricloop are not compiled, {uncompiled[0].name} for one"


def pinned() -> dict[str, str]:
    """The versions of constraints.txt, by name as `canonical` writes it."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if "==" in line and not line.startswith("#")]
    return {canonical(name): version for name, version in pairs}


def canonical(name: str) -> str:
    """A distribution's name in the one spelling that stands for all of them.

    >>> canonical("Ruamel.YAML")
    'ruamel-yaml'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _compiled(source: Path) -> Path:
    return source.parent / "__pycache__" / f"{source.stem}.cpython-311.pyc"
