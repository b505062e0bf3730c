"""Where pip finds packages on this machine, told to a build without being written into an image."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse

KEPT = ("index-url", "extra-index-url", "find-links")
CERTIFICATES = "/opt/pip-certificates.pem"
"""Where a build sees this machine's certificates: Debian's own file of them must stay its own."""


def words() -> list[str]:
    """Build arguments and read-only volumes for `buildah bud`, as `pip config` says."""
    said = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    return given(settings(said.stdout))


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


def given(known: dict[str, str]) -> list[str]:
    """The words of `buildah bud` for these settings of pip."""
    said: list[str] = []
    folders: set[Path] = set()
    for key in KEPT:
        if key in known:
            said += ["--build-arg", f"PIP_{key.upper().replace('-', '_')}={' '.join(known[key].split())}"]
            folders |= {folder for place in known[key].split() if (folder := _folder(place)) is not None}
    if "cert" in known:
        said += ["--build-arg", f"PIP_CERT={CERTIFICATES}", "--volume", f"{known['cert']}:{CERTIFICATES}:ro"]
    for folder in sorted(folders):
        said += ["--volume", f"{folder}:{folder}:ro"]
    return said


def _folder(place: str) -> Path | None:
    """The folder of this machine that holds a place's files; None for one elsewhere, or one that is not there."""
    address = urlparse(place)
    if address.scheme not in ("", "file"):
        return None
    path = Path(address.path)
    # The pages of an index in a folder lead to files beside it.
    folder = path.parent if path.name == "simple" else path
    return folder if folder.is_dir() else None
