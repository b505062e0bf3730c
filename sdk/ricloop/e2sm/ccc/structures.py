"""RAN configuration structures (8.8.2), with the attribute keys of the schema in 9.4."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator


class SavingState(StrEnum):
    """energySavingState: what the cell does now. Read only."""

    NOT_SAVING = "isNotEnergySaving"
    SAVING = "isEnergySaving"


class SavingControl(StrEnum):
    """energySavingControl: what the cell shall do. The attribute that a control writes."""

    NOT_SAVING = "toBeNotEnergySaving"
    SAVING = "toBeEnergySaving"


class EnergySaving(BaseModel):
    """O-CESManagementFunction (8.8.2.5; v03.00 and later): energy saving of one cell."""

    name: ClassVar[str] = "O-CESManagementFunction"
    state_attribute: ClassVar[str] = "energySavingState"
    control_attribute: ClassVar[str] = "energySavingControl"

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    ces_switch: bool | None = Field(None, validation_alias=AliasChoices("cesSwitch", "CESSwitch"))
    state: SavingState | None = Field(None, validation_alias="energySavingState")
    control: SavingControl | None = Field(None, validation_alias="energySavingControl")

    @field_validator("state", "control", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        # Outside the standard's own examples the spelling of values differs in capitals between nodes.
        if isinstance(value, str):
            for known in (*SavingState, *SavingControl):
                if known.value.lower() == value.lower():
                    return known.value
        return value
