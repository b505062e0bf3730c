"""How long a process takes to be there, and how many modules it loads for that, beside a bare interpreter.

Medians of the rounds: `ready_s` by the wall clock until it has ended, or a RIC has said that it listens; `cpu_s` of the
processor until it has ended.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.rows import Row

ROUNDS = 5
LISTENS = "near-RT RIC listens"
ANYWHERE = ("--listen", "tcp://127.0.0.1:0")
WAYS = {
    "python": ("-c", ""),
    "import ricloop": ("-c", "import ricloop"),
    "import ricloop.testing": ("-c", "import ricloop.testing"),
    "ricloop --version": ("-m", "ricloop", "--version"),
    "ricloop ric": ("-m", "ricloop", "ric", "--xapp", "minimal", *ANYWHERE),
    "ricloop ric, a model": ("-m", "ricloop", "ric", "--xapp", "traffic-prediction", *ANYWHERE),
}


def measure(share: float) -> Iterator[Row]:
    bare = 0.0
    for name, arguments in WAYS.items():
        runs = [_begin(arguments) for _ in range(max(round(ROUNDS * share), 1))]
        ready, cpu = map(median, zip(*((run[0], run[1]) for run in runs), strict=True))
        bare = bare or cpu
        _, _, said = _begin(("-X", "importtime", *arguments))
        modules = len(re.findall(r"^import time: +\d", said, re.MULTILINE))
        yield {"process": name, "ready_s": ready, "cpu_s": cpu, "ratio": cpu / bare, "modules": modules}


def _begin(arguments: tuple[str, ...]) -> tuple[float, float, str]:
    """Seconds until it is there, seconds of processor until its end, and what it said until it was there."""
    begun, said = time.monotonic(), ""
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if LISTENS in line:
                process.terminate()
                break
        ready = time.monotonic() - begun
        process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and LISTENS not in said:
        raise SystemExit(f"{' '.join(arguments)} ends with {process.returncode}: {said}")
    return ready, used.ru_utime + used.ru_stime, said
