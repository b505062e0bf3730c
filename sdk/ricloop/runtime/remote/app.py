"""What the loop has of an xApp that runs elsewhere: its name, its guards and its handlers, without their code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ricloop.app import XApp
from ricloop.core.ids import NodeId
from ricloop.core.time import Clock
from ricloop.decide.arbiter import Arbiter
from ricloop.rpc.describe import Described
from ricloop.runtime.loop.runner import Far, Runner
from ricloop.runtime.remote.decider import FarDecider
from ricloop.runtime.stage import Stage

_ORDER = (Stage.OFF, Stage.SHADOW, Stage.ACTIVE)


class FarApp:
    """As much of an `XApp` as a `Runner` asks for that asks no handler."""

    def __init__(self, described: Described, tell: Callable[[NodeId, bool], None]) -> None:
        """`tell` is told of nodes that connect (True) and are lost."""
        self.name, self.priority, self.guards = described.name, described.priority, described.guards
        self.declared, self._tell = described.handlers, tell

    def node_connected(self, node: NodeId) -> None:
        self._tell(node, True)

    def node_lost(self, node: NodeId) -> None:
        self._tell(node, False)

    def stopping(self) -> None:
        """Its own process sees to that."""


class FarRunner(Runner):
    """The guards, the history and the stage of an xApp whose handlers are asked through `far`."""

    def __init__(
        self,
        described: Described,
        far: Far,
        tell: Callable[[NodeId, bool], None],
        clock: Clock,
        arbiter: Arbiter,
        stage: Stage,
        way: Callable[[], int],
    ) -> None:
        """`way`: how long a question and its answer are under way, in ns."""
        # An XApp is a class of its author's; what a Runner uses of it is here.
        app = cast(XApp[Any], FarApp(described, tell))
        super().__init__(app, clock, arbiter, stage=stage)
        self.far = far
        self.apart = {
            handler.name: FarDecider(app, handler, clock, described.models.get(handler.name), way)
            for handler in self.handlers
        }
        self.deciders = {**self.apart}


def lower(one: Stage, other: Stage) -> Stage:
    """The stage that both allow."""
    return min(one, other, key=_ORDER.index)
