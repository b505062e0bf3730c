"""`ricloop sim run`: a scenario by itself, or its E2 nodes against a RIC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from ricloop_e2sim.commands.runoptions import ClockMode, RunOptions
from ricloop_e2sim.commands.write import write

if TYPE_CHECKING:
    from ricloop_e2sim.drivers.driven import Driven


def run(asked: RunOptions) -> None:
    """Run a scenario. Without --connect nobody controls it."""
    asked.check()
    from ricloop_e2sim.commands.chosen import driven

    if asked.connect is None:
        result, ended_by = _alone(asked)
    elif asked.harness:
        _harnessed(driven(asked), asked.connect, lockstep=asked.clock is ClockMode.LOCKSTEP)
        return
    else:
        result, ended_by = _connected(driven(asked), asked.connect, asked)
    if asked.truth is not None:
        write(asked.truth, json.dumps({"schema": 1, "anomalies": result.get("truth", [])}, indent=2) + "\n", "--truth")
    if asked.json_file is not None:
        # The journal is for whoever joins latencies, as the harness does.
        kept = {key: value for key, value in result.items() if key not in ("indications", "controls")}
        write(asked.json_file, json.dumps(kept, indent=2) + "\n", "--json")
    if ended_by:
        raise typer.Exit(128 + ended_by)


def _alone(asked: RunOptions) -> tuple[dict[str, Any], int]:
    """The result, and the signal that ended the run early (0: none did)."""
    from ricloop_e2sim.checkpoint.file import save
    from ricloop_e2sim.commands.chosen import runnable
    from ricloop_e2sim.commands.show import Show, summary
    from ricloop_e2sim.drivers.alone import run_alone
    from ricloop_e2sim.drivers.signals import note_signals
    from ricloop_e2sim.network.run import NetworkRun

    simulation, checkpoint = runnable(asked), asked.checkpoint
    begun = {} if asked.resume is None else {"resumed": _mark(asked.resume, simulation.time_us)}
    with Show(simulation, quiet=asked.quiet) as show, note_signals() as came:
        result = run_alone(simulation, show.tick, lambda: bool(came), speed=asked.factor)
    for line in summary(result):
        show.console.print(line, highlight=False)
    result = {"schema": 1, "interrupted": bool(came), **result, **begun}
    if checkpoint is not None:
        assert isinstance(simulation, NetworkRun), "of others the choice was refused"
        save(simulation, checkpoint)
        result["checkpoint"] = _mark(checkpoint, simulation.time_us)
    return result, came.number


def _mark(checkpoint: object, time_us: int) -> dict[str, Any]:
    return {"file": str(checkpoint), "seconds": time_us / 1e6}


def _connected(simulation: Driven, connect: str, asked: RunOptions) -> tuple[dict[str, Any], int]:
    """The same, against a RIC."""
    import asyncio

    from ricloop.link import loop
    from ricloop_e2sim.commands.show import Show, summary
    from ricloop_e2sim.drivers.realtime import run_real_time
    from ricloop_e2sim.drivers.signals import Came, stop_on_signals

    async def serve(show: Show) -> tuple[dict[str, Any], Came]:
        stop = asyncio.Event()
        with stop_on_signals(stop) as came:
            return await run_real_time(
                simulation,
                connect,
                stop,
                waiting=show.waiting,
                tell=show.tick,
                pcap=asked.pcap,
                speed=asked.factor or 1.0,
                health=asked.health,
            ), came

    with Show(simulation, quiet=asked.quiet) as show:
        result, came = loop.run(serve(show))
    for line in summary(result):
        show.console.print(line, highlight=False)
    return {"schema": 1, "interrupted": bool(came), **result}, came.number


def _harnessed(simulation: Driven, connect: str, *, lockstep: bool) -> None:
    import asyncio

    from ricloop.link import loop
    from ricloop_e2sim.drivers.harness import run_harness
    from ricloop_e2sim.drivers.signals import stop_on_signals

    async def serve() -> None:
        stop = asyncio.Event()
        with stop_on_signals(stop):
            await run_harness(
                simulation, connect, stop, lockstep=lockstep, waiting=lambda text: typer.echo(text, err=True)
            )

    loop.run(serve())
