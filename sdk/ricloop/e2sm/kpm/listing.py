"""The parts of a message that are the same each period, as bits: they are compared and copied, not read.

An info list names the measurements of every record anew; a Format 2 message names measurement and condition before each
list of UEs. Both start at an octet, so their bits do not depend on what comes before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.dialect import Dialect
from ricloop.core.errors import DecodeError
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.conditional import column_of
from ricloop.e2sm.kpm.labels import list_from_asn, list_to_asn
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.syntax import syntax

Bits = tuple[bytes, int]
"""Octets, and how many of their bits count."""
TRIES = 8
"""Different lists of one node that are learnt; one that names them anew each time is left to the reference codec."""


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Measurements as an info list, made once and sent with every message."""

    measurements: tuple[Measurement, ...]
    octets: bytes
    bits: int


def listing(measurements: Sequence[Measurement], dialect: Dialect) -> Listing:
    """What `encode_cell_message` and `encode_ue_message` take for `listed`."""
    return Listing(tuple(measurements), *syntax(dialect).encode_bits("MeasurementInfoList", list_to_asn(measurements)))


class Memory:
    """What one action's messages were like. It belongs to one subscription of one node."""

    __slots__ = ("_learnt", "bits", "count", "octets", "order", "prefixes")

    def __init__(self, action: ActionDefinition) -> None:
        self.octets: bytes | None = None
        self.bits = 0
        self.count = len(action.measurements)
        """Values in a record."""
        self.order: NDArray[np.intp] | None = None
        """Per measurement of the action, its place in a record; -1 for none. None: the same order."""
        self.prefixes: tuple[Bits, ...] = ()
        """Format 2: what stands before each measurement's UEs."""
        self._learnt = 0

    def learn(self, message: dict[str, Any], action: ActionDefinition, dialect: Dialect) -> None:
        """Of a message that the reference codec read: what to expect of the next."""
        if self._learnt >= TRIES:
            return
        self._learnt += 1
        if action.message_format == 2:
            self._learn_conditions(message["measCondUEidList"], action, dialect)
            return
        report = message["ueMeasReportList"][0]["measReport"] if action.message_format == 3 else message
        items = report.get("measInfoList")
        if items is None:
            self.octets, self.bits, self.count, self.order = None, 0, len(action.measurements), None
            return
        try:
            listed = list_from_asn(items, "measInfoList")
        except DecodeError:
            return
        by_name = {one.key: at for at, one in enumerate(listed) if one.name}
        by_id = {(one.id, one.label): at for at, one in enumerate(listed) if not one.name}
        order = [by_name.get(one.key, by_id.get((one.id, one.label), -1)) for one in action.measurements]
        self.octets, self.bits = syntax(dialect).encode_bits("MeasurementInfoList", items)
        self.count = len(listed)
        self.order = None if order == list(range(len(listed))) else np.array(order, np.intp)

    def _learn_conditions(self, items: list[dict[str, Any]], action: ActionDefinition, dialect: Dialect) -> None:
        columns = [column_of(number, item, action.measurements) for number, item in enumerate(items)]
        if columns != list(range(len(action.measurements))):
            return
        prefixes = []
        for item in items:
            fixed = {key: value for key, value in item.items() if not key.startswith("matchingUE")}
            octets, bits = syntax(dialect).encode_bits("MeasurementCondUEidItem", fixed)
            # The second bit says that a list of UEs follows.
            prefixes.append((bytes((octets[0] | 0x40,)) + octets[1:], bits))
        self.prefixes = tuple(prefixes)

    def placed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """`values` [..., record] in the order of the action; NaN for what the node left out."""
        if self.order is None:
            return values
        found: NDArray[np.float32] = values[..., self.order]
        found[..., self.order < 0] = np.nan
        return found
