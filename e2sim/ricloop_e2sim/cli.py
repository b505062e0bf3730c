"""`ricloop sim …`"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable

if TYPE_CHECKING:
    from ricloop_e2sim.engine import Simulation

app = typer.Typer(help="The E2 node simulator: run a network, alone or against a RIC.", no_args_is_help=True)


class ClockMode(StrEnum):
    """What moves simulated time."""

    REAL = "real"
    LOCKSTEP = "lockstep"
    FREE = "free"


@app.command("list")
def list_scenarios(json_out: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Name the scenarios."""
    from ricloop_e2sim.scenarios import DEFAULT, SCENARIOS

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
    from ricloop_e2sim.scenarios import find

    text = json.dumps(find(scenario).topology(), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text, "--out")


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, see `ricloop sim list`.")],
    connect: Annotated[str | None, typer.Option(help="The RIC: tcp://HOST:PORT or sctp://HOST:PORT.")] = None,
    only: Annotated[str | None, typer.Option(help="One gNB's part, as gnb1.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=1e6, help="Simulated seconds; else the scenario's.")
    ] = None,
    clock: Annotated[ClockMode, typer.Option(help="real, lockstep (with --harness), free (without --connect).")] = (
        ClockMode.REAL
    ),
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
    pcap: Annotated[
        Path | None, typer.Option(help="Write every E2AP message of a run against a RIC to this pcapng file.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    harness: Annotated[bool, typer.Option("--harness", help="Be driven by JSON lines on stdin.", hidden=True)] = False,
) -> None:
    """Run a scenario. Without --connect nobody controls it."""
    from ricloop_e2sim.engine import Simulation

    _check(connect, clock, harness)
    if pcap is not None and (connect is None or harness):
        raise ConfigError(f"--pcap {pcap}: without --connect, or with --harness, this process keeps no capture")
    for path, option in ((json_file, "--json"), (pcap, "--pcap")):
        check_writable(path, option)
    simulation = Simulation.build(scenario, seed, only, seconds=seconds)
    if harness:
        assert connect is not None
        _harnessed(simulation, connect, lockstep=clock is ClockMode.LOCKSTEP)
        return
    result, ended_by = _shown(simulation, connect, pcap, quiet=quiet, paced=clock is ClockMode.REAL)
    if json_file is not None:
        # The journal is for whoever joins latencies, as the harness does.
        kept = {key: value for key, value in result.items() if key not in ("indications", "controls")}
        _write(json_file, json.dumps(kept, indent=2) + "\n", "--json")
    if ended_by:
        raise typer.Exit(128 + ended_by)


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


def _harnessed(simulation: Simulation, connect: str, *, lockstep: bool) -> None:
    import asyncio

    from ricloop.link.loop import run
    from ricloop_e2sim.harness import run_harness
    from ricloop_e2sim.signals import stop_on_signals

    async def serve() -> None:
        stop = asyncio.Event()
        with stop_on_signals(stop):
            await run_harness(
                simulation, connect, stop, lockstep=lockstep, waiting=lambda text: typer.echo(text, err=True)
            )

    run(serve())


def _shown(
    simulation: Simulation, connect: str | None, pcap: Path | None, *, quiet: bool, paced: bool
) -> tuple[dict[str, Any], int]:
    """The result, and the signal that ended the run early (0: none did)."""
    import asyncio

    from ricloop.link.loop import run
    from ricloop_e2sim.alone import run_alone
    from ricloop_e2sim.realtime import run_real_time
    from ricloop_e2sim.show import Show, summary
    from ricloop_e2sim.signals import Came, note_signals, stop_on_signals

    with Show(simulation, quiet=quiet) as show:
        if connect is None:
            with note_signals() as came:
                result = run_alone(simulation, show.tick, lambda: bool(came), speed=1.0 if paced else None)
        else:

            async def serve() -> tuple[dict[str, Any], Came]:
                stop = asyncio.Event()
                with stop_on_signals(stop) as came:
                    return await run_real_time(
                        simulation, connect, stop, waiting=show.waiting, tell=show.tick, pcap=pcap
                    ), came

            result, came = run(serve())
    for line in summary(result):
        show.console.print(line, highlight=False)
    return {"schema": 1, "interrupted": bool(came), **result}, came.number


def _write(path: Path, text: str, option: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise ConfigError(f"{option} {path}: {error.strerror}") from error
