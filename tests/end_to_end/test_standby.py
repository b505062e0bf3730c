"""`ricloop ric --standby`: a loop that is killed is replaced, for real; ends that are ends are passed on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S


def until(there: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (found := there()):
        assert time.monotonic() < end, "never came"
        # Another process is what changes it: a look now and then is all there is.
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(process: subprocess.Popen[str]) -> list[int]:
    """In the order in which they were started."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    line = [sys.executable, "-m", "ricloop", *arguments]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def decisions(audit: Path) -> list[dict[str, Any]]:
    if not audit.exists():
        return []
    records = [json.loads(text) for text in audit.read_text().splitlines()]
    return [record for record in records if record["kind"] == "decision"]


def runs(audit: Path) -> int:
    """How many loops decided: each numbers its decisions from 1."""
    return sum(record["id"] == 1 for record in decisions(audit))


def test_a_loop_that_is_killed_is_replaced_and_its_audit_is_whole(tmp_path: Path) -> None:
    audit, port = tmp_path / "audit.jsonl", free_port()
    address = f"tcp://127.0.0.1:{port}"
    with started("ric", "--standby", "--xapp", "minimal", "--listen", address, "--audit", str(audit)) as supervisor:
        until(lambda: len(children(supervisor)) == 2)
        with started("sim", "run", "office", "--connect", address, "--seconds", "300", "--quiet"):
            for life in (1, 2):
                until(lambda life=life: runs(audit) == life and len(decisions(audit)) > 10 * life)
                before = until(lambda: len(found := children(supervisor)) == 2 and found)
                killed = subprocess.run(["kill", "-KILL", str(before[0])], check=True)
                assert killed.returncode == 0
                until(lambda life=life: runs(audit) == life + 1)
        supervisor.send_signal(signal.SIGTERM)
        said, _ = supervisor.communicate(timeout=PATIENCE_S)
        assert supervisor.returncode == 143
    assert said.count("the one that is warm takes over") == 2
    made = decisions(audit)
    lives: list[list[int]] = []
    for record in made:
        if record["id"] == 1:
            lives.append([])
        lives[-1].append(record["id"])
    assert [ids == list(range(1, len(ids) + 1)) for ids in lives] == [True] * 3, "no decision is missing or twice"


def test_an_end_that_another_try_would_not_change_is_passed_on(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        address = f"tcp://127.0.0.1:{holder.getsockname()[1]}"
        with started("ric", "--standby", "--xapp", "minimal", "--listen", address) as supervisor:
            said, _ = supervisor.communicate(timeout=PATIENCE_S)
        assert supervisor.returncode == 3
        assert "the port is in use" in said
        assert "takes over" not in said


def test_a_mistake_is_said_once_with_the_exit_code_that_it_has_without(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "ricloop", "ric", "--standby", "--xapp", "nobody"]
    ran = subprocess.run(line, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "no xApp is called 'nobody'" in ran.stderr


def test_a_loop_that_dies_as_soon_as_it_is_at_work_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(
        "import os, sys\nfrom ricloop import Decision, Tick, XApp, every, ms, on\n\n\n"
        "class Dying(XApp):\n    @on(every(ms(10)))\n"
        "    def decide(self, tick: Tick) -> Decision:\n        os.abort()\n"
    )
    line = [sys.executable, "-m", "ricloop", "ric", "--standby", "--xapp", "dying:Dying"]
    ran = subprocess.run(
        [*line, "--listen", f"tcp://127.0.0.1:{free_port()}"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "died 3 times in a row" in ran.stderr


@pytest.mark.parametrize("other", [["--harness"], ["--pcap", "file.pcapng"]])
def test_what_goes_with_no_standby_is_refused(other: list[str]) -> None:
    line = [sys.executable, "-m", "ricloop", "ric", "--standby", *other]
    ran = subprocess.run(line, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert ran.returncode == 2
    assert "--standby goes with neither --harness nor --pcap" in ran.stderr


def test_the_loop_keeps_to_its_processor_and_what_is_beside_it_does_not(tmp_path: Path) -> None:
    allowed = sorted(os.sched_getaffinity(0))
    address = f"tcp://127.0.0.1:{free_port()}"
    pinned = ["ric", "--cpu", str(allowed[-1]), "--xapp", "minimal", "--listen", address]
    with started(*pinned, "--audit", str(tmp_path / "audit.jsonl")) as ric:
        until(lambda: ric.stdout is not None and "listens at" in ric.stdout.readline())
        assert os.sched_getaffinity(ric.pid) == {allowed[-1]}
        (side,) = children(ric)
        assert os.sched_getaffinity(side) == (set(allowed[:-1]) or set(allowed))


def test_a_processor_that_is_not_there_is_named_with_those_that_are() -> None:
    line = [sys.executable, "-m", "ricloop", "ric", "--cpu", "4096"]
    ran = subprocess.run(line, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert ran.returncode == 2
    assert "--cpu 4096: this process may run on" in ran.stderr
