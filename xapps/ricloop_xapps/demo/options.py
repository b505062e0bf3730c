"""What `ricloop demo` can be asked: each field is an option, and its help says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Option


class Wire(StrEnum):
    """What carries E2 between the nodes and the RIC."""

    TCP = "tcp"
    SCTP = "sctp"
    MEMORY = "memory"


class Pace(StrEnum):
    """Which clock drives the world."""

    REAL = "real"
    LOCKSTEP = "lockstep"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """A RIC, xApps and simulated E2 nodes, together."""

    seconds: Annotated[float, Option(min=2.0, max=1e6, help="How long the simulated network runs.")] = 20.0
    scenario: Annotated[str, Option(help="A scenario of single gNBs, see `ricloop sim list`.")] = "three-sites"
    seed: Annotated[int, Option(min=0, help="Everything random follows from it.")] = 1
    transport: Annotated[Wire, Option(help="What carries E2; memory needs no network.")] = Wire.TCP
    clock: Annotated[Pace, Option(help="real: the wall clock; lockstep, free: repeatable.")] = Pace.REAL
    xapps: Annotated[
        str, Option(help="Names of installed xApps, or module:Class, with commas between; all: the bundled ones.")
    ] = "energy-saving"
    settings: Annotated[Path | None, Option(help="TOML file with a table per xApp.")] = None
    overrides: Annotated[tuple[str, ...], Option("--set", help="xapp.key=value, as energy-saving.drain=false.")] = ()
    policies: Annotated[
        Path | None, Option(help="JSON file of A1 policies; else planned-events is given an event to plan for.")
    ] = None
    drift: Annotated[
        bool | None,
        Option(
            help="Let demand stutter for a while, which models do not know: drift is alarmed, and over. On for all."
        ),
    ] = None
    json_file: Annotated[Path | None, Option("--json", help="Write the result to this file.")] = None
    pcap: Annotated[
        Path | None, Option(help="Write every E2AP message to this pcapng file; else to e2.pcapng in --run-dir.")
    ] = None
    run_dir: Annotated[
        Path | None, Option(help="Keep result, audit, capture, logs and a report page in this folder.")
    ] = None
    quiet: Annotated[bool, Option("--quiet", help="Print nothing but errors.")] = False
