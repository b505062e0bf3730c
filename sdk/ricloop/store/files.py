"""Files of a model read and written: bounded, no links, and replaced whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from ricloop.core.model import ModelError

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MOST_MANIFEST, MOST_FILE = 1 << 20, 64 << 20
"""Octets."""


def read(path: Path, most: int) -> bytes:
    """The octets of an ordinary file of at most so many. Raises ModelError naming it."""
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


def verified(path: Path, size: int, sha256: str) -> bytes:
    """The octets of a file of this size and digest. Raises ModelError naming it, what was expected and found."""
    octets = read(path, MOST_FILE)
    if len(octets) != size:
        raise ModelError(f"{path}: {size} octets expected, {len(octets)} found. Take the artifact anew")
    found = hashlib.sha256(octets).hexdigest()
    if found != sha256:
        raise ModelError(f"{path}: sha256 {sha256} expected, {found} found. Take the artifact anew")
    return octets


def replace(path: Path, octets: bytes) -> None:
    """Write a file so that whoever reads it finds the old one or the new one whole, also after a crash."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    # The folder holds the name: without this the old one may come back with the power. Windows does not open folders.
    if os.name != "posix":
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _why(error: OSError) -> str:
    return "a link is not followed" if os.path.islink(error.filename) else str(error.strerror)
