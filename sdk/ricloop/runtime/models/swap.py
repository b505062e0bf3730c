"""Versions of models change while the loop runs: a pointer of the registry moves, and the next decision is another's.

A process looks at the new version (`loader`); then, after a decision went out and before the next report is expected,
its engine is made in the loop's process and one reference is replaced. What was at work before stays loaded: to go back
to it takes nothing. What is refused is named, and what was at work goes on.
"""

from __future__ import annotations

import subprocess
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from ricloop.core.errors import RicloopError
from ricloop.core.model import BUCKETS, ModelError
from ricloop.core.time import NS_PER_S, ns
from ricloop.engine.measured import Measured
from ricloop.engine.registry import make
from ricloop.runtime.inference.predict import RESERVE_NS, IsolatedModel, Version
from ricloop.runtime.models.loader import Work, found, start
from ricloop.runtime.models.resolve import admitted
from ricloop.store import Registry
from ricloop.store.registry import Placed, Pointer

if TYPE_CHECKING:
    from ricloop.runtime.models.lifecycle import AtWork, Lifecycle

log = structlog.get_logger()

PATIENCE_NS = NS_PER_S
"""How long a version that is ready waits for a gap between reports in which it can be made; then it takes one."""
LONGEST_NS = 120 * NS_PER_S
"""A process that looks at a version for longer is ended, and the version refused."""


@dataclass(slots=True)
class _Change:
    """Of one name: what its pointer asks for, as the active version or in the shadow."""

    place: str
    """`active` or `shadow`."""
    work: Work
    why: str
    begun: int
    process: subprocess.Popen[bytes] | None = None
    said: dict[str, Any] | None = None
    ready_at: int | None = None


