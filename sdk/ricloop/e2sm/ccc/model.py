"""CCC as the runtime sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from ricloop.core.actions import Action, PolicyChange
from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError, EncodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, NodeId, cell_name
from ricloop.core.time import ms
from ricloop.e2sm.base import ActionPlan, ControlContext, HandleOf, Offer, Part, QueryPlan, SubscriptionPlan, Verdict
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.actions import Configure, EnergySavingControl
from ricloop.e2sm.ccc.configuration import Configuration, saving_of
from ricloop.e2sm.ccc.controlling import old_values, verdict_of
from ricloop.e2sm.ccc.definition import Service
from ricloop.e2sm.ccc.feeds import Queried, Watch, Watched
from ricloop.e2sm.ccc.states import Known, States
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import fold
from ricloop.e2sm.samples import Samples


class Ccc:
    """E2SM-CCC: reads, reports, watches and controls the configuration of cells and nodes."""

    name = "ccc"
    short_name = codec.SHORT_NAME
    arc = 4

    def samples(self) -> Samples:
        # Not at start-up: only who checks the model asks.
        from ricloop.e2sm.ccc.samples import samples

        return samples()

    def describe(self, definition: bytes) -> Offer:
        decoded = codec.decode_function_definition(definition)
        return Offer(self.name, decoded.cells, decoded)

    # --------------------------------------------------------------------------------------------------- feeds

    def plan(
        self, feed: Feed[Any], offer: Offer, cells: Sequence[CellId], served: frozenset[str], dialect: Dialect
    ) -> tuple[SubscriptionPlan, ...]:
        """One subscription for all cells that the node's definition names, so `served` takes nothing away."""
        if isinstance(feed, Watch):
            reporting = _cells(offer, EnergySaving.name, (EnergySaving.STATE,), "reportService")
            trigger, action = codec.encode_saving_trigger(reporting), codec.encode_saving_action(reporting)
            return (SubscriptionPlan(trigger, (ActionPlan(1, action),)),) if reporting else ()
        if not isinstance(feed, Watched) or not self.served(feed, offer, dialect):
            return ()
        of = None if feed.node else _cells(offer, feed.structure, feed.attributes, "reportService")
        if feed.each is None:
            trigger = codec.encode_event_trigger(feed.structure, feed.attributes, of)
        else:
            trigger = codec.encode_periodic_trigger(feed.each // ms(1))
        everything = feed.each is not None
        action = codec.encode_action_definition(feed.structure, feed.attributes, of, everything=everything)
        return (SubscriptionPlan(trigger, (ActionPlan(1, action),)),)

    def served(self, feed: Feed[Any], offer: Offer, dialect: Dialect) -> frozenset[str]:
        if isinstance(feed, Watch):
            found = _cells(offer, EnergySaving.name, (EnergySaving.STATE,), "reportService")
            return frozenset({EnergySaving.name}) if found else frozenset()
        if isinstance(feed, Watched) and _there(feed, offer, "reportService"):
            return frozenset({feed.title})
        return frozenset()

    def owns(self, feed: Feed[Any]) -> TypeGuard[Watch | Watched | Queried]:
        return isinstance(feed, Watch | Watched | Queried)

    def decode(self, plan: ActionPlan, header: bytes, message: bytes, dialect: Dialect) -> Part:
        head, body = codec.decode_indication_header(header), codec.decode_indication_message(message)
        return Part(head.time, None, body.entries(), periodic=False)

    def assemble(
        self, feed: Feed[Any], parts: Sequence[Part], handle_of: HandleOf, previous: Any
    ) -> States | Configuration:
        """What `previous` says, with every part's changes merged in, in the order of the parts."""
        if isinstance(feed, Watched | Queried):
            known = previous if isinstance(previous, Configuration) else Configuration(feed.structure)
            for part in parts:
                known = known.updated(part.content.of(feed.structure))
            return known
        changes: dict[CellId, bool | None] = {}
        for part in parts:
            changes.update(saving_of(part.content))
        return (previous if isinstance(previous, States) else States.of({})).updated(changes)

    def queries(self, feed: Feed[Any], offer: Offer) -> tuple[QueryPlan, ...]:
        if not isinstance(feed, Queried) or not _there(feed, offer, "queryService"):
            return ()
        asked = codec.encode_query(feed.structure, feed.attributes, node=feed.node)
        return (QueryPlan(*asked, _answered),)

    # ------------------------------------------------------------------------------------------------- actions

    def controls(self, action: Action) -> TypeGuard[EnergySavingControl | Configure]:
        return isinstance(action, EnergySavingControl | Configure)

    def can_control(self, action: Action, offer: Offer) -> bool:
        definition: codec.FunctionDefinition = offer.detail
        if isinstance(action, EnergySavingControl):
            return definition.offers(action.cell, EnergySaving.name, EnergySaving.CONTROL, "controlService")
        if not isinstance(action, Configure):
            return False
        target = None if isinstance(action.target, NodeId) else action.target
        return all(definition.offers(target, action.structure, name, "controlService") for name in action.new)

    def encode_control(self, action: Action, context: ControlContext) -> tuple[bytes, bytes]:
        """`context.state` is what is `Known`, or `States`, or for energy saving the cell's own bool. Raises EncodeError
        while the old values are not known."""
        known = context.state
        if isinstance(action, Configure):
            cell = None if isinstance(action.target, NodeId) else action.target
            old = old_values(action, known if isinstance(known, Known) else None)
            return codec.encode_control([codec.Controlled(cell, action.structure, old, action.new)])
        if not isinstance(action, EnergySavingControl):
            raise ConfigError(f"CCC does not carry {action!r}")
        states = known.states if isinstance(known, Known) else known
        saving = states.state_of(action.cell) if isinstance(states, States) else states
        if not isinstance(saving, bool):
            raise EncodeError(
                f"cell {cell_name(action.cell)} has not reported its energySavingState, and a control must name the "
                "old value: declare ccc.watch(ccc.EnergySaving) and wait for its first report"
            )
        return codec.encode_saving_control(action.cell, saving, action.saving)

    def plan_policy(self, action: PolicyChange, offer: Offer, dialect: Dialect) -> SubscriptionPlan:
        raise ConfigError(f"CCC has no policies; it does not carry {action!r}")

    def verdict(self, action: Action, outcome: bytes | None, dialect: Dialect) -> Verdict:
        """An acknowledge without an outcome is a yes; one that does not name the target is a no. Every structure that
        failed is told with its target, whoever's it is."""
        if outcome is None or not self.controls(action):
            return Verdict(True)
        return verdict_of(action, codec.decode_outcome(outcome))

    def shown_by(self, value: Any) -> tuple[type[Any], ...]:
        if isinstance(value, States):
            return (EnergySavingControl,)
        return (Configure,) if isinstance(value, Configuration) else ()

    def confirmed(self, action: Action, value: Any) -> bool | None:
        if isinstance(action, EnergySavingControl) and isinstance(value, States):
            state = value.state_of(action.cell)
            return None if state is None else state == action.saving
        if isinstance(action, Configure) and isinstance(value, Configuration):
            if fold(value.structure) != fold(action.structure):
                return None
            shown = {name: value.value(action.target, name) for name in action.new}
            if any(one is None for one in shown.values()):
                return None
            return all(shown[name] == wanted for name, wanted in action.new.items())
        return None


def _cells(offer: Offer, structure: str, attributes: Sequence[str], service: Service) -> list[CellId]:
    """The cells that offer the service for all of these attributes; for any where none is named."""
    definition: codec.FunctionDefinition = offer.detail
    return [cell for cell in offer.cells if _offers(definition, cell, structure, attributes, service)]


def _there(feed: Watched | Queried, offer: Offer, service: Service) -> bool:
    if feed.node:
        return _offers(offer.detail, None, feed.structure, feed.attributes, service)
    return bool(_cells(offer, feed.structure, feed.attributes, service))


def _offers(
    definition: codec.FunctionDefinition,
    cell: CellId | None,
    structure: str,
    attributes: Sequence[str],
    service: Service,
) -> bool:
    if not attributes:
        return bool(definition.attributes(cell, structure, service))
    return all(definition.offers(cell, structure, attribute, service) for attribute in attributes)


def _answered(outcome: bytes) -> Part:
    return Part(0, None, codec.decode_query_outcome(outcome).entries(), periodic=False)
