"""One target fuzzed for a while: its folders, the process, and what libFuzzer said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.target import Target

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "fuzz"
"""Per target: `corpus`, the inputs that reached something new and are used again, and `found`, those that failed."""
ABSENT = (
    "atheris is absent: `make fuzz` installs it where it has a wheel (CPython 3.11 to 3.13 on Linux, x86-64). "
    "Elsewhere `pytest tests/fuzz` gives every target its seeds, and mutations of them that no coverage guides"
)
SLOWEST_S = 20
"""An input that takes longer counts as a failure: instrumented, and on a busy machine."""
MOST_MB = 2048

_STATUS = re.compile(r"^#(\d+)\s.*?\bcov: (\d+) ft: (\d+) corp: (\d+)/")
_RUNS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)")
_TRIFLES = ("INFO: Instrumenting", "WARNING: Failed to find function")
_LAST_LINES = 60


@dataclass
class Outcome:
    """What one run of a target came to."""

    runs: int = 0
    coverage: int = 0
    """Branches that were reached."""
    features: int = 0
    """Branches, each with how often it was taken."""
    inputs: int = 0
    """In the corpus."""
    failures: list[Path] = field(default_factory=list)
    """Inputs that failed now, or did before and still do."""
    said: str = ""
    """The end of what the process printed, where it failed."""

    @property
    def good(self) -> bool:
        return not self.failures and not self.said

    def hear(self, line: str) -> bool:
        """Take in a line of libFuzzer's; True where it says how far it is."""
        if found := _RUNS.match(line):
            self.runs = int(found[1])
        if found := _STATUS.match(line):
            self.runs, self.coverage, self.features, self.inputs = map(int, found.groups())
        return found is not None


def available() -> bool:
    return find_spec("atheris") is not None


def fuzz(
    module: str,
    name: str,
    *,
    seconds: int,
    runs: int,
    seed: int,
    folder: Path = FOLDER,
    heard: Callable[[Outcome], object],
) -> Outcome:
    """Fuzz the target of that name in `module`, for `seconds` or `runs` inputs (-1: any number), whichever ends first.

    `heard` is called as it goes on. Inputs that failed before are tried again at the beginning. Ends at the first
    failure.
    """
    corpus, failed = folder / name / "corpus", folder / name / "found"
    for each in (corpus, failed):
        each.mkdir(parents=True, exist_ok=True)
    before = {file: file.stat().st_mtime_ns for file in failed.iterdir()}
    target: Target = import_module(module).TARGETS[name]
    outcome, last = Outcome(), deque[str](maxlen=_LAST_LINES)
    with TemporaryDirectory(prefix="ricloop-fuzz-") as temporary:
        seeds = Path(temporary) / "seeds"
        seeds.mkdir()
        for number, octets in enumerate(target.seeds()):
            (seeds / f"{number:04}").write_bytes(octets)
        command = [
            sys.executable, "-m", "tests.fuzz.child", module, name,
            f"-max_total_time={seconds}", f"-runs={runs}", f"-seed={seed}", f"-timeout={SLOWEST_S}",
            f"-rss_limit_mb={MOST_MB}", "-print_final_stats=1", f"-artifact_prefix={failed}/",
            str(corpus), str(seeds), str(failed),
        ]  # fmt: skip
        if lines := "".join(map(_quoted, sorted(target.words()))):
            dictionary = Path(temporary) / "words"
            dictionary.write_text(lines)
            command.append(f"-dict={dictionary}")
        # libFuzzer ends the process without cleaning up: what it has put aside goes with the seeds.
        environment = {**os.environ, "TMPDIR": temporary}
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if not line.startswith(_TRIFLES):
                    last.append(line)
                if outcome.hear(line):
                    heard(outcome)
    outcome.failures = sorted(file for file in failed.iterdir() if before.get(file) != file.stat().st_mtime_ns)
    if process.returncode:
        outcome.said = "".join(last) or f"status {process.returncode}"
    return outcome


def _quoted(word: bytes) -> str:
    """A line of libFuzzer's dictionary."""
    octets = "".join(f"\\x{octet:02x}" for octet in word)
    return f'"{octets}"\n'
