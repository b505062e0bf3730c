"""What a control of CCC needs to be said, and what its outcome says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ricloop.core.errors import EncodeError
from ricloop.core.ids import NodeId
from ricloop.e2sm.base import Verdict
from ricloop.e2sm.ccc.actions import Configure, EnergySavingControl
from ricloop.e2sm.ccc.attributes import structure
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.outcome import ControlOutcome
from ricloop.e2sm.ccc.states import Known
from ricloop.e2sm.ccc.wire import fold


def old_values(action: Configure, known: Known | None) -> Mapping[str, Any]:
    """What the control says of before. Raises EncodeError where a reported attribute that it writes is not known."""
    if action.old is not None:
        return action.old
    old = {} if known is None else known.configurations.get((action.target, fold(action.structure)), {})
    table = structure(action.structure)
    rows = {} if table is None else {row.name: row for row in table.attributes.values()}
    for name in action.new:
        if name in old:
            continue
        if name in rows and not rows[name].reported:
            raise EncodeError(f"{action}: {name} is never reported, and a control must name the old value: give old=")
        raise EncodeError(
            f"{action}: {action.resource} has not reported {action.structure}.{name}, and a control must name the old "
            f'value: declare ccc.watch("{action.structure}") and wait for its first report, or give old='
        )
    return old


def verdict_of(action: EnergySavingControl | Configure, outcome: ControlOutcome) -> Verdict:
    """A yes where the action's target is named and nothing of it failed. Every structure that failed is told with its
    target and cause, whoever's it is."""
    failed = outcome.failed()
    reason = "; ".join(f"{_place(at)}: {one.ranConfigurationStructureName}: {one.cause}" for at, one in failed)
    if any(_meant(action, at) for at, _ in failed):
        return Verdict(False, reason)
    if not any(_meant(action, at) for at, _ in outcome.accepted()):
        return Verdict(False, "; ".join(filter(None, (f"the outcome does not name {action.resource}", reason))))
    return Verdict(True, reason)


def _place(at: CellGlobalId | None) -> str:
    return "the node" if at is None else str(at)


def _meant(action: EnergySavingControl | Configure, at: CellGlobalId | None) -> bool:
    """Is this the action's own target? A message goes to one node, which has no other name in it."""
    target = action.target if isinstance(action, Configure) else action.cell
    return at is None if isinstance(target, NodeId) else at is not None and at.cell == target
