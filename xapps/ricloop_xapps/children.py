"""Child processes, spoken to in JSON lines on their pipes: `ricloop ric`, `ricloop sim run`, others of that kind."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ricloop.core.errors import RicloopError

COMPLAINT = "ricloop: error: "
"""What the command line writes before a sentence that is meant for a person."""
WATCH_S = 0.2


class ChildError(RicloopError):
    """A child process ended or said no. `exit_code` is the child's, where that says more than that it failed."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Child:
    """One process of ours. Ask it something, get its answer; it ends when told to or closed."""

    def __init__(self, title: str, arguments: list[str], log: Path, module: str = "ricloop") -> None:
        self.title, self._log = title, log
        self._errors = log.open("w")
        self.blame: Child | None = None
        """The child whose end ended this one."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            bufsize=1,
            # Its own session: Ctrl-C reaches this process only, which then ends its children in order.
            start_new_session=True,
        )

    def ask(self, op: str, **values: Any) -> dict[str, Any]:
        """Send one operation and wait for its answer. Raises ChildError with the child's last words."""
        self.tell(op, **values)
        return self.answer()

    def tell(self, op: str, **values: Any) -> None:
        """Send one operation; its answer is fetched by `answer`."""
        stdin = self._process.stdin
        try:
            if stdin is None:
                raise BrokenPipeError
            stdin.write(json.dumps({"op": op, **values}) + "\n")
            stdin.flush()
        except (BrokenPipeError, ValueError):
            raise self._ended() from None

    def answer(self) -> dict[str, Any]:
        """The next line the child prints."""
        stdout = self._process.stdout
        line = stdout.readline() if stdout else ""
        if not line:
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ChildError(f"{self.title}: {answer['error']}")
        return answer

    def close(self, patience_s: float = 5.0) -> None:
        """End it: close its pipe, then SIGTERM, and SIGKILL where it does not drain in `patience_s`."""
        process = self._process
        with contextlib.suppress(OSError):
            if process.stdin:
                process.stdin.close()
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(patience_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()
        self._errors.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """End it now."""
        self._process.kill()

    def _ended(self) -> ChildError:
        if self.blame is not None:
            return self.blame._ended()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        lines = self._log.read_text().splitlines()
        status = self._process.returncode
        for line in reversed(lines):
            if line.startswith(COMPLAINT):
                return ChildError(f"{self.title}: {line.removeprefix(COMPLAINT)}", status or 1)
        said = " · ".join(line.strip() for line in lines[-3:] if line.strip()) or "it said nothing"
        how = f"was ended by {signal.Signals(-status).name}" if status and status < 0 else f"ended with status {status}"
        return ChildError(f"{self.title} {how}: {said}")


@contextlib.contextmanager
def family() -> Iterator[list[Child]]:
    """A list of children; all are closed at the end, side by side, whatever happened.

    Where one dies, the others are ended at once: whoever waits for their answer is told who died first.
    """
    children: list[Child] = []
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(children, over), daemon=True)
    watch.start()
    try:
        yield children
    finally:
        over.set()
        watch.join()
        closing = [threading.Thread(target=child.close) for child in children]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()


def _watch(children: list[Child], over: threading.Event) -> None:
    while not over.wait(WATCH_S):
        dead = next((child for child in list(children) if child.status not in (None, 0)), None)
        if dead is not None:
            for child in list(children):
                if child is not dead and child.status is None:
                    child.blame = dead
                    child.stop()
            return
