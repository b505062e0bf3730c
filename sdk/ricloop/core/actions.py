"""What a decision may ask for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from ricloop.core.ids import CellId, NodeId, Resource


class Action:
    """One change of one resource. Subclasses are frozen dataclasses in `e2sm`; equal actions are the same change."""

    __slots__ = ()

    @property
    def resource(self) -> Resource:
        """What it touches."""
        raise TypeError(f"{type(self).__name__} names no resource")

    @property
    def parameter(self) -> str:
        """Which of the resource's parameters it writes."""
        raise TypeError(f"{type(self).__name__} names no parameter")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who asked, and how its answer finds it."""

    node: NodeId
    function: int
    """RAN function id."""
    process: bytes | None
    """The call process id as the node gave it."""
    until: int
    """When the node stops waiting: nanoseconds on the loop's clock."""


class Answer(Action):
    """An action that answers what a node asked. Its effect is that the node goes on: there is nothing to confirm."""

    __slots__ = ()
    to: Addressee | None


class PolicyChange(Action):
    """Installs, changes or removes what a node shall do by itself. Named: a later one of the same name and cell takes
    the place of an earlier one."""

    __slots__ = ()
    name: str
    cell: CellId
    """One of the node's."""
    removes: ClassVar[bool] = False

    @property
    def resource(self) -> Resource:
        return Resource("cell", self.cell)

    @property
    def parameter(self) -> str:
        return f"policy {self.name}"


class OutcomeState(Enum):
    """Where an action got to. The later states follow the earlier ones; `acknowledged` is not `it worked`."""

    REFUSED = "refused"
    """By a guard, the arbiter, the stage or the runtime: never sent."""
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    """The node answered; per target the answer may still be no."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    EFFECT_CONFIRMED = "effect_confirmed"
    """A later report shows the change."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step in the life of one action."""

    action: Action
    state: OutcomeState
    reason: str = ""
    """Why refused or rejected; empty otherwise."""
    time: int = 0
    """Nanoseconds on the loop's clock."""
