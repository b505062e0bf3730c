"""What a training run is given beside its settings: where to write, on what to compute, whether to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console

from ricloop.core.errors import ConfigError
from ricloop.core.time import Clock
from ricloop.link.clock import SystemClock
from ricloop.store import Artifact


@dataclass(frozen=True)
class Run:
    """One run of a training."""

    out: Path
    """Folder of the artifact."""
    data: Path | None = None
    """A user's own data to fit, in place of what the model is shipped with."""
    version: str | None = None
    """Of the artifact; None: the one of the training's code. Versions of a registry differ."""
    resume: bool = False
    """Go on from where an interrupted run with the same settings stopped."""
    device: str = "cpu"
    """`cpu`: the same bits for the same seed; `cuda`: faster, not to the bit."""
    console: Console = field(default_factory=Console)
    clock: Clock = field(default_factory=SystemClock)
    """For how fast it goes, and how long since the last checkpoint."""

    def checkpoint(self, name: str) -> Path:
        """Where the state of one fit is kept until the artifact is there: beside its folder, never in it."""
        return self.out.with_name(f"{self.out.name}.{name}.checkpoint")

    def done(self) -> None:
        """The artifact is there: no checkpoint is needed."""
        for path in self.out.parent.glob(f"{self.out.name}.*.checkpoint"):
            path.unlink()

    def no_data(self, model: str) -> None:
        """Raises ConfigError where `data` is given and this model learns from the simulator alone."""
        if self.data is not None:
            raise ConfigError(f"--data {self.data}: {model} learns from the simulator alone; leave it out")


def seeds_of(seed: int, **counts: int) -> dict[str, list[int]]:
    """Of the rollouts of each part, from 1000 × `seed` on: none is in two."""
    first, found = 1000 * seed, {}
    for part, count in counts.items():
        found[part] = list(range(first, first + count))
        first += count
    return found


Train: TypeAlias = Callable[[Any, Run], Artifact]
"""A training: its settings (a frozen dataclass, each field an option with a default), then the run."""
