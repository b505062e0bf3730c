"""Artifacts by name: those that packages ship (entry-point group `ricloop.models`), or those of a folder."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from ricloop.core.errors import nearest
from ricloop.core.model import ModelError
from ricloop.store.artifact import Artifact
from ricloop.store.folder import MANIFEST, load

GROUP = "ricloop.models"
"""Each entry is a function without arguments that returns the artifact's folder."""


def shipped() -> tuple[str, ...]:
    """The names of the artifacts that installed packages bring."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def find(name: str, within: Path | None = None) -> Artifact:
    """An artifact by name: a shipped one or, where `within` is given, the folder of that name in it.

    Raises ModelError naming the nearest name, and what `load` raises.
    """
    if within is None:
        known, owner = list(shipped()), "no installed package brings"
    else:
        known = sorted(path.parent.name for path in within.glob(f"*/{MANIFEST}"))
        owner = f"{within} does not hold"
    if name not in known:
        has = f" There are: {', '.join(known)}" if known else ""
        raise ModelError(f"{owner} a model {name!r}.{nearest(name, known)}{has}")
    artifact = load(_folder(name) if within is None else within / name)
    if artifact.name != name:
        raise ModelError(f"{artifact.folder}: the model in it is called {artifact.name!r}, not {name!r}")
    return artifact


def _folder(name: str) -> Path:
    (entry,) = entry_points(group=GROUP, name=name)
    folder = entry.load()()
    if not isinstance(folder, Path):
        raise ModelError(f"entry point {name} of {GROUP} gives {folder!r}, not a Path")
    return folder
