"""The controls that CCC offers a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, NodeId, Resource, cell_name
from ricloop.e2sm.ccc.attributes import structure
from ricloop.e2sm.ccc.checks import checked, named, named_attribute
from ricloop.e2sm.ccc.structures import EnergySaving

_AWAKE = "SLEEP_MODE0"


@dataclass(frozen=True, slots=True)
class EnergySavingControl(Action):
    """Put a cell to sleep or wake it (8.8.2.5). Nothing moves its UEs away first: hand them over before."""

    cell: CellId
    saving: bool
    """True: toBeEnergySaving. False: toBeNotEnergySaving."""

    @property
    def resource(self) -> Resource:
        return Resource("cell", self.cell)

    @property
    def parameter(self) -> str:
        return "energy saving"

    def __str__(self) -> str:
        return f"{'put to sleep' if self.saving else 'wake'} {cell_name(self.cell)}"


@dataclass(frozen=True, slots=True)
class Configure(Action):
    """Write attributes of one structure of a cell or of a node (8.8). See `configure`, which builds it; one that the
    table of attributes forbids cannot be built at all."""

    target: CellId | NodeId
    structure: str
    new: Mapping[str, Any] = field(hash=False)
    old: Mapping[str, Any] | None = field(default=None, hash=False)
    """None: as they were reported last."""

    def __post_init__(self) -> None:
        try:
            name = named(self.structure, node=isinstance(self.target, NodeId))
            if name == EnergySaving.name:
                raise ValueError("energy saving goes by ccc.sleep and ccc.wake, so that guards see it")
            new = checked(name, {named_attribute(name, key): value for key, value in self.new.items()})
            old = None if self.old is None else checked(name, self.old)
            known = structure(name)
            fixed = {row.name: row for row in known.attributes.values() if not row.writable} if known else {}
            for key in new:
                # A key may stand among the new values: it says which entry is meant.
                if key in fixed and not fixed[key].key:
                    raise ValueError(f"{name}.{key} is not writable (E2SM-CCC 8.8)")
            if not new.keys() - fixed.keys():
                raise ValueError(f"nothing of {name} is named that shall change")
        except ValueError as fault:
            raise ConfigError(f"configure: {fault}") from None
        target = self.target if isinstance(self.target, NodeId) else int(self.target)
        for field_, value in (("target", target), ("structure", name), ("new", new), ("old", old)):
            object.__setattr__(self, field_, value)

    @property
    def resource(self) -> Resource:
        return Resource("node" if isinstance(self.target, NodeId) else "cell", self.target)

    @property
    def parameter(self) -> str:
        return self.structure

    def __str__(self) -> str:
        return f"set {self.structure} {dict(self.new)} of {self.resource}"


def put_to_sleep(action: Action) -> CellId | None:
    """The cell that an action puts to sleep, in whatever depth: by energy saving, or by a NES policy of advanced sleep
    modes (8.8.2.6). None for any other action."""
    if isinstance(action, EnergySavingControl):
        return int(action.cell) if action.saving else None
    if not isinstance(action, Configure) or action.structure != "O-NESPolicy" or isinstance(action.target, NodeId):
        return None
    return action.target if action.new.get("sleepMode", _AWAKE) != _AWAKE else None


def sleep(cell: CellId | Any) -> EnergySavingControl:
    """Put `cell` (an entry of `report.cells`) to sleep."""
    return EnergySavingControl(int(cell), True)


def wake(cell: CellId | Any) -> EnergySavingControl:
    """Wake `cell` (an entry of `report.cells`)."""
    return EnergySavingControl(int(cell), False)


def configure(
    target: CellId | NodeId | Any, structure: str, new: Mapping[str, Any], *, old: Mapping[str, Any] | None = None
) -> Configure:
    """Write attributes of a cell's structure, or of a node's: `configure(cell, "O-RRMPolicyRatio",
    {"rRMPolicyMaxRatio": 40})`. A control must name the old values: those that were reported last, or else `old`.

    Names in any spelling; they are sent in the standard's. Energy saving goes by `sleep` and `wake`, which guards know.
    Raises ConfigError for a structure that is not of cells (or of nodes), an attribute that is not writable, a value
    that it cannot hold, or nothing to write (E2SM-CCC 8.8, 9.4).
    """
    return Configure(target, structure, new, old)
