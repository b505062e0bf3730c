"""The registry of measurements: what each KPM name means, in which unit, whose it is, and who defines it.

The rows are in `table.py`, the clauses in `clauses.py`, the values that a measurement can have in `ranges.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import ConfigError, nearest
from ricloop.e2sm.kpm.clauses import CLAUSES
from ricloop.e2sm.kpm.ranges import Range, range_of
from ricloop.e2sm.kpm.table import ALSO, TABLE, WITH_CAUSE


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table."""

    name: str
    object: str
    """Whose counter, in the short forms of the table: `DU`, `CU`, `UP`, `node`, joined by `+` where it has several."""
    kind: str
    """`SI` gauge, `CC` cumulative counter, `DER` derived, `OM` other."""
    whole: bool
    """Defined as an integer. A node may send a real all the same."""
    unit: str
    """`-` for a count, a ratio or an index."""
    labels: str
    """Letters as in the table; empty: none."""
    levels: str
    """Letters as in the table: `C` cell, `N` node as a whole, `U` UE, `F` QoS flow."""
    clause: str | None
    """What defines it, as `TS 28.552 5.1.1.3.1`; None where no standard does."""

    @property
    def per_ue(self) -> bool:
        return "U" in self.levels

    @property
    def range(self) -> Range:
        """Least and greatest value that it can have, in `unit`."""
        return range_of(self)


def _rows() -> dict[str, Measure]:
    rows: dict[str, Measure] = {}
    for line in TABLE.replace("\n    ", " ").strip().splitlines():
        head, _, names = line.partition(": ")
        levels, object_, kind, number, unit, labels, prefix = head.split()
        prefix, labels = prefix.replace("~", ""), labels.replace(".", "")
        for name in (prefix + rest for rest in names.split()):
            rows[name] = Measure(name, object_, kind, number == "I", unit, labels, levels, CLAUSES.get(name))
    return rows


METRICS: dict[str, Measure] = _rows()
"""Every name KPM can ask for, in the table's spelling."""

_FOLDED = {name.lower(): name for name in METRICS} | {also.lower(): name for also, name in ALSO.items()}


def fold(name: str) -> str:
    """The form in which two spellings of one measurement are equal: nodes differ in capitals, and in typing errors."""
    lower = name.lower()
    return _FOLDED.get(lower, lower)


def measure(name: str) -> Measure:
    """The row of a name in one of its accepted spellings. Raises ConfigError that names the nearest one."""
    found = METRICS.get(ALSO.get(name, name))
    if found is not None:
        return found
    for stem in WITH_CAUSE:
        if name.startswith(stem) and len(name) > len(stem):
            return METRICS[stem[:-1]]
    raise ConfigError(f"there is no KPM measurement '{name}'.{nearest(name, (*METRICS, *ALSO))}")
