"""Versions of models in a folder, and one pointer file for each name: which is active, which runs in the shadow.

`ROOT/<name>/<version>/` is an artifact, `ROOT/<name>/pointer.json` is replaced whole. Whoever watches asks `stamp`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Hashable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ricloop.core.errors import ConfigError, nearest
from ricloop.core.model import ModelError
from ricloop.store.artifact import Artifact
from ricloop.store.documents import parsed
from ricloop.store.files import MANIFEST, MOST_MANIFEST, read, replace
from ricloop.store.folder import load
from ricloop.store.gates import Evidence, refusals
from ricloop.store.manifest import Closed, Sha256, Version
from ricloop.store.trust import ANYONE, Trust

POINTER = "pointer.json"
_NAME, _VERSION = re.compile(r"[a-z][a-z0-9-]{0,63}"), re.compile(r"\d{1,9}\.\d{1,9}\.\d{1,9}")
REMEMBERED = 1_000
"""Entries of a pointer's history; the oldest go."""


class Placed(Closed):
    """A version, and which artifact that was when it was promoted."""

    version: Version
    digest: Sha256


class Event(Closed):
    """What somebody did."""

    when: str
    """UTC, ISO 8601."""
    who: str
    action: Literal["promote", "shadow", "rollback"]
    to: Placed | None
    """None: to what is shipped."""
    reason: str
    forced: tuple[str, ...] = ()
    """What spoke against it, where it was forced."""
    evidence: Evidence | None = None


