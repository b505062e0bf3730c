"""`ricloop sim …`"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable

if TYPE_CHECKING:
    from ricloop_e2sim.drivers.driven import Driven, Runnable
    from ricloop_e2sim.network.run import NetworkRun

app = typer.Typer(help="The E2 node simulator: run a network, alone or against a RIC.", no_args_is_help=True)


class ClockMode(StrEnum):
    """What moves simulated time."""

    REAL = "real"
    LOCKSTEP = "lockstep"
    FREE = "free"


@app.command("list")
def list_scenarios(json_out: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Name the scenarios."""
    from ricloop_e2sim.scenarios import DEFAULT, NETWORKS, SCENARIOS

    rows = [
        {
            "name": plan.name,
            "title": plan.title,
            "default": plan.name == DEFAULT,
            "gnbs": plan.sites,
            "nodes": plan.sites + len(plan.split),
            "cells": plan.sites * plan.sectors * len(plan.layers),
            "ues": plan.sites * plan.sectors * plan.users_per_sector,
            "seconds": plan.seconds,
        }
        for plan in SCENARIOS.values()
    ]
    rows += [
        {
            "name": network.name,
            "title": network.title,
            "default": False,
            "gnbs": network.deployment.sites,
            "nodes": network.deployment.nodes,
            "cells": network.cells,
            "ues": network.users,
            "seconds": network.seconds,
            "anomalies": len(network.impairments),
        }
        for network in NETWORKS.values()
    ]
    if json_out:
        typer.echo(json.dumps(rows, indent=2))
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        typer.echo(f"{row['name']!s:{width}}  {row['title']}{'  (default)' if row['default'] else ''}")


@app.command()
def topology(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, see `ricloop sim list`.")],
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
) -> None:
    """Write a scenario's cells and coverage relations, as `ricloop ric --topology` reads them."""
    from ricloop_e2sim.scenarios.named import named

    text = json.dumps(named(scenario).topology(), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text, "--out")


