"""What the two ends say to each other, as values: no type of protobuf's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.feeds import Latest, Shared
from ricloop.core.ids import NodeId
from ricloop.decide.guards import Refusal
from ricloop.rpc.describe import Described

SCHEMA = 1
MOST_TEXT = 2000
"""Characters of a reason or an error that are carried."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first thing that an xApp says."""

    session: str
    window: int
    records: bool
    stage: str
    """`off`, `shadow` or `active`."""
    described: Described


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a model had to do with an answer: `given`, the version whose prediction the handler was given, and what it
    took, in ns; `fault`, what it did instead; `ready_by` in ns, for as many cells as were asked about."""

    given: str = ""
    ns: int = 0
    fault: str = ""
    ready_by: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. `source` is `handler`, `rule` or `hold`."""

    ask: int
    source: str
    cause: str
    error: str
    reason: str
    actions: tuple[Action, ...] = ()
    kept: tuple[tuple[Action, Refusal], ...] = ()
    """What guards of the xApp's own process refused."""
    shared: tuple[tuple[Shared[Any], Any], ...] = ()
    took: int = 0
    """Nanoseconds from the question's arrival."""
    model: ModelUse | None = None
    """None: the handler has none."""
    refused: tuple[tuple[int, str], ...] = ()
    """A1 policies that do not fit their model: their places among the handler's needs, and why."""
    hold: timedelta | None = None
    """As `Decision.hold`."""


@dataclass(frozen=True, slots=True)
class Bye:
    """The xApp ends."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Nothing but how far it has read."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a need holds for one question."""

    slot: int
    latest: Latest[Any]
    fresh: bool
    """False: the slot holds the value already."""


@dataclass(frozen=True, slots=True)
class Welcome:
    session: str
    resumed: bool
    stage: str


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str
    passing: bool
    """Trying again may help."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as the xApp's end has it; `Reader` gives value and needs."""

    id: int
    handler: int
    remaining: int
    """Nanoseconds."""
    silent: bool
    message: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question holds."""

    value: Any
    needs: tuple[Latest[Any], ...]
    seen: tuple[Any, ...]
    """What came of the feed before the value, oldest first, and was asked about by no question."""
    fresh: bool
    """False: the value was among those that were seen."""
    refused: tuple[tuple[int, str], ...]
    """As in `Said`."""


@dataclass(frozen=True, slots=True)
class Record:
    line: bytes


@dataclass(frozen=True, slots=True)
class NodeEvent:
    node: NodeId
    connected: bool
