"""How long a killed loop is missed: from the kill to the first node's return, and to the first decision.

Beside it, the same without a standby, started again by hand as soon as it is dead: the baseline.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from ricloop.runtime.process.standby import QUICK_S
from tests.bench.rows import Row

KILLS = 3
PATIENCE_S = 60.0


def measure(share: float) -> Iterator[Row]:
    for standby in (False, True):
        runs = _kills(max(round(KILLS * share), 1), standby=standby)
        again = [decision for _, decision in runs]
        whole = [back + decision for back, decision in runs]
        yield {
            "loop": "standby" if standby else "started again",
            "kills": len(runs),
            "back_s": median(back for back, _ in runs),
            "first_s": median(again),
            "longest_first_s": max(again),
            "whole_s": median(whole),
            "longest_whole_s": max(whole),
        }


def until(there: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (found := there()):
        if time.monotonic() > end:
            raise TimeoutError("never came")
        time.sleep(0.005)
    return found


def decided(audit: Path) -> list[float]:
    """When, on CLOCK_MONOTONIC, in seconds."""
    if not audit.exists():
        return []
    records = map(json.loads, audit.read_text().splitlines())
    return [record["time"] / 1e9 for record in records if record["kind"] == "decision"]


def connected(log: Path) -> list[float]:
    """When, on CLOCK_MONOTONIC, in seconds."""
    offset = time.time() - time.monotonic()
    stamps = re.findall(r"timestamp=(\S+) level=info event=\"node connected\"", log.read_text())
    return [datetime.fromisoformat(stamp).timestamp() - offset for stamp in stamps]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kills(count: int, *, standby: bool) -> list[tuple[float, float]]:
    """(seconds from the kill to the first node's return, from that to the first decision), per kill."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    found = []
    with tempfile.TemporaryDirectory() as folder:
        audit, log = Path(folder) / "audit.jsonl", Path(folder) / "ric.log"
        ric = [sys.executable, "-m", "ricloop", "ric", "--xapp", "minimal", "--listen", address, "--audit", str(audit)]
        ric += ["--standby"] if standby else []
        sim = [sys.executable, "-m", "ricloop", "sim", "run", "office", "--connect", address, "--seconds", "600"]
        with log.open("w") as out:
            first = subprocess.Popen(ric, stdout=out, stderr=out)
            nodes = subprocess.Popen([*sim, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                for _ in range(count):
                    before, whole = len(decided(audit)), time.monotonic() + QUICK_S + 1
                    # One that dies as soon as it is at work, again and again, is given up.
                    until(
                        lambda before=before, whole=whole: (
                            len(decided(audit)) > before + 20 and time.monotonic() > whole
                        )
                    )
                    victim = first.pid
                    if standby:
                        victim = until(lambda pid=victim: len(both := children(pid)) == 2 and both)[0]
                    killed = time.monotonic()
                    os.kill(victim, signal.SIGKILL)
                    if not standby:
                        first.wait()
                        first = subprocess.Popen(ric, stdout=out, stderr=out)
                    back = until(lambda killed=killed: [at for at in connected(log) if at > killed])[0]
                    again = until(lambda back=back: [at for at in decided(audit) if at > back])[0]
                    found.append((back - killed, again - back))
            finally:
                for process in (nodes, first):
                    process.terminate()
                    process.wait()
    return found
