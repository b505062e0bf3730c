"""`ricloop demo`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.output import check_writable, make_folder
from ricloop_xapps.demo.options import DemoOptions, Pace, Wire


def demo(
    seconds: Annotated[float, typer.Option(min=2.0, max=1e6, help="How long the simulated network runs.")] = 20.0,
    scenario: Annotated[str, typer.Option(help="A scenario of `ricloop sim list`.")] = "three-sites",
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    transport: Annotated[Wire, typer.Option(help="What carries E2; memory needs no network.")] = Wire.TCP,
    clock: Annotated[Pace, typer.Option(help="real: the wall clock; lockstep, free: repeatable.")] = Pace.REAL,
    xapp: Annotated[str, typer.Option(help="An installed xApp's name, or module:Class.")] = "energy-saving",
    settings: Annotated[Path | None, typer.Option(help="TOML file with a table per xApp.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="xapp.key=value, as energy-saving.drain=false.")
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
    """A near-RT RIC, an xApp and simulated E2 nodes on this machine: watch cells sleep and wake under control."""
    from ricloop.runtime.load import xapp_class
    from ricloop.runtime.settings import build
    from ricloop_e2sim.scenarios import find
    from ricloop_xapps.demo.run import run_demo

    # What can be wrong is said before anything starts.
    for path, option in ((json_file, "--json"), (pcap, "--pcap")):
        check_writable(path, option)
    find(scenario)
    build([xapp_class(xapp)], settings, set_ or ())
    with tempfile.TemporaryDirectory(prefix="ricloop-demo-") as scratch:
        folder = run_dir or Path(scratch)
        make_folder(folder, "--run-dir")
        options = DemoOptions(
            seconds=seconds,
            scenario=scenario,
            seed=seed,
            wire=transport,
            pace=clock,
            xapp=xapp,
            overrides=tuple(set_ or ()),
            settings_file=settings.resolve() if settings else None,
            run_dir=folder,
            pcap=pcap or (run_dir / "e2.pcapng" if run_dir else None),
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
