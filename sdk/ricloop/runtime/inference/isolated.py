"""A model that nobody vouches for, in a process of its own: the loop waits for it as long as there is time, no longer.

An answer that does not come in time is not waited for: the rule answers, and until the process is through with the old
question the model is not asked again. One that stays away for long, dies, or grows beyond its memory is replaced; what
it did is counted under its name.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import structlog

from ricloop.core.errors import ConfigError
from ricloop.core.model import BadAnswer, ModelError, Table, Window
from ricloop.core.time import NS_PER_MS, Clock
from ricloop.runtime.inference.exchange import ANSWERED, ASKED, FAILED, OK, ROWS, STATUS, Exchange
from ricloop.runtime.memory import anonymous

log = structlog.get_logger()

ROWS_MOST = 4096
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that say how many threads numpy and torch use; what the operator set stands."""
BEGINS_WITHIN_S = 30.0
HANGS_AFTER_NS = 1_000 * NS_PER_MS
"""A process that is not through with a question after so long is ended."""
MEMORY_MB = 2048
"""Resident; more is a leak."""
LOOKED_AT_EVERY = 64
"""Questions between two looks at a process's memory."""
GUESS_NS = NS_PER_MS
"""What a model is expected to take before it has answered once."""


@dataclass
class IsolationCounts:
    """What the process did instead of answering, by kind: `late`, `busy`, `died`, `hung`, `leaked`; and starts."""

    starts: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class Late(ModelError):
    """No answer yet, and no time left."""

    kind = "late"


class Gone(ModelError):
    """The process is busy with an older question, or not there."""

    kind = "gone"


class Isolated:
    """An `Inference` whose engine is another process. It belongs to one handler."""

    def __init__(self, target: str, clock: Clock, *, memory_mb: int = MEMORY_MB) -> None:
        """Starts the process and waits for it. Raises ConfigError for what is no model."""
        self.target, self._clock, self._memory_mb = target, clock, memory_mb
        self.counts = IsolationCounts()
        self._asked = 0
        self._asked_at = 0
        self._within = 0
        self._typical = GUESS_NS
        # Its size is known when the model has said what it looks at.
        self._descriptor = anonymous("ricloop-model")
        self._ended: list[subprocess.Popen[bytes]] = []
        self._starting = False
        self._process = self._spawn()
        about = self._introduced(self._process)
        self.window = Window(tuple(about["window"]["metrics"]), about["window"]["length"], about["window"]["calendar"])
        self.outputs: int = about["outputs"]
        self.says: Any = about["says"]
        self._exchange = Exchange(self._descriptor, ROWS_MOST, self.window.columns, self.outputs)

    # -------------------------------------------------------------------------------------------- as an inference

    def input(self, rows: int) -> Table:
        if rows > ROWS_MOST:
            raise ModelError(
                f"model {self.target} is asked about {rows} cells; in a process of its own {ROWS_MOST} fit"
            )
        return self._exchange.asked[:rows]

    def expected_ns(self, rows: int) -> int:
        """It is given what time there is: nothing is known of it but what it took last."""
        return self._typical

    def within(self, ns: int) -> None:
        """How long the next answer may take."""
        self._within = max(0, ns)

    def infer(self, rows: int) -> Table:
        """The answers, copied nowhere: good until the next call. Raises Late, Gone, or what the model did."""
        numbers = self._exchange.numbers
        self._look_after()
        self._asked += 1
        self._asked_at = self._clock.now()
        numbers[ROWS], numbers[ASKED] = rows, self._asked
        self._send()
        if not self._answered(self._within):
            self.counts.faults["late"] += 1
            raise Late(f"model {self.target} has not answered in {self._within / 1e6:.2f} ms")
        took = self._clock.now() - self._asked_at
        # Slowly down, at once up: an expectation that is not kept costs a decision its model.
        self._typical = max(took, self._typical - self._typical // 64)
        if numbers[STATUS] != OK:
            kind = "failed" if numbers[STATUS] == FAILED else "shape"
            raise BadAnswer(f"model {self.target}: {self._exchange.complaint}", kind)
        return self._exchange.said[:rows]

    def missed(self) -> None:
        """What was late is known here already."""

    def close(self) -> None:
        """End the process."""
        self._end(self._process)
        for process in self._ended:
            process.wait()
        self._exchange.close()

    # --------------------------------------------------------------------------------------------- the process

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = {"target": self.target, "memory": self._descriptor, "rows": ROWS_MOST}
        self.counts.starts += 1
        return subprocess.Popen(
            [sys.executable, "-m", "ricloop.runtime.inference.child", orjson.dumps(options).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            # Two threads of one model on two processors take turns with the loop, and are slower than one.
            env={**dict.fromkeys(ONE_THREAD, "1"), **os.environ},
            pass_fds=(self._descriptor,),
            start_new_session=True,
        )

    def _introduced(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], BEGINS_WITHIN_S)
        words = process.stdout.readline() if ready else b""
        about = orjson.loads(words) if words else {"error": f"model {self.target}: its process said nothing"}
        if "error" in about:
            self._end(process)
            process.wait()
            raise ConfigError(about["error"])
        return dict(about)

    def _send(self) -> None:
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), b"\n")
        except BrokenPipeError:
            self._replace("died")

    def _answered(self, within_ns: int) -> bool:
        """Wait for the answer to the last question."""
        assert self._process.stdout is not None
        end = self._clock.now() + within_ns
        while self._exchange.numbers[ANSWERED] != self._asked:
            left = end - self._clock.now()
            ready, _, _ = select.select([self._process.stdout], [], [], max(0, left) / 1e9)
            if not ready:
                return False
            if not os.read(self._process.stdout.fileno(), 64):
                self._replace("died")
        return True

    def _look_after(self) -> None:
        """Raises Gone while there is nobody to ask."""
        self._ended = [process for process in self._ended if process.poll() is None]
        if self._starting:
            assert self._process.stdout is not None
            if not select.select([self._process.stdout], [], [], 0)[0]:
                raise Gone(f"model {self.target}: its process is starting")
            # Who it is was known before.
            if not self._process.stdout.readline():
                self._replace("died")
            self._starting = False
        if self._exchange.numbers[ANSWERED] != self._asked and not self._answered(0):
            if self._clock.now() - self._asked_at > HANGS_AFTER_NS:
                self._replace("hung")
            self.counts.faults["busy"] += 1
            raise Gone(f"model {self.target} is busy with an older question")
        if self._asked % LOOKED_AT_EVERY == 0 and self._resident_mb() > self._memory_mb:
            self._replace("leaked")

    def _resident_mb(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            return (
                int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
            )
        return 0

    def _replace(self, why: str) -> None:
        """Another process; this question stays without an answer. Raises Gone."""
        self.counts.faults[why] += 1
        self._end(self._process)
        self._exchange.numbers[ANSWERED] = self._asked
        self._process, self._starting = self._spawn(), True
        log.error("a model's process is replaced", model=self.target, why=why, starts=self.counts.starts)
        raise Gone(f"model {self.target}: its process {why}; another is started")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """At once; what is left of it is cleared away later, so that nobody waits."""
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._ended.append(process)
