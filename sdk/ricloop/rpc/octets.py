"""Messages of the schema and their octets, and its enumerations and our words."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import DecodeError as NotProtobuf

from ricloop.core.errors import DecodeError


def word(enum: Any, number: int, path: str) -> str:
    if number == 0 or number not in enum.values():
        raise DecodeError(f"{number} is not known", path=path)
    name: str = enum.Name(number)
    return name.lower()


def parsed(of: Any, octets: bytes) -> Any:
    try:
        return of.FromString(octets)
    except NotProtobuf as error:
        raise DecodeError(f"not a message of the schema: {error}", path=of.DESCRIPTOR.name) from error


def octets_of(message: Any) -> bytes:
    octets: bytes = message.SerializeToString()
    return octets
