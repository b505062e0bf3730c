"""A RAN function of a node as a service: subscriptions, queries and controls, refused where nothing else is said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ricloop.core.dialect import Dialect
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    Cause,
    RequestId,
    RicControlRequest,
    RicIndication,
    RicQueryRequest,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
    RicSubscriptionRequest,
)
from ricloop_e2sim.e2node.causes import NOT_SUPPORTED
from ricloop_e2sim.e2node.identity import Role
from ricloop_e2sim.e2node.nodeworld import Names, NodeWorld

Admitted = tuple[list[int], list[ActionNotAdmitted]]
"""Ids of the actions that were admitted, and those that were not."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What all services of one node are about."""

    world: NodeWorld
    role: Role
    names: Names
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Answer:
    """To one control. `cause` None: acknowledge."""

    outcome: bytes | None = None
    cause: Cause | None = None
    reason: str = ""
    """For the log: names the cell or user."""


class Service(ABC):
    """One RAN function. What it does not say otherwise, it refuses."""

    id: int
    """RAN function id."""
    oid: str

    @abstractmethod
    def definition(self) -> bytes:
        """What the function offers, for the E2 Setup."""

    def subscribe(self, asked: RicSubscriptionRequest) -> Admitted | Cause:
        """What was admitted; a Cause where the event trigger cannot be served."""
        return NOT_SUPPORTED

    def modify(self, asked: RicSubscriptionModificationRequest) -> RicSubscriptionModificationResponse | Cause:
        """What became of the actions; a Cause, and nothing changes, where none of it can be done."""
        return NOT_SUPPORTED

    @abstractmethod
    def unsubscribe(self, request: RequestId) -> None:
        """Forget a subscription, if it is one of this service."""

    @abstractmethod
    def clear(self) -> None:
        """The association is gone, and with it everything that was subscribed."""

    def due(self, end_ns: int) -> list[RicIndication]:
        """What there is to say after the tick that ended at `end_ns`, Unix time."""
        return []

    def query(self, asked: RicQueryRequest) -> bytes | Cause:
        """The outcome."""
        return NOT_SUPPORTED

    def control(self, asked: RicControlRequest, now_ns: int) -> Answer:
        """Do it, from the next tick on, and say what came of it; `now_ns`: Unix time."""
        return Answer(cause=NOT_SUPPORTED, reason=f"function {asked.function_id} takes no controls")
