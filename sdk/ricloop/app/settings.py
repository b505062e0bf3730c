"""An xApp's settings: validated, frozen, explained by the docstring under each field."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Subclass it with defaults, and a docstring under each field with unit and meaning.

    Unknown keys and wrong types are errors. An xApp keeps those that it was started with.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, allow_inf_nan=False
    )
