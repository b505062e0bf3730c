"""Two RICs that share a lease, as processes, and nodes that find whoever is in control by a Service."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S
from tests.platform.kubeapi import KubeApi, serving
from tests.platform.service import Control, Service, service

ROOT = Path(__file__).resolve().parents[2]
LEASE = "ricplt/ric"


def until(what: str, there: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    end = time.monotonic() + patience_s
    while not (found := there()):
        assert time.monotonic() < end, f"never came: {what}"
        # Another process is what changes it: a look now and then is all there is.
        time.sleep(0.01)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clock_shim(folder: Path) -> Path | None:
    """A library that moves a process's wall clock; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library, source = folder / "wallclock.so", Path(__file__).parent / "wallclock.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source)], check=True)
    return library


class Replica:
    """One pod's process, and the one that it holds."""

    def __init__(self, name: str, folder: Path, api: KubeApi, shim: Path | None, seconds: int, renew_s: float) -> None:
        self.name, self.key, self._api = name, f"ricplt/{name}", api
        self.port, self.http = free_port(), free_port()
        self.audit, self.log = folder / f"{name}.jsonl", folder / f"{name}.log"
        self._token, self._wall = folder / f"{name}.token", folder / f"{name}.wall"
        self._token.write_text(name)
        self._wall.write_bytes(bytes(8))
        api.tokens[name] = name
        api.pods[self.key] = {}
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        if shim is not None:
            self.environment |= {"LD_PRELOAD": str(shim), "RICLOOP_TEST_WALLCLOCK": str(self._wall)}
        self._line = [
            *(sys.executable, "-m", "ricloop", "ric", "--xapp", "tests.end_to_end.waker:Waker"),
            *("--listen", f"tcp://127.0.0.1:{self.port}", "--audit", str(self.audit)),
            *("--metrics", f"127.0.0.1:{free_port()}"),
            *("--lease", LEASE, "--lease-http", f"127.0.0.1:{self.http}", "--lease-identity", name),
            *("--lease-duration", str(seconds), "--lease-renew", str(renew_s)),
            *("--lease-api", api.url, "--lease-token", str(self._token)),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._line, stdout=log, stderr=log, env=self.environment, cwd=ROOT)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def child(self) -> int:
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(found[0]) if found else 0

    def signal(self, number: signal.Signals, *, parent: bool, child: bool) -> None:
        # The child first: its parent must not see it change before it is stopped itself.
        for pid in ([self.child()] if child else []) + ([self.pid] if parent else []):
            if pid:
                os.kill(pid, number)

    def resume(self, pids: list[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def set_wall(self, seconds: int) -> None:
        """Its wall clock is so far from the true one, from now on."""
        # In place: its processes have the file mapped, and one that looks while it is cut to nothing dies of SIGBUS.
        with self._wall.open("r+b") as file:
            file.write(struct.pack("q", seconds))

    def get(self, path: str) -> str:
        """What it answers over HTTP; empty where it is not well, or not there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=2) as reply:
                return str(reply.read().decode())
        except OSError:
            return ""

    def ready(self) -> bool:
        return self.get("/health/ready") == "ok\n"

    def end(self) -> None:
        if self.process is not None:
            self.resume([self.pid])
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None


class Pair:
    """Both, the API server, the Service and the nodes."""

    def __init__(self, api: KubeApi, replicas: list[Replica], found: Service) -> None:
        self.api, self.replicas, self.service = api, replicas, found

    def leader(self) -> Replica | None:
        holder = self.api.holder(LEASE).rpartition("_")[0]
        return next((replica for replica in self.replicas if replica.name == holder), None)

    def other(self, than: Replica) -> Replica:
        return next(replica for replica in self.replicas if replica is not than)

    def settled(self) -> Replica:
        """Whoever is in control, once nodes are controlled and the other is ready to take over."""

        def there() -> Replica | None:
            for replica in self.replicas:
                if replica.process is None or replica.process.poll() is not None:
                    replica.start()
            leader, now = self.leader(), time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            recent = {c.pod for c in self.service.seen()[-5:] if now - c.at < 1e9}
            if leader is None or recent != {leader.key} or not self.other(leader).ready():
                return None
            return leader

        found = until("one in control, and one ready", there)
        assert isinstance(found, Replica)
        return found

    def controlled_by(self, replica: Replica, since: int) -> Control:
        """The first control of it after that many were seen."""
        found = until(
            f"a control of {replica.name}",
            lambda: next((c for c in self.service.seen()[since:] if c.pod == replica.key), None),
        )
        assert isinstance(found, Control)
        return found

    def overlaps(self) -> list[str]:
        """Everything that must not be: in a round with two senders, a sender while another has an association, and one
        whose lease is over by the API server's own account."""
        controls, wrong = self.service.seen(), []
        spans: list[list[int]] = []
        senders: list[str] = []
        for control in controls:
            if not senders or senders[-1] != control.pod:
                senders.append(control.pod)
                spans.append([control.round, control.round])
            spans[-1][1] = control.round
        for (_, last), (first, _), old, new in zip(spans, spans[1:], senders, senders[1:], strict=False):
            if first <= last:
                wrong.append(f"{old} and {new} sent in one round, {first}")
        wrong += [f"{c.pod} sent while {c.others} had associations" for c in controls if c.others]
        with self.api.lock:
            writes = list(self.api.writes)
        for control in controls:
            name = control.pod.partition("/")[2]
            mine = [w for w in writes if w.at <= control.at and w.holder.rpartition("_")[0] == name]
            if not mine:
                wrong.append(f"{control.pod} sent and never held the lease")
            elif control.at > mine[-1].at + mine[-1].seconds * 1_000_000_000:
                late = (control.at - mine[-1].at) / 1e9
                wrong.append(f"{control.pod} sent {late:.2f} s after it renewed its lease of {mine[-1].seconds} s")
        return wrong


@contextmanager
def pair(folder: Path, *, seconds: int, renew_s: float, shim: Path | None = None) -> Iterator[Pair]:
    """Running, until it is left; nothing is in control yet."""
    with ExitStack() as stack:
        api = stack.enter_context(serving(KubeApi()))
        replicas = [Replica(name, folder, api, shim, seconds, renew_s) for name in ("ric-a", "ric-b")]
        found = stack.enter_context(service(api, {replica.key: replica.port for replica in replicas}))
        for replica in replicas:
            stack.callback(replica.end)
            replica.start()
        address = f"tcp://127.0.0.1:{found.port}"
        line = [sys.executable, "-m", "ricloop", "sim", "run", "office", "--connect", address, "--seconds", "100000"]
        nodes = subprocess.Popen([*line, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(nodes.wait, PATIENCE_S)
        stack.callback(nodes.terminate)
        yield Pair(api, replicas, found)
