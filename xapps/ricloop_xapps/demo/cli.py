"""`ricloop demo`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable, make_folder
from ricloop_xapps.demo.options import DemoOptions, Pace, Wire

DEFAULT = "energy-saving"


def demo(
    seconds: Annotated[float, typer.Option(min=2.0, max=1e6, help="How long the simulated network runs.")] = 20.0,
    scenario: Annotated[str, typer.Option(help="A scenario of single gNBs, see `ricloop sim list`.")] = "three-sites",
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    transport: Annotated[Wire, typer.Option(help="What carries E2; memory needs no network.")] = Wire.TCP,
    clock: Annotated[Pace, typer.Option(help="real: the wall clock; lockstep, free: repeatable.")] = Pace.REAL,
    xapps: Annotated[
        str | None,
        typer.Option(help="Names of installed xApps, or module:Class, with commas between; all: the bundled ones."),
    ] = None,
    xapp: Annotated[str | None, typer.Option(hidden=True, help="The same, of one.")] = None,
    settings: Annotated[Path | None, typer.Option(help="TOML file with a table per xApp.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="xapp.key=value, as energy-saving.drain=false.")
    ] = None,
    policies: Annotated[
        Path | None, typer.Option(help="JSON file of A1 policies; else planned-events is given an event to plan for.")
    ] = None,
    drift: Annotated[
        bool | None,
        typer.Option(
            help="Let demand stutter for a while, which models do not know: drift is alarmed, and over. On for all."
        ),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
    pcap: Annotated[
        Path | None, typer.Option(help="Write every E2AP message to this pcapng file; else to e2.pcapng in --run-dir.")
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="Keep result, audit, capture, logs and a report page in this folder.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """A near-RT RIC, xApps and simulated E2 nodes on this machine: watch cells sleep and wake under control."""
    from ricloop.runtime.a1.file import PolicyFile
    from ricloop.runtime.load import xapp_class
    from ricloop.runtime.settings import build
    from ricloop_e2sim.scenarios import find
    from ricloop_xapps.demo.run import run_demo
    from ricloop_xapps.demo.together import DRIFT_RUN_S, EVENTS, TOGETHER, event_of, stutter, xapps_of

    # What can be wrong is said before anything starts.
    for path, option in ((json_file, "--json"), (pcap, "--pcap")):
        check_writable(path, option)
    if xapps is not None and xapp is not None:
        raise ConfigError(f"--xapp {xapp}: --xapps {xapps} is given as well; write all of them there")
    plan = find(scenario)
    names = xapps_of(xapps or xapp or DEFAULT)
    running = build([xapp_class(name) for name in names], settings, set_ or ())
    if policies is not None:
        PolicyFile(policies)
    surges = stutter(seconds) if drift or (drift is None and xapps == TOGETHER) else ()
    if drift and not surges:
        raise ConfigError(f"--drift: {seconds:g} s are too short to show one; give --seconds {DRIFT_RUN_S:g} or more")
    with tempfile.TemporaryDirectory(prefix="ricloop-demo-") as scratch:
        folder = run_dir or Path(scratch)
        make_folder(folder, "--run-dir")
        options = DemoOptions(
            seconds=seconds,
            scenario=scenario,
            seed=seed,
            wire=transport,
            pace=clock,
            xapps=names,
            overrides=tuple(set_ or ()),
            settings_file=settings.resolve() if settings else None,
            run_dir=folder,
            policies=policies.resolve() if policies else None,
            pcap=pcap or (run_dir / "e2.pcapng" if run_dir else None),
            event=event_of(plan) if policies is None and EVENTS in [app.name for app in running] else None,
            surges=surges,
        )
        result, problems, console = run_demo(options, quiet)
        if json_file:
            json_file.write_text(json.dumps(result, indent=2) + "\n")
        for problem in problems:
            typer.echo(f"ricloop: {problem}", err=True)
        if run_dir:
            console.print(f"kept in {run_dir}: report.html, result.json, audit.jsonl, {options.pcap}, logs")
    if problems:
        raise typer.Exit(4)
