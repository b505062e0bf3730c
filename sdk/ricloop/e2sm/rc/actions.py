"""The controls that RC offers a decision: every one is of a UE, by style and action (E2SM-RC 7.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, Plmn, Resource, UeHandle, cell_name
from ricloop.e2sm.common import MovesUe, Slice
from ricloop.e2sm.rc.parameters import Bits, Element, Parameter

Plain: TypeAlias = bool | int | float | str | bytes | Bits | Element | Mapping[int, Any] | Sequence[Any]
"""What `control` takes for a RAN parameter: a leaf, a dict for a STRUCTURE, a list of dicts for a LIST."""


@dataclass(frozen=True, slots=True)
class Handover(MovesUe):
    """Move a UE to another cell (style 3 action 1; E2SM-RC 7.6.4.1, 8.4.4.1)."""

    style: ClassVar[int] = 3
    action: ClassVar[int] = 1
    ue: UeHandle
    target: CellId

    @property
    def resource(self) -> Resource:
        return Resource("ue", self.ue)

    @property
    def parameter(self) -> str:
        return "serving cell"

    def __str__(self) -> str:
        return f"hand UE {self.ue} over to {cell_name(self.target)}"


@dataclass(frozen=True, slots=True)
class SliceQuota(Action):
    """Shares of the PRBs of a slice in every cell of the DU that serves a UE (style 2 action 6; E2SM-RC 8.4.3.6).

    The UE addresses the DU: give the same one each time, so that guards know what belongs together."""

    style: ClassVar[int] = 2
    action: ClassVar[int] = 6
    ue: UeHandle
    plmn: Plmn
    slice: Slice
    min: int
    """Percent that the slice can have whenever it needs them."""
    max: int
    """Percent that it never exceeds."""
    dedicated: int
    """Percent that no other slice may use."""

    @property
    def resource(self) -> Resource:
        return Resource("ue", self.ue)

    @property
    def parameter(self) -> str:
        return f"PRB quota of slice {self.slice}"

    def __str__(self) -> str:
        return f"give slice {self.slice} of UE {self.ue} {self.min}..{self.max} % of the PRBs, {self.dedicated} % alone"


@dataclass(frozen=True, slots=True)
class Control(Action):
    """Any other control action, by numbers."""

    ue: UeHandle
    style: int
    action: int
    parameters: Mapping[int, Parameter] = field(default_factory=dict, hash=False)

    @property
    def resource(self) -> Resource:
        return Resource("ue", self.ue)

    @property
    def parameter(self) -> str:
        return f"RC {self.style}/{self.action}"

    def __str__(self) -> str:
        return f"RC style {self.style} action {self.action} on UE {self.ue} with parameters {sorted(self.parameters)}"


RcControl: TypeAlias = Handover | SliceQuota | Control


def handover(ue: UeHandle | Any, target_cell: CellId | Any) -> Handover:
    """Move `ue` (a handle of a UeReport) to `target_cell` (an entry of `report.cells`)."""
    return Handover(int(ue), int(target_cell))


def slice_quota(
    ue: UeHandle | Any, slice: Slice, *, plmn: Plmn, min: int = 0, max: int = 100, dedicated: int = 0
) -> SliceQuota:
    """Percent of the PRBs for `slice`; `plmn` is that of the UE's cell, `Cgi.unpack(cell).plmn`.

    Raises ConfigError unless 0 <= dedicated <= min <= max <= 100.
    """
    if not 0 <= dedicated <= min <= max <= 100:
        raise ConfigError(f"slice_quota: 0 <= dedicated {dedicated} <= min {min} <= max {max} <= 100 does not hold")
    return SliceQuota(int(ue), plmn, slice, min, max, dedicated)


def drb_qos(
    ue: UeHandle | Any,
    drb: int,
    *,
    five_qi: int | None = None,
    delay_budget: int | None = None,
    error_rate: int | None = None,
    priority: int | None = None,
) -> Control:
    """QoS of a radio bearer (style 1 action 1; E2SM-RC 8.4.2.1): 5QI, packet delay budget, packet error rate and
    priority level, each as the standard numbers them; what is None stays as it is."""
    given = {2: five_qi, 3: delay_budget, 4: error_rate, 11: priority}
    return control(ue, 1, 1, {1: Element(drb, key=True), **{id_: v for id_, v in given.items() if v is not None}})


def map_flows(ue: UeHandle | Any, drb: int, flows: Iterable[int], *, downlink_only: bool = False) -> Control:
    """Carry these QoS flows on a radio bearer (style 1 action 2; E2SM-RC 8.4.2.2)."""
    listed = [{3: {4: Element(flow, key=True), 5: int(downlink_only)}} for flow in flows]
    if not listed:
        raise ConfigError(f"map_flows: no QoS flow is named for bearer {drb}")
    return control(ue, 1, 2, {1: Element(drb, key=True), 2: listed})


def control(ue: UeHandle | Any, style: int, action: int, parameters: Mapping[int, Plain] | None = None) -> Control:
    """Any control action of Format 1. A RAN parameter is a leaf (`Element(x, key=True)` where the standard has the key
    flag true), a dict of parameters, or a list of such dicts. Raises ConfigError for anything else."""
    return Control(int(ue), style, action, structure(parameters or {}))


def structure(parameters: Mapping[int, Plain]) -> dict[int, Parameter]:
    """`parameters` with every leaf an `Element`."""
    return {id_: _parameter(value) for id_, value in parameters.items()}


def _parameter(value: Any) -> Parameter:
    if isinstance(value, Element):
        return value
    if isinstance(value, bool | int | float | str | bytes | Bits):
        return Element(value)
    if isinstance(value, Mapping):
        return structure(value)
    if isinstance(value, Sequence) and all(isinstance(entry, Mapping) for entry in value):
        return tuple(structure(entry) for entry in value)
    raise ConfigError(f"{value!r} is no RAN parameter: a leaf, a dict, or a list of dicts")
