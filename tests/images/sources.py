"""Where pip finds packages on this machine, told to a build without being written into an image."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlparse

KEPT = ("index-url", "extra-index-url", "find-links")
CERTIFICATES = "/opt/pip-certificates.pem"
"""Where a build sees this machine's certificates: Debian's own file of them must stay its own."""


def arguments(known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Build arguments, by name, for pip's settings: those of this machine if none are given."""
    known = here() if known is None else known
    told = {f"PIP_{key.upper().replace('-', '_')}": " ".join(known[key].split()) for key in KEPT if key in known}
    return told | ({"PIP_CERT": CERTIFICATES} if "cert" in known else {})


def volumes(known: Mapping[str, str] | None = None) -> list[str]:
    """The words of `buildah bud` that show a build, for reading, the folders and files which those settings name."""
    known = here() if known is None else known
    places = [place for key in KEPT for place in known.get(key, "").split()]
    shown = {f"{folder}:{folder}:ro" for place in places if (folder := _folder(place)) is not None}
    if "cert" in known:
        shown.add(f"{known['cert']}:{CERTIFICATES}:ro")
    return [word for pair in sorted(shown) for word in ("--volume", pair)]


def here() -> dict[str, str]:
    """pip's settings on this machine."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    return settings(told.stdout)


def settings(listed: str) -> dict[str, str]:
    """What `pip config list` printed, by key without its section: the environment goes before files.

    >>> settings("global.cert='/a.pem'\\n:env:.cert='/b.pem'")
    {'cert': '/b.pem'}
    """
    read: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        read[name.rpartition(".")[2]] = str(ast.literal_eval(value))
    return read


def _folder(place: str) -> Path | None:
    """The folder of this machine that holds a place's files; None for one elsewhere, or one that is not there."""
    address = urlparse(place)
    if address.scheme not in ("", "file"):
        return None
    path = Path(address.path)
    # The pages of an index in a folder lead to files beside it.
    folder = path.parent if path.name == "simple" else path
    return folder if folder.is_dir() else None
