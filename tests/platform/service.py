"""A Service of Kubernetes for E2 over TCP: each new connection goes to the pod that carries the label, and stays there.

One thread, one loop: in a round everything that is there is read before anything is concluded, so that of two controls
the one that was sent first is never seen in a later round. Connections that nobody can take wait, as packets do that
are sent again.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.platform.kubeapi import KubeApi

CONTROL = b"\x00\x04"
"""How a RICcontrolRequest begins: initiatingMessage, procedure code 4."""
ROUND_S = 0.02


@dataclass
class Control:
    """A control on its way to a node."""

    round: int
    at: int
    """CLOCK_BOOTTIME, nanoseconds, when the round began."""
    pod: str
    others: tuple[str, ...]
    """Other pods that had an association at the end of this round."""


@dataclass
class Way:
    """One direction of a connection."""

    source: socket.socket
    target: socket.socket
    pod: str
    down: bool
    """Towards the node."""
    waiting: bytes = b""
    heard: bytes = b""
    over: bool = False


@dataclass
class Service:
    """What it saw. `pods` maps the key of each pod to its port."""

    api: KubeApi
    pods: dict[str, int]
    controls: list[Control] = field(default_factory=list)
    associations: list[tuple[int, str]] = field(default_factory=list)
    """When each began (CLOCK_BOOTTIME), and with whom."""
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    _ways: list[Way] = field(default_factory=list)
    _waiting: list[socket.socket] = field(default_factory=list)
    _round: int = 0

    def seen(self) -> list[Control]:
        with self.lock:
            return list(self.controls)

    def _turn(self, listener: socket.socket, selector: selectors.BaseSelector) -> None:
        selector.select(ROUND_S)
        self._round += 1
        at = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._waiting.append(listener.accept()[0])
        self._connect(at, selector)
        controlled = [pod for way in self._ways for pod in self._pass_on(way)]
        for way in [way for way in self._ways if way.over]:
            self._end(way, selector)
        there = {way.pod for way in self._ways}
        with self.lock:
            for pod in controlled:
                self.controls.append(Control(self._round, at, pod, tuple(sorted(there - {pod}))))

    def _connect(self, at: int, selector: selectors.BaseSelector) -> None:
        leaders = self.api.leaders()
        for client in self._waiting if leaders else ():
            try:
                pod = socket.create_connection(("127.0.0.1", self.pods[leaders[0]]), timeout=1)
            except OSError:
                # The label is ahead of the door, or behind its owner's death.
                break
            self._waiting.remove(client)
            with self.lock:
                self.associations.append((at, leaders[0]))
            for source, target, down in ((pod, client, True), (client, pod, False)):
                source.setblocking(False)
                selector.register(source, selectors.EVENT_READ)
                self._ways.append(Way(source, target, leaders[0], down))
            break

    def _pass_on(self, way: Way) -> Iterator[str]:
        """The pod, once for each control that it sent."""
        try:
            while data := way.source.recv(1 << 16):
                way.waiting += data
                if way.down:
                    way.heard += data
            way.over = True
        except BlockingIOError:
            pass
        except OSError:
            way.over = True
        while len(way.heard) >= 4 and len(way.heard) >= 4 + (length := int.from_bytes(way.heard[:4], "big")):
            if way.heard[4:6] == CONTROL:
                yield way.pod
            way.heard = way.heard[4 + length :]
        try:
            while way.waiting:
                way.waiting = way.waiting[way.target.send(way.waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            way.over = True

    def _end(self, ended: Way, selector: selectors.BaseSelector) -> None:
        for way in [way for way in self._ways if {way.source, way.target} == {ended.source, ended.target}]:
            self._ways.remove(way)
            selector.unregister(way.source)
            way.source.close()


@contextmanager
def service(api: KubeApi, pods: dict[str, int]) -> Iterator[Service]:
    """It runs meanwhile."""
    found, over = Service(api, pods), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    found.port = listener.getsockname()[1]
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)

    def run() -> None:
        while not over.is_set():
            found._turn(listener, selector)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
        for one in (*found._waiting, *(way.source for way in found._ways), listener):
            one.close()
        selector.close()
