"""RAN configuration structures (8.8.2), with the attribute keys of the schema in 9.4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ricloop.core.errors import DecodeError
from ricloop.e2sm.ccc.wire import fold

_STATES = {"isenergysaving": True, "isnotenergysaving": False}
_CONTROLS = {"tobeenergysaving": True, "tobenotenergysaving": False}


@dataclass(frozen=True, slots=True)
class EnergySaving:
    """O-CESManagementFunction (8.8.2.5; v03.00 and later): energy saving of one cell. None: not in the message."""

    name: ClassVar[str] = "O-CESManagementFunction"
    STATE: ClassVar[str] = "energySavingState"
    CONTROL: ClassVar[str] = "energySavingControl"

    switch: bool | None = None
    """cesSwitch: whether centralised energy saving is on. Read only."""
    saving: bool | None = None
    """energySavingState: what the cell does. Read only."""
    control: bool | None = None
    """energySavingControl: what the cell shall do. The attribute that a control writes."""

    @classmethod
    def read(cls, values: Mapping[str, Any], path: str) -> EnergySaving:
        """Keys and values match without case, because nodes differ. Raises DecodeError for a value of no meaning."""
        by_key = {fold(key): value for key, value in values.items()}
        switch = by_key.get("cesswitch")
        if switch is not None and not isinstance(switch, bool):
            raise DecodeError(f"{switch!r} is neither true nor false", path=f"{path}.cesSwitch")
        return cls(
            switch=switch,
            saving=_meaning(by_key.get(fold(cls.STATE)), _STATES, f"{path}.{cls.STATE}"),
            control=_meaning(by_key.get(fold(cls.CONTROL)), _CONTROLS, f"{path}.{cls.CONTROL}"),
        )

    @property
    def values(self) -> dict[str, Any]:
        """Attributes as they are sent."""
        values: dict[str, Any] = {}
        if self.switch is not None:
            values["cesSwitch"] = self.switch
        if self.saving is not None:
            values[self.STATE] = "isEnergySaving" if self.saving else "isNotEnergySaving"
        if self.control is not None:
            values[self.CONTROL] = "toBeEnergySaving" if self.control else "toBeNotEnergySaving"
        return values


def _meaning(value: Any, known: dict[str, bool], path: str) -> bool | None:
    if value is None:
        return None
    meaning = known.get(value.lower()) if isinstance(value, str) else None
    if meaning is None:
        raise DecodeError(f"{value!r} is none of {', '.join(known)} (in any case)", path=path)
    return meaning