class Swaps:
    """Follows the pointers of a registry, for the models of a RIC that were not given by name and folder."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        registry: Registry,
        *,
        trust_file: Path | None = None,
        require_signature: bool = False,
        given: frozenset[str] = frozenset(),
    ) -> None:
        """`given`: names of models that somebody chose (`--model`): no pointer replaces those."""
        self._lifecycle, self._registry, self._clock = lifecycle, registry, lifecycle.clock
        self._trust = None if trust_file is None else str(trust_file), require_signature
        isolated = {one.model.name for one in lifecycle.at_work if isinstance(one.model, IsolatedModel)}
        self._stamps: dict[str, Hashable] = {
            name: registry.stamp(name)
            for name in sorted({one.model.name for one in lifecycle.at_work} - given - isolated)
        }
        self._shipped: dict[str, str] = {}
        self._shadows: dict[str, str] = {}
        """Per name the version that a pointer has in the shadow."""
        self._changes: dict[tuple[str, str], _Change] = {}
        for name in self._stamps:
            self._first(name)

    def _first(self, name: str) -> None:
        try:
            pointer = self._registry.pointer(name)
        except ModelError as error:
            self._refuse(name, "active", str(error), "")
            return
        if pointer.active is None:
            self._shipped[name] = self._lifecycle.named(name)[0].model.version
        self._challenge(name, pointer)

    # ------------------------------------------------------------------------------------------ now and then

    def look(self) -> None:
        """See what pointers moved, and what processes have to say. Takes some tens of microseconds."""
        for name, before in self._stamps.items():
            if (stamp := self._registry.stamp(name)) != before:
                self._stamps[name] = stamp
                self._moved(name)
        for key, change in list(self._changes.items()):
            if change.process is not None:
                self._hear(key, change, change.process)

    def _moved(self, name: str) -> None:
        try:
            pointer = self._registry.pointer(name)
        except ModelError as error:
            self._refuse(name, "active", str(error), "")
            return
        self._drop(name, "active")
        wanted, one = self._called(name, pointer.active), self._lifecycle.named(name)[0]
        if wanted != one.model.version:
            change = self._changes[name, "active"] = self._change(name, "active", pointer.active, _why(pointer))
            if one.model.previous is not None and wanted == one.model.previous.name:
                change.ready_at = self._clock.now()
            else:
                change.process = start(change.work)
        self._challenge(name, pointer)

    def _challenge(self, name: str, pointer: Pointer) -> None:
        self._drop(name, "shadow")
        follow = self._lifecycle.named(name)[0].follow
        there = None if follow.shadow is None else follow.shadow.challenger.name
        if pointer.shadow is None:
            # One that was asked for by name and folder stays.
            if there is not None and there == self._shadows.pop(name, None):
                for one in self._lifecycle.named(name):
                    one.follow.challenge(None)
            return
        self._shadows[name] = self._called(name, pointer.shadow)
        if there != self._shadows[name]:
            change = self._changes[name, "shadow"] = self._change(name, "shadow", pointer.shadow, _why(pointer))
            change.process = start(change.work)

    def _change(self, name: str, place: str, placed: Placed | None, why: str) -> _Change:
        at_work = self._lifecycle.named(name)
        work = Work(
            root=str(self._registry.root),
            name=name,
            version=None if placed is None else placed.version,
            digest=None if placed is None else placed.digest,
            trust=self._trust[0],
            require_signature=self._trust[1],
            rows=max(one.follow.rows for one in at_work),
            budget_ns=min(ns(one.handler.answers_within) for one in at_work) - RESERVE_NS,
        )
        return _Change(place, work, why, self._clock.now())

    def _called(self, name: str, placed: Placed | None) -> str:
        """The version that a pointer means; empty where it is shipped and was never at work here."""
        return self._shipped.get(name, "") if placed is None else f"{name}@{placed.version}+{placed.digest[:12]}"

    def _hear(self, key: tuple[str, str], change: _Change, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            if self._clock.now() - change.begun > LONGEST_NS:
                self._drop(*key)
                self._refuse(*key, f"nothing was heard of it in {LONGEST_NS / NS_PER_S:.0f} s", change.why)
            return
        assert process.stdout is not None
        with process.stdout as pipe:
            said = pipe.read()
        change.process = None
        change.said = orjson.loads(said) if said else {"error": f"who looked at it died, status {process.returncode}"}
        change.ready_at = self._clock.now()
        if "error" in change.said:
            del self._changes[key]
            self._refuse(*key, change.said["error"], change.why)

    def _drop(self, name: str, place: str) -> None:
        change = self._changes.pop((name, place), None)
        if change is not None and change.process is not None:
            change.process.kill()
            change.process.wait()
            if change.process.stdout is not None:
                change.process.stdout.close()

    def close(self) -> None:
        """End the processes."""
        for name, place in list(self._changes):
            self._drop(name, place)

    # ---------------------------------------------------------------------------------- between two decisions

    @property
    def waiting(self) -> bool:
        """True where a version is ready to be put to work."""
        return any(change.ready_at is not None for change in self._changes.values())

    def settle(self, until: int | None) -> None:
        """Put to work what is ready and can be made until then, by the loop's clock; None: however long it takes."""
        for key, change in list(self._changes.items()):
            now = self._clock.now()
            needs = 0 if change.said is None else int(change.said["ready_ns"]) * len(self._lifecycle.named(key[0]))
            fits = until is None or now + needs <= until
            if change.ready_at is not None and (fits or now - change.ready_at > PATIENCE_NS):
                del self._changes[key]
                try:
                    self._put(*key, change)
                except RicloopError as error:
                    self._refuse(*key, str(error), change.why)

    def _put(self, name: str, place: str, change: _Change) -> None:
        begun = self._clock.now()
        at_work = self._lifecycle.named(name)
        made = [self._version(one, change) for one in at_work]
        for one, version in zip(at_work, made, strict=True):
            if place == "active":
                self._lifecycle.swap(one, version)
            else:
                one.follow.challenge(version)
        took = round((self._clock.now() - begun) / 1e6, 3)
        self._lifecycle.changed(name, place, made[0].name, change.why, took_ms=took)

    def _version(self, one: AtWork, change: _Change) -> Version:
        if change.said is None:
            assert one.model.previous is not None, "only what is still loaded is ready without a process"
            return one.model.previous
        artifact = found(change.work)
        if artifact.digest != change.said["digest"]:
            raise ModelError(f"{artifact.folder}: it changed after it was looked at. Promote it again")
        times = {int(bucket): (typical, worst) for bucket, (typical, worst) in change.said["times"].items()}
        run = Measured(make(change.said["engine"], artifact, BUCKETS), self._clock, times)
        assert one.handler.model is not None, "it is at work for one"
        return admitted(artifact, one.handler, one.handler.model, self._clock, run).active

    def _refuse(self, name: str, place: str, reason: str, why: str) -> None:
        self._lifecycle.refused(name, place, reason, why)


def _why(pointer: Pointer) -> str:
    """What was said of the last change of a pointer."""
    return f"{event.action} by {event.who}: {event.reason}" if (event := next(iter(pointer.history[-1:]), None)) else ""
