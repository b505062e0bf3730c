"""What an xApp's process says over HTTP, and an app manager that it registers with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ricloop.platform.descriptor import CONFIG_FILE, descriptor
from ricloop_xapps.minimal.xapp import Minimal
from tests.patience import PATIENCE_S

ALIVE, READY = "/ric/v1/health/alive", "/ric/v1/health/ready"


def get(port: int, path: str, timeout_s: float = PATIENCE_S) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def series(port: int) -> dict[str, float]:
    lines = get(port, "/metrics")[1].splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def until(what: str, holds: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if found := holds():
                return found
        except OSError:
            pass  # not yet, or not any more
        time.sleep(0.02)
    raise AssertionError(f"never came: {what}")


def described(folder: Path, **controls: Any) -> Path:
    told = descriptor(Minimal)
    folder.mkdir(exist_ok=True)
    (folder / CONFIG_FILE).write_text(json.dumps(told | {"controls": told["controls"] | controls}))
    return folder


class Manager:
    """A server that behaves as the app manager does: 201 for a registration, 204 for its end, 400 for what is none."""

    FIELDS = frozenset(
        ("appName", "appVersion", "configPath", "appInstanceName", "httpEndpoint", "rmrEndpoint", "config")
    )

    def __init__(self, *, refusals: int = 0, hangs: bool = False) -> None:
        """`refusals`: so many registrations fail first. `hangs`: deregistration is not answered while this is open."""
        self.posts: list[tuple[str, Any]] = []
        self._over = threading.Event()
        left = [refusals]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.posts.append((self.path, told))
                registers = self.path == "/ric/v1/register"
                good = set(told) == outer.FIELDS if registers else set(told) == {"appName", "appInstanceName"}
                if registers and left[0]:
                    left[0] -= 1
                    good = False
                if hangs and not registers:
                    outer._over.wait(PATIENCE_S)
                self.send_response((201 if registers else 204) if good else 400)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> tuple[str, list[tuple[str, Any]]]:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}", self.posts

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
