"""RC as the runtime sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from ricloop.core.actions import Action, PolicyChange
from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError, EncodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.e2sm.base import (
    ActionPlan,
    ControlContext,
    HandleOf,
    Offer,
    Part,
    QueryPlan,
    SubscriptionPlan,
    Verdict,
)
from ricloop.e2sm.rc import assemble, codec, quota, template
from ricloop.e2sm.rc.actions import Handover, RcControl, SliceQuota
from ricloop.e2sm.rc.events import EventTrigger
from ricloop.e2sm.rc.feeds import Inserts, Queries, Reports
from ricloop.e2sm.rc.policies import NoPolicy, Policy, Reply
from ricloop.e2sm.rc.values import Report, Request
from ricloop.e2sm.samples import Samples


class Rc:
    """E2SM-RC: reports events of UEs and nodes, asks before a node acts, controls UEs, has nodes follow policies."""

    name = "rc"
    short_name = codec.SHORT_NAME
    arc = 3

    def samples(self) -> Samples:
        # Not at start-up: only who checks the model asks.
        from ricloop.e2sm.rc.samples import samples

        return samples()

    def describe(self, definition: bytes) -> Offer:
        return Offer(self.name, (), codec.decode_function_definition(definition))

    # --------------------------------------------------------------------------------------------------- feeds

    def plan(
        self, feed: Feed[Any], offer: Offer, cells: Sequence[CellId], served: frozenset[str], dialect: Dialect
    ) -> tuple[SubscriptionPlan, ...]:
        """One subscription of one action. Raises EncodeError where the node names no event for a feed that names none
        either."""
        if not self.served(feed, offer, dialect) - served:
            return ()
        definition: codec.Definition = offer.detail
        if isinstance(feed, Reports):
            asked: codec.ActionDefinition = codec.ReportAction(feed.style, feed.parameters)
            action = ActionPlan(1, codec.encode_action_definition(asked, dialect), detail=asked)
            return (SubscriptionPlan(codec.encode_event_trigger(feed.on), (action,)),)
        if not isinstance(feed, Inserts):
            return ()
        asked = codec.InsertAction(feed.style, feed.indication, feed.parameters, feed.ue)
        action = ActionPlan(
            1,
            codec.encode_action_definition(asked, dialect),
            detail=asked,
            kind="insert",
            wait_ms=int(feed.wait.total_seconds() * 1000),
            otherwise=feed.otherwise,
        )
        return (SubscriptionPlan(codec.encode_event_trigger(_event(feed.on, definition, feed.title)), (action,)),)

    def served(self, feed: Feed[Any], offer: Offer, dialect: Dialect) -> frozenset[str]:
        """A feed is one thing: its title, where the node announces its style (and insert indication)."""
        definition: codec.Definition = offer.detail
        found: object = None
        if isinstance(feed, Reports):
            found = definition.report(feed.style)
        elif isinstance(feed, Inserts):
            found = definition.insert(feed.style, feed.indication)
        return frozenset() if found is None else frozenset({feed.title})

    def owns(self, feed: Feed[Any]) -> TypeGuard[Reports | Inserts | Queries]:
        return isinstance(feed, Reports | Inserts | Queries)

    def decode(self, plan: ActionPlan, header: bytes, message: bytes, dialect: Dialect) -> Part:
        """RC names no time."""
        read = codec.decode_indication_header(header, dialect), codec.decode_indication_message(message, dialect)
        assemble.check(plan, *read)
        return Part(0, None, read, periodic=False)

    def assemble(self, feed: Feed[Any], parts: Sequence[Part], handle_of: HandleOf, previous: Any) -> Report | Request:
        """Every event is a value of its own: `previous` adds nothing."""
        (part,) = parts
        if isinstance(feed, Inserts):
            return assemble.request(part, handle_of)
        if isinstance(feed, Queries):
            return assemble.answer(part, handle_of)
        return assemble.report(part, handle_of)

    def queries(self, feed: Feed[Any], offer: Offer) -> tuple[QueryPlan, ...]:
        definition: codec.Definition = offer.detail
        if not isinstance(feed, Queries) or definition.query(feed.style) is None:
            return ()
        header = codec.encode_query_header(codec.QueryHeader(feed.style))
        return (QueryPlan(header, codec.encode_query_definition(feed.parameters), _answered),)

    # ------------------------------------------------------------------------------------------------- actions

    def controls(self, action: Action) -> TypeGuard[RcControl | Reply | Policy | NoPolicy]:
        return isinstance(action, RcControl | Reply | Policy | NoPolicy)

    def can_control(self, action: Action, offer: Offer) -> bool:
        definition: codec.Definition = offer.detail
        if isinstance(action, Policy):
            return all(definition.policy(action.style, rule.action) is not None for rule in action.rules)
        if isinstance(action, RcControl):
            return definition.control(action.style, action.action) is not None
        if isinstance(action, Reply):
            return definition.insert(action.style, action.action) is not None
        return isinstance(action, NoPolicy)

    def encode_control(self, action: Action, context: ControlContext) -> tuple[bytes, bytes]:
        """Raises EncodeError where the node's name of the UE is not known."""
        if isinstance(action, Reply):
            answer = codec.ControlHeader(action.name, action.style, action.action, action.accept)
            message = codec.ControlMessage(action.parameters)
            return (
                template.encode_header(answer, context.dialect),
                codec.encode_control_message(message, context.dialect),
            )
        if not isinstance(action, RcControl):
            raise ConfigError(f"RC does not carry {action!r} as a control")
        if context.ue is None:
            raise EncodeError(f"{action}: the node that would do it has not named this UE yet")
        header = codec.ControlHeader(context.ue, action.style, action.action)
        encoded = template.encode_header(header, context.dialect)
        if isinstance(action, Handover):
            return encoded, codec.encode_handover(action.target)
        if isinstance(action, SliceQuota):
            return encoded, _quota(action, context.offer)
        return encoded, codec.encode_control_message(codec.ControlMessage(action.parameters), context.dialect)

    def plan_policy(self, action: PolicyChange, offer: Offer, dialect: Dialect) -> SubscriptionPlan:
        if not isinstance(action, Policy):
            raise ConfigError(f"RC cannot install {action!r}")
        asked = codec.PolicyAction(action.style, action.rules)
        plan = ActionPlan(1, codec.encode_action_definition(asked, dialect), action.cell, asked, kind="policy")
        event = _event(action.on, offer.detail, str(action))
        return SubscriptionPlan(codec.encode_event_trigger(event), (plan,))

    def verdict(self, action: Action, outcome: bytes | None, dialect: Dialect) -> Verdict:
        """A yes: an RC node that refuses answers with a control failure. The outcome must still be readable."""
        if outcome is not None:
            codec.decode_control_outcome(outcome, dialect)
        return Verdict(True)

    def shown_by(self, value: Any) -> tuple[type[Any], ...]:
        return ()

    def confirmed(self, action: Action, value: Any) -> bool | None:
        return None


def _quota(action: SliceQuota, offer: codec.Definition | None) -> bytes:
    offered = None if offer is None else offer.control(action.style, action.action)
    ids = quota.ids_of(() if offered is None else offered.parameters)
    return quota.message(tuple(ids.items()), action.plmn, action.slice, action.min, action.max, action.dedicated)


def _event(on: EventTrigger | None, definition: codec.Definition, what: str) -> EventTrigger:
    if on is not None:
        return on
    points = (codec.OnCallProcess(one.id, point.id) for one in definition.call_processes for point in one.breakpoints)
    found = next(points, None)
    if found is None:
        raise EncodeError(f"{what}: the node announces no call process, so the event must be named: on=")
    return found


def _answered(outcome: bytes) -> Part:
    return Part(0, None, codec.decode_query_outcome(outcome), periodic=False)
