"""JSON in and out: strict about structure, lenient about spelling, one DecodeError with the path for anything else.

The models in this folder use the standard's own keys as field names. Keys they do not know are ignored, because later
versions add some.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ricloop.core.errors import DecodeError

MAX_OCTETS = 4 << 20
"""A RAN function definition of 1000 cells has about 1.5 MB. Depth is limited to 200 by the parser itself."""

ModelT = TypeVar("ModelT", bound="Wire")


class Wire(BaseModel):
    """Base of everything that travels."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class OneOf(Wire):
    """A CHOICE. It has no tag in JSON: the one key that is there says which alternative it is."""

    @model_validator(mode="after")
    def _exactly_one(self) -> OneOf:
        present = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(present) != 1:
            raise ValueError(f"needs exactly one of {', '.join(type(self).model_fields)}; has {present or 'none'}")
        return self


def read(model: type[ModelT], data: bytes) -> ModelT:
    """Parse and check. Raises DecodeError."""
    if len(data) > MAX_OCTETS:
        raise DecodeError(f"{len(data)} octets of JSON; the limit is {MAX_OCTETS}", path=model.__name__)
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise DecodeError(first["msg"], path=_path(model, first["loc"])) from error


def write(message: Wire) -> bytes:
    """UTF-8 JSON without blanks; absent fields are left out."""
    return message.model_dump_json(exclude_none=True).encode()


def _path(model: type[BaseModel], place: tuple[Any, ...]) -> str:
    return model.__name__ + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """The form in which two spellings of a structure or attribute are equal: `O-NRCellDU`, `O-NrCellDu`."""
    return name.replace("-", "").lower()
