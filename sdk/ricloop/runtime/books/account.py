"""Where every indication went: received = decided + superseded + refused, exactly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from ricloop.core.errors import RicloopError
from ricloop.core.ids import GnbId
from ricloop.e2ap.messages import RequestId
from ricloop.e2sm.base import Part


class AccountError(RicloopError):
    """Unexpected: an indication was counted twice, or not at all."""


class StreamKey(NamedTuple):
    """What the indications of one action of one subscription have in common; they sort by it."""

    node: str
    request: RequestId
    action: int


@dataclass(slots=True, eq=False)
class Arrived:
    """One decoded indication on its way to a decision."""

    key: StreamKey
    gnb: GnbId
    part: Part
    sequence: int | None
    arrived: int
    """When its frame arrived: nanoseconds of the stopwatch."""
    at: int
    """The same moment on the loop's clock."""
    fate: str = ""
    """`decided`, `superseded` or `refused`; empty while it waits."""

    @property
    def trigger(self) -> list[object]:
        """As the audit record names it."""
        key = self.key
        return [key.node, key.request.requestor, key.request.instance, key.action, self.sequence]


@dataclass
class Account:
    """`decided`: it reached its reader (a handler ran with it, or it became the latest value of a need).
    `superseded`: a newer one of the same action, or of the same time, was there first. `refused`: undecodable, not
    asked for, for an xApp that is off, or still waiting at the end."""

    received: int = 0
    decided: int = 0
    superseded: int = 0
    refused: int = 0
    fanned_out: int = 0
    """Of those received, copies for further readers of one subscription: nodes sent `received - fanned_out`."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why refused."""

    def fan_out(self) -> None:
        """An indication goes to one more reader: a copy, which is received and has a fate of its own."""
        self.received += 1
        self.fanned_out += 1

    def decide(self, arrived: Arrived) -> None:
        self._settle(arrived, "decided")
        self.decided += 1

    def supersede(self, arrived: Arrived) -> None:
        self._settle(arrived, "superseded")
        self.superseded += 1

    def refuse(self, arrived: Arrived | None, reason: str) -> None:
        """`arrived` is None where it never became one."""
        if arrived is not None:
            self._settle(arrived, "refused")
        self.refused += 1
        self.reasons[reason] += 1

    @property
    def waiting(self) -> int:
        """Received, and not yet counted anywhere else."""
        return self.received - self.decided - self.superseded - self.refused

    def check(self, waiting: int) -> None:
        """Raises AccountError unless exactly `waiting` indications are uncounted."""
        if self.waiting != waiting:
            raise AccountError(
                f"received {self.received} is not decided {self.decided} + superseded {self.superseded} "
                f"+ refused {self.refused} + waiting {waiting}"
            )

    def _settle(self, arrived: Arrived, fate: str) -> None:
        if arrived.fate:
            raise AccountError(f"an indication of {arrived.key} was {arrived.fate} and is now {fate}")
        arrived.fate = fate
