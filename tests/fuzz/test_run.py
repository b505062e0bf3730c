"""The fuzzer itself: it finds what is planted, keeps it, and says how to see it again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz.planted import NEEDLE
from tests.fuzz.run import ABSENT, ROOT, available, fuzz
from tests.interop.oracles import missing


@pytest.fixture
def fuzzer() -> None:
    if not available():
        missing(ABSENT)


@pytest.mark.usefixtures("fuzzer")
def test_a_planted_fault_is_found_kept_and_tried_again(tmp_path: Path) -> None:
    heard: list[int] = []
    for runs in (500_000, 10):
        outcome = fuzz(
            "tests.fuzz.planted",
            "planted",
            seconds=120,
            runs=runs,
            seed=1,
            folder=tmp_path,
            heard=lambda outcome: heard.append(outcome.runs),
        )
        assert not outcome.good
        [file] = outcome.failures
        assert file.read_bytes().startswith(NEEDLE)
        assert "IndexError: the needle" in outcome.said
    assert heard


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "no target nosuch; there are e2ap-v1, "),
        ([], "name a target, or --all of e2ap-v1, "),
        (["kpm", "rc", "--replay", "x"], "--replay takes one TARGET"),
    ],
)
def test_a_wrong_command_says_what_is_right(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tests.fuzz", *arguments])
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert said in capsys.readouterr().err


def test_the_command_s_status_is_that_of_what_it_ran(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "tests.fuzz", "kpm", "rc", "--replay", str(tmp_path)]
    assert subprocess.run(line, cwd=ROOT, capture_output=True, check=False).returncode == 2


def test_an_input_is_given_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "input"
    file.write_bytes(b"\x00\x01")
    monkeypatch.setattr(sys, "argv", ["tests.fuzz", "kpm", "--replay", str(file)])
    assert command.main() == 0


def test_without_atheris_it_says_so_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(command, "available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["tests.fuzz", "--all"])
    assert command.main() == 2
    assert "atheris is absent" in capsys.readouterr().err
