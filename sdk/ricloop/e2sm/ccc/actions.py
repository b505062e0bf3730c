"""The controls that CCC offers a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, Cgi, Resource
from ricloop.e2sm.ccc.attributes import fault_of, spelled, structure


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
        return f"{'put to sleep' if self.saving else 'wake'} {Cgi.unpack(self.cell)}"


@dataclass(frozen=True, slots=True)
class Configure(Action):
    """Write attributes of a structure of a cell, or of the node that a cell belongs to."""

    cell: CellId
    structure: str
    new: Mapping[str, Any] = field(hash=False)
    old: Mapping[str, Any] | None = field(default=None, hash=False)
    """None: as they were reported last."""
    node: bool = False

    @property
    def resource(self) -> Resource:
        return Resource("cell", self.cell)

    @property
    def parameter(self) -> str:
        return f"{self.structure} of the node" if self.node else self.structure

    def __str__(self) -> str:
        where = f"the node of {Cgi.unpack(self.cell)}" if self.node else str(Cgi.unpack(self.cell))
        return f"set {self.structure} {dict(self.new)} at {where}"


def sleep(cell: CellId | Any) -> EnergySavingControl:
    """Put `cell` (an entry of `report.cells`) to sleep."""
    return EnergySavingControl(int(cell), True)


def wake(cell: CellId | Any) -> EnergySavingControl:
    """Wake `cell` (an entry of `report.cells`)."""
    return EnergySavingControl(int(cell), False)


def configure(
    cell: CellId | Any,
    structure_name: str,
    new: Mapping[str, Any],
    *,
    old: Mapping[str, Any] | None = None,
    node: bool = False,
) -> Configure:
    """Write attributes: `configure(cell, "O-RRMPolicyRatio", {"rRMPolicyMaxRatio": 40})`. With `node`, of the node that
    `cell` belongs to; then `old` must be given. Energy saving goes by `sleep` and `wake`, which guards know.

    Raises ConfigError for an attribute that is not writable, a value that it cannot hold, or nothing to write.
    """
    name = spelled(structure_name)
    if not new:
        raise ConfigError(f"configure: nothing of {name} is named that shall change")
    if name == "O-CESManagementFunction":
        raise ConfigError("configure: energy saving goes by ccc.sleep and ccc.wake, so that guards see it")
    known = structure(name)
    for key in new:
        row = None if known is None else known.attribute(key)
        if row is not None and not row.writable and "K" not in row.flags:
            raise ConfigError(f"configure: {name}.{row.name} is not writable (E2SM-CCC 8.8)")
    if fault := fault_of(name, new):
        raise ConfigError(f"configure: {fault}")
    if node and old is None:
        raise ConfigError(f"configure: the old values of {name} of a node must be given: old={{...}}")
    return Configure(int(cell), name, dict(new), None if old is None else dict(old), node)
