"""Driven by another process over pipes, against a RIC of this one."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from ricloop.session.events import RicEvent
from ricloop.transport import listen
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.scenarios import find_network
from tests.e2sim.test_cli import TinyRic


class Listener(TinyRic):
    """Only listens."""

    def _on_event(self, event: RicEvent, stamp: int) -> None:
        self.events.append(event)


async def drive(
    *operations: str, clock: str, scenario: str = "single", kind: type[TinyRic] = TinyRic
) -> tuple[TinyRic, list[dict[str, Any]], int | None]:
    """Start `sim run` in harness mode, ask each operation after the last one's answer, and wait for its end."""
    ric = kind()
    listener = await listen("tcp://127.0.0.1:0", ric.accept)
    arguments = ["run", scenario, "--connect", str(listener.address), "--clock", clock, "--harness"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"from ricloop_e2sim.cli import app; app({arguments!r})",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    answers = [json.loads(await process.stdout.readline())]
    for operation in operations:
        process.stdin.write(json.dumps({"op": operation}).encode() + b"\n")
        answers.append(json.loads(await process.stdout.readline()))
    process.stdin.close()
    await process.wait()
    await listener.close()
    return ric, answers, process.returncode


def test_lockstep_moves_only_when_told_and_counts_every_message() -> None:
    _, answers, code = asyncio.run(drive("step", "step", "counts", "staus", "finish", clock="lockstep"))
    ready, first, second, counts, unknown, last = answers
    assert ready == {"ready": {"nodes": ["gnb-00101-1"]}}
    assert [first, second] == [{"time_us": 100_000, "done": False}, {"time_us": 200_000, "done": False}]
    assert counts["sent"].keys() == counts["received"].keys() == {"gnb-00101-1"}
    assert unknown == {"error": "no operation is called 'staus'. Did you mean 'status'?"}
    assert last["result"]["seconds"] == 0.2
    assert code == 0


def test_a_network_in_lockstep_comes_to_the_digest_of_a_free_run() -> None:
    _, answers, code = asyncio.run(
        drive(*["step"] * 12, "finish", clock="lockstep", scenario="quiet-night", kind=Listener)
    )
    run = NetworkRun(find_network("quiet-night"), 1)
    for _ in range(12):
        run.advance()
    assert answers[-1]["result"]["digest"] == run.digest
    assert code == 0


def test_the_wall_clock_refuses_to_be_stepped_and_the_end_of_stdin_ends_it_in_order() -> None:
    _, answers, code = asyncio.run(drive("step", "status", clock="real"))
    assert "--clock lockstep" in answers[1]["error"]
    assert len(answers[2]["table"]) == 2
    assert code == 0
