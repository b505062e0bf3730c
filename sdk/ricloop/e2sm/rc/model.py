"""RC as the runtime sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from ricloop.core.actions import Action
from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError, EncodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.e2sm.base import ActionPlan, ControlContext, HandleOf, Offer, Part, SubscriptionPlan, Verdict
from ricloop.e2sm.rc import codec, quota
from ricloop.e2sm.rc.actions import Control, Handover, RcControl, SliceQuota
from ricloop.e2sm.rc.parameters import Structure
from ricloop.e2sm.rc.samples import samples
from ricloop.e2sm.samples import Samples


class Rc:
    """E2SM-RC: controls UEs. It brings no feed; where a UE went is seen in KPM's per-UE reports."""

    name = "rc"
    short_name = codec.SHORT_NAME
    arc = 3

    def samples(self) -> Samples:
        return samples()

    def describe(self, definition: bytes) -> Offer:
        return Offer(self.name, (), codec.decode_function_definition(definition))

    def plan(
        self, feed: Feed[Any], offer: Offer, cells: Sequence[CellId], served: frozenset[str], dialect: Dialect
    ) -> tuple[SubscriptionPlan, ...]:
        return ()

    def served(self, feed: Feed[Any], offer: Offer) -> frozenset[str]:
        return frozenset()

    def owns(self, feed: Feed[Any]) -> bool:
        return False

    def decode(self, plan: ActionPlan, header: bytes, message: bytes, dialect: Dialect) -> Part:
        raise ConfigError("RC has no feed, so no indication of it was asked for")

    def assemble(self, feed: Feed[Any], parts: Sequence[Part], handle_of: HandleOf, previous: Any) -> Any:
        raise ConfigError(f"RC does not bring {feed.title}")

    def controls(self, action: Action) -> TypeGuard[RcControl]:
        return isinstance(action, RcControl)

    def can_control(self, action: Action, offer: Offer) -> bool:
        definition: codec.Definition = offer.detail
        return self.controls(action) and definition.control(action.style, action.action) is not None

    def encode_control(self, action: Action, context: ControlContext) -> tuple[bytes, bytes]:
        """Raises EncodeError where the node's name of the UE is not known."""
        if not self.controls(action):
            raise ConfigError(f"RC does not carry {action!r}")
        if context.ue is None:
            raise EncodeError(f"{action}: the node that would do it has not named this UE yet")
        header = codec.ControlHeader(context.ue, action.style, action.action)
        encoded = codec.encode_control_header(header, context.dialect)
        if isinstance(action, Handover):
            return encoded, codec.encode_handover(action.target)
        message = codec.ControlMessage(_parameters(action, context.offer))
        return encoded, codec.encode_control_message(message, context.dialect)

    def verdict(self, action: Action, outcome: bytes | None, dialect: Dialect) -> Verdict:
        """A yes: an RC node that refuses answers with a control failure. The outcome must still be readable."""
        if outcome is not None:
            codec.decode_control_outcome(outcome, dialect)
        return Verdict(True)

    def confirmed(self, action: Action, value: Any) -> bool | None:
        return None


def _parameters(action: SliceQuota | Control, offer: codec.Definition | None) -> Structure:
    if isinstance(action, Control):
        return action.parameters
    offered = None if offer is None else offer.control(action.style, action.action)
    ids = quota.ids_of(() if offered is None else offered.parameters)
    return quota.quota(ids, action.plmn, action.slice, action.min, action.max, action.dedicated)
