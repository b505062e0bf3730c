"""Artifacts by name: those that packages ship (entry-point group `ricloop.models`), or those of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from ricloop.core.errors import nearest
from ricloop.core.model import ModelError
from ricloop.store.artifact import Artifact
from ricloop.store.files import MANIFEST
from ricloop.store.folder import load
from ricloop.store.trust import ANYONE, Trust

GROUP = "ricloop.models"
"""Each entry is a function without arguments that returns a `Shipped`."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """An artifact that a package brings, pinned: no other takes its place unseen."""

    folder: Path
    sha256: str
    """Of the manifest."""


def shipped() -> tuple[str, ...]:
    """The names of the artifacts that installed packages bring."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def find(name: str, within: Path | None = None, trust: Trust = ANYONE) -> Artifact:
    """An artifact by name: a shipped one or, where `within` is given, the folder of that name in it.

    Raises ModelError naming the nearest name, for a shipped one that is not the pinned one, and what `load` raises.
    """
    if within is None:
        known, owner = list(shipped()), "no installed package brings"
    else:
        known = sorted(path.parent.name for path in within.glob(f"*/{MANIFEST}"))
        owner = f"{within} does not hold"
    if name not in known:
        has = f" There are: {', '.join(known)}" if known else ""
        raise ModelError(f"{owner} a model {name!r}.{nearest(name, known)}{has}")
    pinned = _pinned(name) if within is None else None
    artifact = load(pinned.folder if pinned is not None else Path(within or ".") / name, trust)
    if pinned is not None and artifact.digest != pinned.sha256:
        raise ModelError(
            f"{artifact.folder / MANIFEST}: sha256 {pinned.sha256 or 'of no artifact'} is pinned, {artifact.digest} "
            "found. Install the package anew, or `ricloop models pin` what was trained anew"
        )
    if artifact.name != name:
        raise ModelError(f"{artifact.folder}: the model in it is called {artifact.name!r}, not {name!r}")
    return artifact


def _pinned(name: str) -> Shipped:
    (entry,) = entry_points(group=GROUP, name=name)
    found = entry.load()()
    if not isinstance(found, Shipped):
        raise ModelError(f"entry point {name} of {GROUP} gives {found!r}, not a Shipped")
    return found
