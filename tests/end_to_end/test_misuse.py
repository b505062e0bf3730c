"""Wrong flags, missing files, a port in use, Ctrl-C: one line that names the thing and the way out, no traceback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.patience import PATIENCE_S


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["dem"], 2, "Did you mean 'demo'?"),
        (["demo", "--scenario", "three-site"], 2, "Did you mean 'three-sites'?"),
        (["demo", "--scenario", "stadium"], 2, "`ricloop sim run stadium --connect`"),
        (["demo", "--xapps", "energy-savin"], 2, "Did you mean 'energy-saving'?"),
        (["demo", "--xapps", "no.such.module:Class"], 2, "no.such.module"),
        (["demo", "--xapps", "minimal,planed-events"], 2, "Did you mean 'planned-events'?"),
        (["demo", "--drift", "--seconds", "8"], 2, "--seconds 20"),
        (["demo", "--set", "energy-saving.sleep_bellow=1"], 2, "Did you mean 'sleep_below'?"),
        (["demo", "--set", "energy-saving.sleep_below=often"], 2, "sleep_below"),
        (["demo", "--settings", "absent.toml"], 2, "absent.toml"),
        (["ric", "--listen", "tpc://127.0.0.1:1"], 2, "Did you mean 'tcp'?"),
        (["ric", "--listen", "tcp://127.0.0.1"], 2, "port"),
        (["ric", "--topology", "absent.json"], 2, "absent.json"),
        (["ric", "--stage", "shadows"], 2, "shadow"),
        (["replay", "absent.csv"], 2, "absent.csv"),
        (["decode", "absent.pcap"], 2, "absent.pcap"),
        (["sim", "run", "three-site"], 2, "three-sites"),
    ],
)
def test_a_wrong_word_is_named_with_the_right_one(ricloop: Run, arguments: list[str], status: int, says: str) -> None:
    done = ricloop(*arguments)
    assert done.returncode == status, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_port_in_use_is_named(ricloop: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = ricloop("ric", "--listen", f"tcp://127.0.0.1:{port}")
    assert done.returncode == 3
    assert f"tcp://127.0.0.1:{port}" in done.stderr
    assert "in use" in done.stderr


def test_a_settings_file_with_an_unknown_key_is_named(ricloop: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[energy-saving]\nsleep_bellow = 1\n")
    done = ricloop("demo", "--transport", "memory", "--settings", "settings.toml")
    assert done.returncode == 2
    for word in ("settings.toml", "sleep_bellow", "Did you mean 'sleep_below'?"):
        assert word in done.stderr


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [["ric"], ["demo"], ["sim", "run", "three-sites", "--clock", "real"]])
def test_it_ends_in_order_when_told_to(command: list[str], sent: signal.Signals) -> None:
    listen = ["--listen", "tcp://127.0.0.1:0"] if command == ["ric"] else []
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "ricloop", *command, *listen],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first.strip()
    process.send_signal(sent)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in out + err
    assert process.returncode == 128 + sent, err


def test_a_demo_whose_ric_dies_ends_and_says_who_died(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ricloop", "demo", "--seconds", "600", "--run-dir", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()
    (ric,) = [pid for pid, line in children_of(process.pid).items() if " ric " in line]
    os.kill(ric, signal.SIGKILL)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "the RIC was ended by SIGKILL" in err
    assert not children_of(process.pid)


def test_nodes_whose_demo_is_killed_do_not_live_on(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ricloop", "sim", "run", "single", "--connect", "tcp://127.0.0.1:9", "--harness"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    assert "next attempt" in process.stderr.readline()
    process.stdin.close()
    assert process.wait(timeout=PATIENCE_S) == 0
    process.stderr.close()


@pytest.mark.parametrize(
    ("option", "command"),
    [
        ("--json", ["demo", "--transport", "memory"]),
        ("--json", ["sim", "run", "single", "--clock", "free"]),
        ("--json", ["ric", "--listen", "tcp://127.0.0.1:0"]),
        ("--audit", ["ric", "--listen", "tcp://127.0.0.1:0"]),
    ],
)
def test_a_result_that_cannot_be_written_is_said_before_the_run(
    ricloop: Run, tmp_path: Path, option: str, command: list[str]
) -> None:
    done = ricloop(*command, option, str(tmp_path))
    assert done.returncode == 2
    assert f"{option} {tmp_path}" in done.stderr
    assert done.stdout == ""


def test_a_file_in_the_place_of_a_folder_is_said_before_the_run(ricloop: Run, tmp_path: Path) -> None:
    (taken := tmp_path / "kept").touch()
    done = ricloop("demo", "--run-dir", str(taken))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--run-dir {taken}: that is a file; give a folder" in done.stderr


def children_of(parent: int) -> dict[int, str]:
    """Command lines of a process's children, by id."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                line = (status.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(status.parent.name)] = line
        except (OSError, IndexError):
            continue
    return {pid: line for pid, line in found.items() if line}
