"""A tree of this project with an environment of its own, whose commands are run and whose documents are read."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.figures.figure import Run, Value

HERE = Path(__file__).resolve().parents[2]
DATA = "RICLOOP_SAMPLE_DATA"
WORKS = ("sdk", "e2sim", "models", "xapps", "tests/bench", ":!*.md")
TAIL = 400
"""Characters of a command's complaint that are kept."""


@dataclass(frozen=True)
class Measured:
    """What one run of a command showed."""

    values: Mapping[str, Value]
    """By the figure's name; a figure that the document lacks is not here."""
    took_s: float
    absent: Mapping[str, str]
    """Why a figure is not there; under the empty name: why none is."""


class Checkout:
    """`programs`: the folder of its `ricloop` and `python`. Raises `ValueError` where they are not there."""

    def __init__(self, root: Path, programs: Path | None = None) -> None:
        self.root = root.resolve()
        self._programs = programs or self.root / ".venv" / "bin"
        if not (self._programs / "ricloop").exists():
            raise ValueError(f"{self._programs}: no ricloop; a checkout with its environment (`make setup`) is needed")

    @classmethod
    def here(cls) -> Checkout:
        """This tree, by the environment that runs this."""
        return cls(HERE, Path(sys.executable).parent)

    @cached_property
    def name(self) -> str:
        """Its commit, and whether anything was changed since."""
        return self._git("describe", "--always", "--dirty", "--exclude=*")

    @cached_property
    def identity(self) -> str:
        """A digest of what figures hang on: other commits, pages and tests leave it as it is."""
        text = self._git("ls-files", "-s", "--", *WORKS) + self._git("diff", "--", *WORKS)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", "-C", self.root, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ValueError(f"{self.root}: {done.stderr.strip()}")
        return done.stdout.strip()

    def words(self, run: Run, quick: bool) -> list[str]:
        """A run's command, with the programs of here. Raises `LookupError` where it wants traces that nobody named."""
        text = run.line(quick)
        if "{data}" in text:
            if DATA not in os.environ:
                raise LookupError(f"set {DATA} to the folder of traces")
            text = text.replace("{data}", str(Path(os.environ[DATA]).resolve()))
        program, *words = shlex.split(text)
        return [str(self._programs / program), *words]

    def measure(self, run: Run, quick: bool = False) -> Measured:
        """Run its command once. What fails is said in `absent`, never raised."""
        begun, document = time.monotonic(), None
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "figures.json"
            try:
                said = self._said([*self.words(run, quick), "--json", str(file)], run.limit_s)
                document = json.loads(file.read_text())
            except (LookupError, subprocess.TimeoutExpired) as error:
                said = str(error)
            except (OSError, ValueError):
                pass  # It wrote none that is whole, and said why.
        took_s = time.monotonic() - begun
        return Measured({}, took_s, {"": said[-TAIL:]}) if document is None else read(run, document, took_s)

    def _said(self, words: list[str], limit_s: float) -> str:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(words, cwd=self.root, text=True, env=_environment(), **pipes) as process:
            try:
                return process.communicate(timeout=limit_s)[0]
            finally:
                process.terminate()


def _environment() -> dict[str, str]:
    """Without what names this tree's environment."""
    return {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}


def read(run: Run, document: Any, took_s: float) -> Measured:
    """The figures of a run in what its command wrote."""
    values, absent = {}, {}
    for figure in run.figures:
        try:
            values[figure.name] = figure.read(document)
        except (LookupError, TypeError, AttributeError) as error:
            absent[figure.name] = f"{type(error).__name__}: {error}"
    return Measured(values, took_s, absent)