class Pointer(Closed):
    """The whole of `pointer.json`."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    active: Placed | None = None
    """None: what is shipped."""
    previous: Placed | None = None
    """What a rollback goes to; None: to what is shipped."""
    shadow: Placed | None = None
    history: tuple[Event, ...] = ()


class Registry:
    """A folder of models. Reading asks the disk each time: another process may have moved a pointer."""

    def __init__(self, root: Path, trust: Trust = ANYONE) -> None:
        """Raises ConfigError for what is no folder."""
        if root.is_file():
            raise ConfigError(f"--models {root}: that is a file; give the folder that holds a folder per model")
        if not root.is_dir():
            raise ConfigError(
                f"--models {root}: there is no such folder; make it first (mkdir -p {root}), then "
                "`ricloop models promote` puts versions into it"
            )
        self.root, self._trust = root, trust

    def names(self) -> tuple[str, ...]:
        """Of the models that have a pointer or a version."""
        return tuple(sorted(path.name for path in self.root.iterdir() if path.is_dir() and self._known(path.name)))

    def versions(self, name: str) -> tuple[str, ...]:
        """Of a model, the oldest first."""
        found = [path.parent.name for path in self._at(name).glob(f"*/{MANIFEST}")]
        return tuple(sorted(filter(_VERSION.fullmatch, found), key=lambda version: [*map(int, version.split("."))]))

    def pointer(self, name: str) -> Pointer:
        """Raises ModelError for a file that is no pointer."""
        path = self._at(name) / POINTER
        return parsed(Pointer, read(path, MOST_MANIFEST), path) if path.exists() else Pointer()

    def stamp(self, name: str) -> Hashable:
        """Another value whenever the pointer was replaced; cheap enough to ask every second."""
        try:
            found = os.stat(self._at(name) / POINTER)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def load(self, name: str, placed: Placed) -> Artifact:
        """A version, sound, trusted, and the one that was promoted. Raises ModelError."""
        folder = self.root / name / placed.version
        artifact = load(folder, self._trust)
        if (artifact.name, artifact.digest) != (name, placed.digest):
            raise ModelError(
                f"{folder / MANIFEST}: {name} of sha256 {placed.digest} was promoted, {artifact.name} of "
                f"{artifact.digest} is there. Promote another version, or roll back"
            )
        return artifact

    def add(self, folder: Path) -> Artifact:
        """Copy a sound artifact in, under its name and version. The same one again is fine.

        Raises ModelError for what is not sound or trusted, and where another artifact has this version already."""
        artifact = load(folder, self._trust)
        place = self.root / artifact.name / artifact.manifest.version
        if place.exists():
            there = load(place, self._trust)
            if there.digest != artifact.digest:
                raise ModelError(
                    f"{place}: another {artifact.name} {artifact.manifest.version} is there, {there.digest[:12]}, not "
                    f"{artifact.digest[:12]}. Train with another version"
                )
            return there
        place.parent.mkdir(exist_ok=True)
        # Whole or not at all: a version that is seen is complete.
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(folder, beside)
        load(beside, self._trust)
        os.replace(beside, place)
        return load(place, self._trust)

    def promote(
        self,
        name: str,
        version: str,
        *,
        who: str,
        when: str,
        reason: str,
        shadow: bool = False,
        force: bool = False,
        evidence: Evidence | None = None,
    ) -> Pointer:
        """Make a version the active one, or the one in the shadow (which is not asked to be better).

        Raises ModelError with every reason against it unless `force`, which is written down; ConfigError without a
        reason, and for a version that is not there."""
        if not reason.strip():
            raise ConfigError("--reason is missing: the history says why")
        before = self.stamp(name)
        if version not in self.versions(name):
            listed = ", ".join(self.versions(name)) or "none"
            raise ConfigError(
                f"{self.root} has no {name} {version}.{nearest(version, self.versions(name))} It has: {listed}"
            )
        pointer, artifact = self.pointer(name), load(self._at(name) / version, self._trust)
        placed = Placed(version=version, digest=artifact.digest)
        if placed == (pointer.shadow if shadow else pointer.active):
            raise ConfigError(f"{artifact.version} is there already: ricloop models show {name} --models {self.root}")
        champion = None if pointer.active is None else self._sound(name, pointer.active)
        against = [] if shadow else refusals(artifact, champion, evidence)
        if against and not force:
            raise ModelError(f"{artifact.version} is not promoted: {'; '.join(against)}")
        event = Event(
            when=when,
            who=who,
            action="shadow" if shadow else "promote",
            to=placed,
            reason=reason,
            forced=tuple(against),
            evidence=evidence,
        )
        changes: dict[str, Placed | None] = (
            {"shadow": placed} if shadow else {"active": placed, "previous": pointer.active}
        )
        if not shadow and pointer.shadow == placed:
            changes["shadow"] = None
        return self._move(name, pointer, changes, event, before)

    def rollback(self, name: str, *, who: str, when: str, reason: str) -> Pointer:
        """Back to what was active before, once; then to what is shipped.

        Raises ConfigError where nothing was promoted, ModelError where what was active before is not sound any more.
        """
        if not reason.strip():
            raise ConfigError("--reason is missing: the history says why")
        before, pointer = self.stamp(name), self.pointer(name)
        if pointer.active is None:
            known = nearest(name, set(self.names()) - {name})
            raise ConfigError(
                f"{self.root}: no version of {name} is active, so there is nothing to go back from.{known}"
            )
        if pointer.previous is not None:
            self.load(name, pointer.previous)
        event = Event(when=when, who=who, action="rollback", to=pointer.previous, reason=reason)
        return self._move(name, pointer, {"active": pointer.previous, "previous": None}, event, before)

    def _at(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{name!r} is no model's name: small letters, digits and dashes, as traffic-forecast")
        return self.root / name

    def _known(self, name: str) -> bool:
        if not _NAME.fullmatch(name):
            return False
        return (self.root / name / POINTER).exists() or bool(self.versions(name))

    def _sound(self, name: str, placed: Placed) -> Artifact | None:
        """The champion; none to compare with where it is broken or no longer trusted."""
        try:
            return self.load(name, placed)
        except ModelError:
            return None

    def _move(
        self, name: str, pointer: Pointer, changes: dict[str, Placed | None], event: Event, before: Hashable
    ) -> Pointer:
        if self.stamp(name) != before:
            raise ModelError(f"{self.root / name / POINTER}: somebody moved it meanwhile. Look at it, and try again")
        history = (*pointer.history, event)[-REMEMBERED:]
        moved = pointer.model_copy(update={**changes, "history": history})
        octets = json.dumps(moved.model_dump(mode="json", by_alias=True), indent=1) + "\n"
        replace(self.root / name / POINTER, octets.encode())
        return moved
