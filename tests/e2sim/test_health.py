"""A run against a RIC says how it is."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from ricloop.core.time import ManualClock
from ricloop.link.http import Asked, Reply
from ricloop_e2sim.drivers.health import ALIVE, READY, STALLED_NS, Health
from tests.end_to_end.conftest import run_in
from tests.platform.process import get, until
from tests.rpc.ends import End, free_port


def asked(health: Health, path: str) -> Reply:
    reply = asyncio.run(health.answer(Asked(path, local=True)))
    assert reply is not None
    return reply


def test_a_run_is_alive_while_it_steps_or_waits_and_ready_while_its_nodes_are_associated() -> None:
    clock, missing, stepped = ManualClock(), ["gnb1"], list[int]()
    health = Health(lambda: missing, lambda: stepped[-1] if stepped else None, clock)
    clock.set(10 * STALLED_NS)
    assert asked(health, ALIVE).status == "200 OK", "a RIC that is not there must not restart it"
    assert asked(health, READY) == Reply(
        b"not associated with the RIC: gnb1, 1 in all\n", status="503 Service Unavailable"
    )
    missing.clear()
    stepped.append(clock.now())
    clock.set(clock.now() + STALLED_NS)
    assert asked(health, READY).status == asked(health, ALIVE).status == "200 OK"
    clock.set(clock.now() + 1)
    assert (
        asked(health, ALIVE) == asked(health, READY) == Reply(b"no step for 10.0 s\n", status="503 Service Unavailable")
    )
    assert asyncio.run(health.answer(Asked("/metrics", local=True))) is None


def test_a_run_is_ready_once_its_nodes_are_associated_and_not_when_they_lost_their_ric(tmp_path: Path) -> None:
    ric_port, port = free_port(), free_port()
    address = f"tcp://127.0.0.1:{ric_port}"
    run = End(
        tmp_path, "sim", "sim", "run", "single", "--connect", address, "--seconds", "600", "--health",
        f"127.0.0.1:{port}",
    )  # fmt: skip
    ric = End(tmp_path, "ric", "ric", "--listen", address)
    try:
        until("ready", lambda: get(port, READY) == (200, "ok\n"))
        ric.end(signal.SIGKILL)
        until("not ready", lambda: get(port, READY)[0] == 503)
        assert get(port, ALIVE) == (200, "ok\n")
        assert run.end(signal.SIGTERM) == 143
    finally:
        ric.close()
        run.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--health", "127.0.0.1:0"), "--health 127.0.0.1:0: it is told of runs with --connect"),
        (("--health", "here", "--connect", "tcp://127.0.0.1:1"), "--health here: write HOST:PORT"),
    ],
)
def test_what_cannot_be_asked_is_named(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run_in(tmp_path)("sim", "run", "single", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
