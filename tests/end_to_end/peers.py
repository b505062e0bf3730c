"""A RIC and nodes as processes, and raw peers that need not behave."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S).close()
    except OSError:
        return False
    return True


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`ricloop` with these arguments, in `folder`; xApps of these tests can be named."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / f"{arguments[0]}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ricloop", *arguments],
            cwd=folder,
            stdout=log,
            stderr=log,
            text=True,
            env=environment,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def until(what: str, found: Callable[[], Any]) -> Any:
    """Ask again and again; what was found in the end."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if (value := found()) is not None:
            return value
        time.sleep(0.02)
    raise AssertionError(f"never came: {what}")


class Peer:
    """A raw connection, with E2AP messages behind their lengths."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)

    def send(self, *pdus: bytes) -> None:
        self.socket.sendall(b"".join(len(pdu).to_bytes(4, "big") + pdu for pdu in pdus))

    def send_half(self, pdu: bytes) -> None:
        self.socket.sendall(len(pdu).to_bytes(4, "big") + pdu[: len(pdu) // 2])

    def answer(self) -> bytes:
        length = int.from_bytes(self._read(4), "big")
        return self._read(length)

    def closed(self) -> bool:
        """Waits until the other end closes."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            assert more, "the RIC closed the connection"
            data += more
        return data
