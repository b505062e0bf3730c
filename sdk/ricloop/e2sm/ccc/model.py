"""CCC as the runtime sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from ricloop.core.actions import Action, PolicyChange
from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError, EncodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, Cgi
from ricloop.e2sm.base import ActionPlan, ControlContext, HandleOf, Offer, Part, QueryPlan, SubscriptionPlan, Verdict
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.actions import EnergySavingControl
from ricloop.e2sm.ccc.feeds import Watch
from ricloop.e2sm.ccc.samples import samples
from ricloop.e2sm.ccc.states import Changes, States
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.samples import Samples


class Ccc:
    """E2SM-CCC: watches and controls the energy saving of cells."""

    name = "ccc"
    short_name = codec.SHORT_NAME
    arc = 4

    def samples(self) -> Samples:
        return samples()

    def describe(self, definition: bytes) -> Offer:
        decoded = codec.decode_function_definition(definition)
        return Offer(self.name, decoded.cells, decoded)

    def plan(
        self, feed: Feed[Any], offer: Offer, cells: Sequence[CellId], served: frozenset[str], dialect: Dialect
    ) -> tuple[SubscriptionPlan, ...]:
        """One subscription for all cells that the node's definition names, so `served` takes nothing away."""
        reporting = self._reporting(offer)
        if not self.owns(feed) or not reporting:
            return ()
        action = ActionPlan(1, codec.encode_action_definition(reporting))
        return (SubscriptionPlan(codec.encode_event_trigger(reporting), (action,)),)

    def served(self, feed: Feed[Any], offer: Offer, dialect: Dialect) -> frozenset[str]:
        return frozenset({EnergySaving.name}) if self.owns(feed) and self._reporting(offer) else frozenset()

    def owns(self, feed: Feed[Any]) -> TypeGuard[Watch]:
        return isinstance(feed, Watch)

    def decode(self, plan: ActionPlan, header: bytes, message: bytes, dialect: Dialect) -> Part:
        head = codec.decode_indication_header(header)
        changes = Changes(codec.decode_indication_message(message).saving())
        return Part(head.time, None, changes, periodic=head.reason == "periodic")

    def assemble(self, feed: Feed[Any], parts: Sequence[Part], handle_of: HandleOf, previous: Any) -> States:
        """The states of `previous` with every part's changes merged in, in the order of the parts."""
        changes: dict[CellId, bool | None] = {}
        for part in parts:
            changes.update(part.content)
        return (previous if isinstance(previous, States) else States.of({})).updated(changes)

    def queries(self, feed: Feed[Any], offer: Offer) -> tuple[QueryPlan, ...]:
        return ()

    def controls(self, action: Action) -> TypeGuard[EnergySavingControl]:
        return isinstance(action, EnergySavingControl)

    def can_control(self, action: Action, offer: Offer) -> bool:
        definition: codec.FunctionDefinition = offer.detail
        return self.controls(action) and definition.controls_saving(action.cell)

    def encode_control(self, action: Action, context: ControlContext) -> tuple[bytes, bytes]:
        """`context.state` is a States or the cell's own bool. Raises EncodeError while the old value is not known."""
        if not self.controls(action):
            raise ConfigError(f"CCC does not carry {action!r}")
        old = context.state.state_of(action.cell) if isinstance(context.state, States) else context.state
        if not isinstance(old, bool):
            raise EncodeError(
                f"cell {Cgi.unpack(action.cell)} has not reported its energySavingState, and a control must name the "
                "old value: declare ccc.watch(ccc.EnergySaving) and wait for its first report"
            )
        return codec.encode_control(action.cell, old, action.saving)

    def plan_policy(self, action: PolicyChange, offer: Offer, dialect: Dialect) -> SubscriptionPlan:
        raise ConfigError(f"CCC has no policies; it does not carry {action!r}")

    def verdict(self, action: Action, outcome: bytes | None, dialect: Dialect) -> Verdict:
        """An acknowledge without an outcome is a yes; one that does not name the cell is a no."""
        if outcome is None or not self.controls(action):
            return Verdict(True)
        accepted, failed = codec.decode_outcome(outcome).of_cell(action.cell)
        if failed:
            return Verdict(False, ", ".join(f"{one.ranConfigurationStructureName}: {one.cause}" for one in failed))
        if not accepted:
            return Verdict(False, f"the outcome does not name cell {Cgi.unpack(action.cell)}")
        return Verdict(True)

    def confirmed(self, action: Action, value: Any) -> bool | None:
        if not self.controls(action) or not isinstance(value, States):
            return None
        state = value.state_of(action.cell)
        return None if state is None else state == action.saving

    def _reporting(self, offer: Offer) -> list[CellId]:
        definition: codec.FunctionDefinition = offer.detail
        return [cell for cell in offer.cells if definition.reports_saving(cell)]
