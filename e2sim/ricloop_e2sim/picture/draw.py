"""One run of a scenario as a picture: the file's suffix says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ricloop.core.errors import ConfigError
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.picture import page, png
from ricloop_e2sim.picture.recorded import Recorded, record

WRITERS: dict[str, Callable[[Recorded], bytes]] = {".png": png.paint, ".html": page.write}
"""Suffix → what makes the file's content."""


def draw(scenario: NetworkScenario, seed: int, seconds: float, out: Path, tell: Callable[[float], None]) -> None:
    """Runs `scenario` for so many simulated seconds and writes its picture to `out`.

    `tell` hears the share 0..1 of the run that is done, after every tick. Raises ConfigError for an unknown suffix, for
    a library that the picture needs and is not installed, both before anything is run, and for a scenario whose parts
    do not fit together.
    """
    suffix = out.suffix.lower()
    if suffix not in WRITERS:
        raise ConfigError(f"{out}: no picture ends in {suffix!r}; give a file that ends in {' or '.join(WRITERS)}")
    if suffix == ".png":
        png.require()
    out.write_bytes(WRITERS[suffix](record(scenario, seed, seconds, tell)))
