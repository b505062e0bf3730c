"""An API server of Kubernetes as far as Leases and the labels of pods go, over real HTTP.

Versions and conflicts, tokens, refusals, and the faults of networks. Who asks is known by the token.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LEASES = "/apis/coordination.k8s.io/v1/namespaces/{}/leases"
REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Gone"}


@dataclass
class Fault:
    """What happens to the requests of one who asks."""

    delay_s: float = 0.0
    """Before the request is looked at."""
    status: int = 0
    """Answered instead of doing it."""
    retry_after: str = ""
    lost_answer: bool = False
    """It is done, and the connection ends without an answer."""
    cut_off: bool = False
    """Nothing is done and nothing comes back, until it is over."""
    garbage: bool = False
    """Done, and what comes back is no JSON."""
    methods: tuple[str, ...] = ("GET", "POST", "PUT", "PATCH")


@dataclass
class Write:
    """A write that was done."""

    at: int
    """CLOCK_BOOTTIME, nanoseconds."""
    who: str
    holder: str
    seconds: int


@dataclass
class KubeApi:
    """The server's state. `url` while it runs."""

    tokens: dict[str, str] = field(default_factory=dict)
    """Token to who that is; none: everybody may ask."""
    leases: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By namespace/name."""
    pods: dict[str, dict[str, str]] = field(default_factory=dict)
    """Labels, by namespace/name."""
    faults: dict[str, Fault] = field(default_factory=dict)
    """By who asks; `*` for everyone."""
    writes: list[Write] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Who, and by which method."""
    url: str = ""
    versions: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def holder(self, key: str) -> str:
        with self.lock:
            return str(self.leases.get(key, {}).get("spec", {}).get("holderIdentity") or "")

    def leaders(self) -> list[str]:
        """Pods that carry the label."""
        with self.lock:
            return [key for key, labels in self.pods.items() if labels.get("ricloop.dev/role") == "leader"]

    def fault(self, who: str, fault: Fault | None) -> None:
        with self.lock:
            if fault is None:
                self.faults.pop(who, None)
            else:
                self.faults[who] = fault

    def put(self, key: str, document: dict[str, Any], who: str = "") -> dict[str, Any]:
        """Store it as a new version; the lock is held."""
        self.versions += 1
        namespace, name = key.split("/")
        meta = {**document.get("metadata", {}), "name": name, "namespace": namespace}
        meta["resourceVersion"] = str(self.versions)
        self.leases[key] = {**document, "metadata": meta}
        spec = document.get("spec", {})
        at = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        self.writes.append(Write(at, who, spec.get("holderIdentity") or "", spec.get("leaseDurationSeconds") or 0))
        return self.leases[key]

    # ------------------------------------------------------------------------------------------------- requests

    def do(self, who: str, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and document."""
        parts = path.strip("/").split("/")
        with self.lock:
            if parts[:2] == ["apis", "coordination.k8s.io"] and parts[5:6] == ["leases"]:
                return self._lease(who, method, parts[4], parts[6] if len(parts) > 6 else "", body)
            if parts[:2] == ["api", "v1"] and parts[4:5] == ["pods"] and method == "PATCH":
                return self._pod(f"{parts[3]}/{parts[5]}", body)
        return 404, status(404, "no such path")

    def _lease(self, who: str, method: str, space: str, name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key = f"{space}/{name or body.get('metadata', {}).get('name')}"
        there = self.leases.get(key)
        if method == "POST":
            if there is not None:
                return 409, status(409, f'leases "{key}" already exists')
            return 201, self.put(key, body, who)
        if there is None:
            return 404, status(404, f'leases "{key}" not found')
        if method == "PUT":
            if body.get("metadata", {}).get("resourceVersion") != there["metadata"]["resourceVersion"]:
                return 409, status(409, "the object has been modified")
            return 200, self.put(key, body, who)
        return 200, there

    def _pod(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if key not in self.pods:
            return 404, status(404, f'pods "{key}" not found')
        for label, value in body["metadata"]["labels"].items():
            if value is None:
                self.pods[key].pop(label, None)
            else:
                self.pods[key][label] = value
        return 200, {"metadata": {"labels": self.pods[key]}}


def status(code: int, message: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "reason": REASONS.get(code, "?"), "code": code, "message": message}


class Handler(BaseHTTPRequestHandler):
    """One who asks; `Server` says of what."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        """Silence."""

    def answer(self) -> None:
        api, over = self.server.api, self.server.over
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        who = api.tokens.get(token, "?") if api.tokens else "-"
        with api.lock:
            api.asked.append((who, self.command))
            fault = api.faults.get(who) or api.faults.get("*") or Fault()
        if self.command not in fault.methods:
            fault = Fault()
        if fault.cut_off:
            while not over.wait(0.05):
                with api.lock:
                    if not (api.faults.get(who) or Fault()).cut_off:
                        break
            self.hang_up()
            return
        over.wait(fault.delay_s)
        if who == "?":
            self.say(401, status(401, "Unauthorized"))
            return
        if fault.status:
            self.say(fault.status, status(fault.status, "as the test asked"), fault.retry_after)
            return
        code, document = api.do(who, self.command, self.path.partition("?")[0], body)
        if fault.lost_answer:
            self.hang_up()
        else:
            self.say(code, None if fault.garbage else document)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def say(self, code: int, document: dict[str, Any] | None, retry_after: str = "") -> None:
        data = b"<html>" if document is None else json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        # A client that gave up while it was made to wait.
        with suppress(OSError):
            super().handle()


class Server(ThreadingHTTPServer):
    """Of one API; `over` ends what is made to wait."""

    daemon_threads = True

    def __init__(self, api: KubeApi) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.api, self.over = api, threading.Event()


@contextmanager
def serving(api: KubeApi, tls: tuple[Path, Path] | None = None) -> Iterator[KubeApi]:
    """Answer on a port of this machine; over TLS with this certificate and key of `localhost`."""
    server = Server(api)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    where = "http://127.0.0.1" if tls is None else "https://localhost"
    api.url = f"{where}:{server.server_address[1]}"
    try:
        yield api
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
