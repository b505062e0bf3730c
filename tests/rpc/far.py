"""A RIC and xApps that are not in it, joined by the real messages: what is sent arrives when told to."""

from __future__ import annotations

from typing import Any

import orjson

from ricloop import XApp
from ricloop.runtime.remote.records import SharedAudit
from ricloop.runtime.remote.remotes import Caller, Remotes
from ricloop.runtime.remote.worker import Worker
from ricloop.runtime.stage import Stage
from tests.runtime.world import World


class Line:
    """One stream: octets wait at either end until they are delivered."""

    def __init__(self) -> None:
        self.down: list[bytes] = []
        self.up: list[bytes] = []
        self.closed = ""
        self.full = False

    def send(self, octets: bytes) -> bool:
        if not self.full:
            self.down.append(octets)
        return not self.full

    def close(self, reason: str) -> None:
        self.closed = self.closed or reason


class Apart:
    """An xApp's process."""

    def __init__(self, world: FarWorld, app: XApp[Any], *, records: bool = True, **options: Any) -> None:
        self.world, self.records = world, list[dict[str, Any]]()
        keep = (lambda line: self.records.append(orjson.loads(line))) if records else None
        self.worker = Worker(app, world.clock, window=options.pop("window", 4), record=keep, **options)
        self.worker.call("started")
        self.line = Line()
        self.caller: Caller | None = None
        self.hangs = False
        """It reads nothing."""

    def connect(self, names: frozenset[str] | None = None) -> None:
        """A new stream, and a greeting on it."""
        self.line = Line()
        self.caller = self.world.remotes.opened(self.line, "memory", names)
        self.line.up.append(self.worker.hello())

    def cut(self) -> None:
        """The stream breaks: what is under way is lost."""
        caller, self.caller = self.caller, None
        self.line = Line()
        if caller is not None:
            self.world.remotes.closed(caller, "cut")

    def deliver(self) -> bool:
        """What was sent arrives, and is answered; True where something did."""
        if self.caller is None:
            return False
        up, self.line.up = self.line.up, []
        for octets in up:
            self.world.remotes.received(self.caller, octets)
        moved = bool(up)
        if not self.hangs:
            down, self.line.down = self.line.down, []
            moved |= bool(down)
            for octets in down:
                if (said := self.worker.take(octets)) is not None:
                    self.line.up.append(said)
        if self.line.closed and not self.line.down and not self.line.up:
            caller, self.caller = self.caller, None
            self.world.remotes.closed(caller, self.line.closed)
        return moved


class FarWorld(World):
    """`World`, with xApps that are apart."""

    def __init__(self, *xapps: XApp[Any], allowed: tuple[str, ...] = (), grace_s: float = 10.0, **options: Any) -> None:
        self.far: list[Apart] = []
        super().__init__(*xapps, **options)
        self.remotes = Remotes(self.ric, allowed=allowed, grace_s=grace_s, stage=options.get("stages", Stage.ACTIVE))
        self.ric.remotes = self.remotes
        self.ric.audit = SharedAudit(self.audit, self.remotes)

    def join(self, app: XApp[Any], **options: Any) -> Apart:
        """Start an xApp apart, and let it in."""
        apart = Apart(self, app, **options)
        self.far.append(apart)
        apart.connect()
        self.exchange()
        return apart

    def exchange(self) -> None:
        super().exchange()
        # In the order of their priority, as those in the RIC are asked.
        while any(list(map(Apart.deliver, sorted(self.far, key=lambda apart: -apart.worker.app.priority)))):
            super().exchange()
