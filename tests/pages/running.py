"""Lines of a page, run as they stand there: only addresses, lengths and what a machine lacks are other ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from ricloop.cli import build
from tests.end_to_end.peers import until
from tests.pages import shell, tools
from tests.pages.markdown import Block
from tests.patience import PATIENCE_S

HERE = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "COLUMNS": "200",
    "NS": "ricplt",
}


def lines_of(block: Block, instead: Mapping[str, str]) -> list[str]:
    """Its lines without their comments, with other words for some."""
    found = []
    for line in shell.lines(block.text):
        line = re.sub(r"\s+# .*$", "", line)
        for words, others in instead.items():
            line = line.replace(words, others)
        found.append(line)
    return found


def run(line: str, folder: Path, *, apart: bool = False) -> str:
    """What it printed; fails where its exit status is not 0. One command of ours alone spares a process, unless
    `apart`; then it may take as long as it likes."""
    words = shell.parts(line)
    if not apart and len(words) == 1 and words[0][0] == "ricloop" and ">" not in line:
        return _within(words[0][1:], folder)
    used = {part[0] for part in words} & (tools.TOOLS.keys() - {"cd"})
    for absent in (name for name in used if shutil.which(name, path=HERE["PATH"]) is None):
        pytest.skip(f"{absent} is absent: apt-get install {absent}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=folder,
        env=HERE,
        capture_output=True,
        text=True,
        timeout=None if apart else PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def _within(words: list[str], folder: Path) -> str:
    before = Path.cwd()
    os.chdir(folder)
    try:
        status = typer.main.get_command(build(words[0])).main(words, prog_name="ricloop", standalone_mode=False)
    finally:
        os.chdir(before)
    assert not status, f"ricloop {' '.join(words)}: {status}"
    return ""


@contextmanager
def running(line: str, folder: Path, sign: str) -> Iterator[Path]:
    """A line that goes on, from when its log has this sign to the end; yields the log."""
    name = f"{len(list(folder.glob('*.log')))}.log"
    with (folder / name).open("w") as log:
        process = subprocess.Popen(shell.parts(line)[0], cwd=folder, env=HERE, stdout=log, stderr=log)
        try:
            until(sign, lambda: sign in (folder / name).read_text() or process.poll() is not None or None)
            assert process.poll() is None, f"{line}\n{(folder / name).read_text()}"
            yield folder / name
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    assert process.returncode in (0, 143), f"{line}\n{(folder / name).read_text()}"