@app.command()
def run(
    scenario: Annotated[
        str | None, typer.Argument(help="A scenario's name, see `ricloop sim list`; none with --resume.")
    ] = None,
    connect: Annotated[str | None, typer.Option(help="The RIC: tcp://HOST:PORT or sctp://HOST:PORT.")] = None,
    only: Annotated[str | None, typer.Option(help="One gNB's part, as gnb1.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Everything random follows from it; 1 without.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=1e6, help="Simulated seconds; else the scenario's.")
    ] = None,
    clock: Annotated[ClockMode, typer.Option(help="real, lockstep (with --harness), free (without --connect).")] = (
        ClockMode.REAL
    ),
    speed: Annotated[
        str | None, typer.Option(help="Simulated seconds a second, or max: as fast as it goes, as --clock free.")
    ] = None,
    sites: Annotated[int | None, typer.Option(min=1, help="Of a network: so many sites instead of its own.")] = None,
    ues: Annotated[int | None, typer.Option(min=1, help="Of a network: so many users instead of its own.")] = None,
    surge: Annotated[
        list[str] | None,
        typer.Option(help="Of single gNBs: START:END:FACTOR, demand times FACTOR for these seconds. More than once."),
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="Where a large network is computed: cpu (numpy), cuda, cuda:N or torch-cpu.")
    ] = None,
    truth: Annotated[Path | None, typer.Option(help="Write every anomaly of a network to this JSON file.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
    pcap: Annotated[
        Path | None, typer.Option(help="Write every E2AP message of a run against a RIC to this pcapng file.")
    ] = None,
    health: Annotated[
        str | None, typer.Option(help="Of a run against a RIC: say at HOST:PORT whether it goes on, over HTTP.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Of a network without a RIC: keep it in this file at the end, or when stopped.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on from this checkpoint, to --seconds of simulated time in all.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    harness: Annotated[bool, typer.Option("--harness", help="Be driven by JSON lines on stdin.", hidden=True)] = False,
) -> None:
    """Run a scenario. Without --connect nobody controls it."""
    factor = _factor(speed, clock)
    clock = ClockMode.FREE if factor is None and clock is ClockMode.REAL else clock
    _check(connect, clock, harness)
    if pcap is not None and (connect is None or harness):
        raise ConfigError(f"--pcap {pcap}: without --connect, or with --harness, this process keeps no capture")
    if health is not None:
        if connect is None or harness:
            raise ConfigError(f"--health {health}: it is told of runs with --connect, and without --harness")
        from ricloop.transport.address import host_and_port

        host_and_port(health, "--health", "127.0.0.1:8080")
    for path, option in ((json_file, "--json"), (pcap, "--pcap"), (truth, "--truth"), (checkpoint, "--checkpoint")):
        check_writable(path, option)
    own = {"SCENARIO": scenario, "--seed": seed, "--only": only, "--sites": sites, "--ues": ues, "--surge": surge}
    _check_kept(connect, checkpoint, resume, own | {"--device": device})
    seed = 1 if seed is None else seed
    if resume is not None:
        result, ended_by = _kept(_resumed(resume, seconds), checkpoint, resume, quiet=quiet, speed=factor)
    elif scenario is None:
        raise ConfigError("nothing to run: give a scenario, see `ricloop sim list`, or --resume with a checkpoint")
    elif connect is None:
        runnable = _runnable(scenario, seed, only, seconds, sites, ues, device, surge or ())
        result, ended_by = _kept(runnable, checkpoint, None, quiet=quiet, speed=factor)
    else:
        simulation = _driven(scenario, seed, only, seconds, sites, ues, device, surge or ())
        if harness:
            _harnessed(simulation, connect, lockstep=clock is ClockMode.LOCKSTEP)
            return
        result, ended_by = _connected(simulation, connect, pcap, health, quiet=quiet, speed=factor or 1.0)
    if truth is not None:
        _write(truth, json.dumps({"schema": 1, "anomalies": result.get("truth", [])}, indent=2) + "\n", "--truth")
    if json_file is not None:
        # The journal is for whoever joins latencies, as the harness does.
        kept = {key: value for key, value in result.items() if key not in ("indications", "controls")}
        _write(json_file, json.dumps(kept, indent=2) + "\n", "--json")
    if ended_by:
        raise typer.Exit(128 + ended_by)


def _factor(speed: str | None, clock: ClockMode) -> float | None:
    """Simulated seconds a second; None: as fast as it goes."""
    if speed is None:
        return None if clock is ClockMode.FREE else 1.0
    if clock is ClockMode.LOCKSTEP:
        raise ConfigError(f"--speed {speed}: in lockstep the other process says when a tick comes; leave it out")
    if speed == "max":
        return None
    try:
        factor = float(speed)
    except ValueError:
        factor = 0.0
    if not 0.001 <= factor <= 1000:
        raise ConfigError(f"--speed {speed}: give max, or simulated seconds a second, 0.001 to 1000")
    if clock is ClockMode.FREE:
        raise ConfigError(f"--speed {speed}: --clock free goes as fast as it can; give one of them")
    return factor


def _check(connect: str | None, clock: ClockMode, harness: bool) -> None:
    """Refuse what does not fit together, naming the way out."""
    if connect is not None:
        from ricloop.transport.address import parse_address

        parse_address(connect)
    if harness and connect is None:
        raise ConfigError("--harness drives a run against a RIC: give --connect as well")
    if clock is ClockMode.LOCKSTEP and not harness:
        raise ConfigError("--clock lockstep waits for another process at every tick: it needs --harness")
    if clock is ClockMode.FREE and connect is not None:
        raise ConfigError("--clock free does not wait for a RIC: leave --connect out, or use --clock real or lockstep")


def _check_kept(connect: str | None, checkpoint: Path | None, resume: Path | None, own: dict[str, Any]) -> None:
    """Refuse checkpoints of what cannot be kept, and what a checkpoint has of its `own`."""
    if connect is not None:
        for path, option in ((checkpoint, "--checkpoint"), (resume, "--resume")):
            if path is not None:
                raise ConfigError(f"{option} {path}: a run against a RIC cannot be kept; leave it out, or --connect")
    if resume is not None:
        for option, value in own.items():
            if value is not None:
                raise ConfigError(f"--resume {resume}: it has its own; leave out {option} {value}")
    if checkpoint is not None and own["--device"] not in (None, "cpu"):
        raise ConfigError(
            f"--checkpoint {checkpoint}: only what runs on numpy can be kept; leave out --device {own['--device']}"
        )


def _runnable(
    scenario: str,
    seed: int,
    only: str | None,
    seconds: float | None,
    sites: int | None,
    ues: int | None,
    device: str | None,
    surges: Sequence[str],
) -> Runnable:
    """A run without E2 nodes, or of single gNBs."""
    from ricloop_e2sim.network.run import NetworkRun
    from ricloop_e2sim.network.scenario import NetworkScenario
    from ricloop_e2sim.scenarios.named import named

    plan = named(scenario)
    if not isinstance(plan, NetworkScenario):
        return _driven(scenario, seed, only, seconds, sites, ues, device, surges)
    if only is not None:
        raise ConfigError(
            f"--only {only}: the gNBs of {scenario} make one network; with --connect it has E2 nodes of one"
        )
    _check_no_surge(scenario, surges)
    return NetworkRun(plan.scaled(sites, ues), seed, seconds, device)


def _resumed(path: Path, seconds: float | None) -> NetworkRun:
    from ricloop_e2sim.checkpoint.file import load

    run = load(path)
    if seconds is not None:
        run.until(seconds)
    if run.done:
        raise ConfigError(f"--resume {path}: it is at its end, {run.time_us / 1e6:g} s; give --seconds above that")
    return run


def _kept(
    simulation: Runnable, checkpoint: Path | None, resume: Path | None, *, quiet: bool, speed: float | None
) -> tuple[dict[str, Any], int]:
    """As `_alone`; the result tells of checkpoints, too."""
    from ricloop_e2sim.checkpoint.file import save
    from ricloop_e2sim.network.run import NetworkRun

    begun = {} if resume is None else {"resumed": {"file": str(resume), "seconds": simulation.time_us / 1e6}}
    if checkpoint is None:
        result, ended_by = _alone(simulation, quiet=quiet, speed=speed)
        return result | begun, ended_by
    if not isinstance(simulation, NetworkRun):
        raise ConfigError(f"--checkpoint {checkpoint}: {simulation.title} is of single gNBs; only networks are kept")
    result, ended_by = _alone(simulation, quiet=quiet, speed=speed)
    save(simulation, checkpoint)
    return result | begun | {"checkpoint": {"file": str(checkpoint), "seconds": simulation.time_us / 1e6}}, ended_by


def _driven(
    scenario: str,
    seed: int,
    only: str | None,
    seconds: float | None,
    sites: int | None,
    ues: int | None,
    device: str | None,
    surges: Sequence[str],
) -> Driven:
    """A run with E2 nodes."""
    from ricloop_e2sim.gnb.traffic import Surge
    from ricloop_e2sim.network.scenario import NetworkScenario
    from ricloop_e2sim.network.simulation import NetworkSimulation
    from ricloop_e2sim.scenarios.named import named

    plan = named(scenario)
    if isinstance(plan, NetworkScenario):
        _check_no_surge(scenario, surges)
        return NetworkSimulation(plan.scaled(sites, ues), seed, only, seconds=seconds, device=device)
    for option, value in (("--sites", sites), ("--ues", ues)):
        if value is not None:
            raise ConfigError(f"{option} {value}: {scenario} has a size of its own; the scenarios of networks do not")
    if device is not None:
        raise ConfigError(f"--device {device}: {scenario} is of single gNBs; only networks are large enough for it")
    return plan.surging(*map(Surge.parse, surges)).simulation(seed, only, seconds=seconds)


def _check_no_surge(scenario: str, surges: Sequence[str]) -> None:
    if surges:
        raise ConfigError(
            f"--surge {surges[0]}: {scenario} is a network, whose anomalies are in its scenario; leave it out"
        )


def _harnessed(simulation: Driven, connect: str, *, lockstep: bool) -> None:
    import asyncio

    from ricloop.link.loop import run
    from ricloop_e2sim.drivers.harness import run_harness
    from ricloop_e2sim.drivers.signals import stop_on_signals

    async def serve() -> None:
        stop = asyncio.Event()
        with stop_on_signals(stop):
            await run_harness(
                simulation, connect, stop, lockstep=lockstep, waiting=lambda text: typer.echo(text, err=True)
            )

    run(serve())


def _alone(simulation: Runnable, *, quiet: bool, speed: float | None) -> tuple[dict[str, Any], int]:
    """The result, and the signal that ended the run early (0: none did)."""
    from ricloop_e2sim.commands.show import Show, summary
    from ricloop_e2sim.drivers.alone import run_alone
    from ricloop_e2sim.drivers.signals import note_signals

    with Show(simulation, quiet=quiet) as show, note_signals() as came:
        result = run_alone(simulation, show.tick, lambda: bool(came), speed=speed)
    for line in summary(result):
        show.console.print(line, highlight=False)
    return {"schema": 1, "interrupted": bool(came), **result}, came.number


def _connected(
    simulation: Driven, connect: str, pcap: Path | None, health: str | None, *, quiet: bool, speed: float
) -> tuple[dict[str, Any], int]:
    """The same, against a RIC."""
    import asyncio

    from ricloop.link.loop import run
    from ricloop_e2sim.commands.show import Show, summary
    from ricloop_e2sim.drivers.realtime import run_real_time
    from ricloop_e2sim.drivers.signals import Came, stop_on_signals

    with Show(simulation, quiet=quiet) as show:

        async def serve() -> tuple[dict[str, Any], Came]:
            stop = asyncio.Event()
            with stop_on_signals(stop) as came:
                return await run_real_time(
                    simulation,
                    connect,
                    stop,
                    waiting=show.waiting,
                    tell=show.tick,
                    pcap=pcap,
                    speed=speed,
                    health=health,
                ), came

        result, came = run(serve())
    for line in summary(result):
        show.console.print(line, highlight=False)
    return {"schema": 1, "interrupted": bool(came), **result}, came.number


@app.command("map")
def map_(
    scenario: Annotated[str, typer.Argument(help="A network's name, see `ricloop sim list`, or its YAML file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture: a file that ends in .png or .html.")],
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    seconds: Annotated[float | None, typer.Option(min=0.1, max=86_400, help="Simulated; else the scenario's.")] = None,
    sites: Annotated[int | None, typer.Option(min=1, help="So many sites instead of its own.")] = None,
    ues: Annotated[int | None, typer.Option(min=1, help="So many users instead of its own.")] = None,
) -> None:
    """Draw a run: sites, coverage, users, loads, sleep and anomalies over time."""
    from rich.progress import Progress

    from ricloop_e2sim.picture.draw import draw
    from ricloop_e2sim.scenarios.named import named_network

    check_writable(out, "--out")
    plan = named_network(scenario).scaled(sites, ues)
    with Progress(transient=True) as progress:
        task = progress.add_task(plan.name, total=1.0)
        draw(
            plan,
            seed,
            plan.seconds if seconds is None else seconds,
            out,
            lambda done: progress.update(task, completed=done),
        )


@app.command("schema")
def schema_() -> None:
    """Print the JSON schema of scenario files, for editors that complete and check."""
    from ricloop_e2sim.scenarios.schema import schema

    typer.echo(json.dumps(schema(), indent=2))


@app.command("import")
def import_(
    config: Annotated[Path, typer.Argument(help="The commercial generator's config.conf.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The scenario, as YAML.")],
    reports: Annotated[Path | None, typer.Option(help="Its CellReports.csv: has the places of sites.")] = None,
) -> None:
    """Make a scenario of another generator's settings; what does not map is listed."""
    from ricloop_e2sim.scenarios.file import dump
    from ricloop_e2sim.scenarios.rsg import imported

    check_writable(out, "--out")
    plan, left = imported(config, reports)
    _write(out, dump(plan), "--out")
    typer.echo(f"{plan.title}: {plan.cells} cells, {plan.users} users, written to {out}")
    if left:
        typer.echo(f"{len(left)} settings do not map:")
        for setting in left:
            typer.echo(f"  {setting}")


def _write(path: Path, text: str, option: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise ConfigError(f"{option} {path}: {error.strerror}") from error
