"""What is asked of a node: a measurement by name, and the part of it that a label picks out (E2SM-KPM 7.3, 8.3.11)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, fields

from ricloop.core.errors import ConfigError
from ricloop.core.ids import Plmn
from ricloop.e2sm.common import Slice
from ricloop.e2sm.kpm.metrics import Measure, fold, measure


@dataclass(frozen=True, slots=True)
class Label:
    """Which part of a measurement: a slice's, a 5QI's, a bin of a distribution. `Label()` is the whole (noLabel)."""

    plmn: Plmn | None = None
    slice: Slice | None = None
    five_qi: int | None = None
    """0..255."""
    bin_x: int | None = None
    """1..65535; the first axis of a distribution."""
    bin_y: int | None = None
    bin_z: int | None = None
    other: tuple[tuple[str, Hashable], ...] = ()
    """The standard's other label fields, by their ASN.1 names in that order, as `(("sUM", "true"),)`."""

    def __str__(self) -> str:
        given = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "other"}
        given |= dict(self.other)
        return ", ".join(f"{name} {value}" for name, value in given.items() if value is not None)


WHOLE = Label()
"""noLabel: the measurement not split by anything."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measurement as it is on the wire. The name is whatever the peer wrote: `Metric` is the checked form."""

    name: str
    label: Label = WHOLE
    id: int | None = None
    """measID where the node gave the measurement one, 1..65536; it may then use it in place of the name."""

    @property
    def key(self) -> tuple[str, Label]:
        """Equal for two spellings of one measurement."""
        return fold(self.name), self.label


@dataclass(frozen=True, slots=True)
class Metric:
    """A measurement to ask for: `Metric("RRU.PrbTotDl")`. A name that KPM does not know is a ConfigError at import."""

    name: str
    label: Label = WHOLE

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise ConfigError(f"a KPM metric's name is a string, as 'RRU.PrbTotDl', not {self.name!r}")
        measure(self.name)

    def __hash__(self) -> int:
        # A handler asks `report[METRIC]` several times each period: the name alone spreads well enough.
        return hash(self.name)

    @property
    def measure(self) -> Measure:
        """Its row in the table: unit, levels, whose counter it is."""
        return measure(self.name)

    @property
    def key(self) -> tuple[str, Label]:
        """Equal for two spellings of one measurement."""
        return fold(self.name), self.label

    def __str__(self) -> str:
        return self.name if self.label == WHOLE else f"{self.name}[{self.label}]"
