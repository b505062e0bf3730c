"""What every service model offers the runtime: read an offer, plan subscriptions, read indications, write controls.

A service model is one folder beside this file and one entry in `e2sm/registry.py`. Nothing here knows E2AP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ricloop.core.actions import Action, Addressee, PolicyChange
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, UeHandle, UeId

if TYPE_CHECKING:
    from ricloop.e2sm.samples import Samples


@dataclass(frozen=True, slots=True)
class Offer:
    """What one RAN function of one node can do, read from its definition."""

    model: str
    """Key in `registry.SERVICE_MODELS`: `kpm`, `rc`, `ccc`."""
    cells: tuple[CellId, ...] = ()
    """Cells that the definition itself names (CCC does)."""
    detail: Any = None
    """The decoded definition, for the service model's own use."""


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """One action of a subscription, and what its indications will mean."""

    action_id: int
    definition: bytes | None
    cell: CellId | None = None
    """The cell it reports on (a KPM Format 1 indication names none); None: node level."""
    detail: Any = None
    """The decoded action definition: fixes names and order of the values."""
    kind: Literal["report", "insert", "policy"] = "report"
    wait_ms: int | None = None
    """Of an insert: how long the node waits for an answer."""
    otherwise: Literal["continue", "wait"] = "wait"
    """What it does then."""


@dataclass(frozen=True, slots=True)
class SubscriptionPlan:
    """One RIC subscription: at most 16 actions under one event trigger."""

    event_trigger: bytes
    actions: tuple[ActionPlan, ...]


@dataclass(slots=True, unsafe_hash=True)
class Part:
    """One decoded indication. Parts of one feed, one gNB and one `time` make a Report."""

    time: int
    """Collection start (KPM) or event time (CCC): nanoseconds since the Unix epoch, by the node's clock."""
    cell: CellId | None
    content: Any
    """The service model's own columns."""
    periodic: bool = True
    """False for events, which are never coalesced."""
    to: Addressee | None = None
    """Of an insert, filled in by the runtime: where its answer goes."""


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """One question to one node, and how its answer is read (raises DecodeError)."""

    header: bytes
    definition: bytes
    read: Callable[[bytes], Part]


@dataclass(frozen=True, slots=True)
class ControlContext:
    """What the runtime knows that an action needs to become bytes."""

    ue: UeId | None = None
    """The UE as the target node calls it."""
    state: Any = None
    """The last reported state of the resource (CCC's old values); None while unknown."""
    dialect: Dialect = STANDARD
    offer: Any = None
    """`Offer.detail` of the function that shall do it; None: not known, the standard's numbers hold."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a node's control outcome says about one action. An acknowledge can still list a failure."""

    accepted: bool
    reason: str = ""


HandleOf = Callable[[UeId], UeHandle]
"""Turns a node's name of a UE into the runtime's handle."""


class ServiceModel(Protocol):
    """One E2 service model. All methods are pure; every one that reads bytes raises only `DecodeError`."""

    name: str
    """Key in the registry."""
    short_name: str
    """RANfunction short name to match, as `ORAN-E2SM-KPM`."""
    arc: int
    """Last arc of its OID: 2 KPM, 3 RC, 4 CCC."""

    def samples(self) -> Samples:
        """Example messages: what the conformance check reads, writes and spoils."""

    def describe(self, definition: bytes) -> Offer:
        """Read a RAN function definition."""

    def plan(
        self, feed: Feed[Any], offer: Offer, cells: Sequence[CellId], served: frozenset[str], dialect: Dialect
    ) -> tuple[SubscriptionPlan, ...]:
        """The subscriptions that bring `feed` from this node; empty where the node has nothing for it.

        `cells` are the node's cells. `served` names what another node of the same gNB already brings to this feed
        (metric names), so that it is not asked twice.
        """

    def served(self, feed: Feed[Any], offer: Offer, dialect: Dialect) -> frozenset[str]:
        """What of `feed` this node can bring (metric names; structure names)."""

    def owns(self, feed: Feed[Any]) -> bool:
        """True for this model's feeds."""

    def decode(self, plan: ActionPlan, header: bytes, message: bytes, dialect: Dialect) -> Part:
        """Read one indication."""

    def assemble(self, feed: Feed[Any], parts: Sequence[Part], handle_of: HandleOf, previous: Any) -> Any:
        """Make the feed's value (`kpm.Report`, `ccc.States` …) of the parts; `previous` is its last value or None."""

    def queries(self, feed: Feed[Any], offer: Offer) -> tuple[QueryPlan, ...]:
        """What a node is asked each period of a feed that lives by queries; empty for all others."""

    def controls(self, action: Action) -> bool:
        """True for this model's actions, its policies among them."""

    def can_control(self, action: Action, offer: Offer) -> bool:
        """True where the node's definition announces the function and style that `action` needs."""

    def encode_control(self, action: Action, context: ControlContext) -> tuple[bytes, bytes]:
        """Control header and control message. Raises `EncodeError` when the context lacks what the action needs."""

    def plan_policy(self, action: PolicyChange, offer: Offer, dialect: Dialect) -> SubscriptionPlan:
        """The one subscription, of one action, that installs a policy. Raises `ConfigError` for one of another model's,
        and for a removal; `EncodeError` where it cannot be said."""

    def verdict(self, action: Action, outcome: bytes | None, dialect: Dialect) -> Verdict:
        """Read the control outcome of an acknowledge."""

    def shown_by(self, value: Any) -> tuple[type[Any], ...]:
        """The kinds of action whose effect a feed's value can show; most values show none."""

    def confirmed(self, action: Action, value: Any) -> bool | None:
        """Does a feed's new value show the action's effect? None when it says nothing about it."""
