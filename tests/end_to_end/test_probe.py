"""`ricloop probe`: an exit code for whoever runs it, and a line for whoever reads it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.end_to_end.conftest import Run


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/well": 200, "/moved": 302}.get(self.path, 503))
        self.end_headers()
        self.wfile.write(b"as it is\n")

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/well", 0, "200 OK: as it is"),
        ("/ill", 3, "503 Service Unavailable: as it is"),
        ("/moved", 3, "302 Found: as it is"),
    ],
)
def test_a_probe_ends_with_what_the_url_says(ricloop: Run, port: int, path: str, status: int, says: str) -> None:
    done = ricloop("probe", f"http://127.0.0.1:{port}{path}")
    assert (done.returncode, says in done.stdout + done.stderr) == (status, True), done.stderr


@pytest.mark.parametrize(
    ("url", "status", "says"),
    [
        ("http://127.0.0.1:1/", 3, "http://127.0.0.1:1/: "),
        ("https://127.0.0.1/", 2, "write http://HOST:PORT/PATH"),
        ("127.0.0.1:8080", 2, "write http://HOST:PORT/PATH"),
    ],
)
def test_a_url_that_cannot_be_asked_is_named(ricloop: Run, url: str, status: int, says: str) -> None:
    done = ricloop("probe", url)
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr
