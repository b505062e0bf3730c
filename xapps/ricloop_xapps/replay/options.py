"""What `ricloop replay` can be asked: each field is an option, and its help says what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from ricloop.core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """A trace, and who decides."""

    trace: Annotated[
        Path, Argument(help="A trace: the AI RSG's CellReports.csv, hourly LTE cells, or any CSV with --map.")
    ]
    xapp: Annotated[str, Option(help="An installed xApp's name, or module:Class.")] = "energy-saving"
    speed: Annotated[str, Option(help="`max`, or trace seconds per second, as 3600.")] = "max"
    map_file: Annotated[Path | None, Option("--map", help="TOML column map, see e2sim/README.md.")] = None
    seed: Annotated[int, Option(min=0, help="Everything random follows from it.")] = 1
    settings: Annotated[Path | None, Option(help="TOML file with a table per xApp.")] = None
    overrides: Annotated[tuple[str, ...], Option("--set", help="xapp.key=value, over the file.")] = ()
    json_file: Annotated[Path | None, Option("--json", help="Write the result to this file.")] = None
    run_dir: Annotated[Path | None, Option(help="Keep result, audit and a report page in this folder.")] = None
    quiet: Annotated[bool, Option("--quiet", help="Print nothing but errors.")] = False

    @property
    def factor(self) -> float | None:
        """Trace seconds per second, None for as fast as the processor. Raises ConfigError."""
        if self.speed == "max":
            return None
        try:
            speed = float(self.speed)
        except ValueError:
            speed = 0.0
        if not 0 < speed < math.inf:
            raise ConfigError(f"--speed {self.speed}: give `max` or a number above 0, as 3600 for an hour per second")
        return speed
