"""Any value of Python's that is data, as a `Plain` message: what xApps share with each other, and attributes of CCC.

A dataclass, pydantic model or Enum is a record under its module and name. Who reads it names the classes that it knows;
nothing is imported because a message says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, TypeAlias, get_args, get_type_hints

import numpy as np
from pydantic import BaseModel

from ricloop.core.errors import ConfigError, DecodeError, RicloopError
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.convert import WHOLE, long_octets


@dataclass(frozen=True, slots=True)
class Foreign:
    """A shared value of a class that is not here: its class's module and name, and its octets as they came."""

    type: str
    octets: bytes


Classes: TypeAlias = Mapping[str, type[Any]]
"""By module and name."""
KINDS = "biufSU"
"""Of numpy's arrays: no objects."""


def class_name(type_: type[Any]) -> str:
    return f"{type_.__module__}.{type_.__qualname__}"


def put_plain(value: Any, message: Any) -> None:
    """Raises TypeError for what is no data."""
    if value is None:
        message.nothing.SetInParent()
    elif isinstance(value, Enum):
        _put_record(value, {"value": value.value}, message)
    elif isinstance(value, bool | np.bool_):
        message.truth = bool(value)
    elif isinstance(value, int | np.integer):
        if int(value) in WHOLE:
            message.whole = int(value)
        else:
            message.long = long_octets(int(value))
    elif isinstance(value, float | np.floating):
        message.real = float(value)
    elif isinstance(value, str):
        message.text = value
    elif isinstance(value, bytes):
        message.octets = value
    elif isinstance(value, np.ndarray):
        _put_array(value, message.array)
    elif isinstance(value, Foreign):
        message.MergeFromString(value.octets)
    elif is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        _put_record(value, named, message)
    elif isinstance(value, BaseModel):
        _put_record(value, {name: getattr(value, name) for name in type(value).model_fields}, message)
    elif isinstance(value, list | tuple):
        items = message.list if isinstance(value, list) else message.tuple
        items.SetInParent()
        for item in value:
            put_plain(item, items.items.add())
    elif isinstance(value, Mapping):
        message.map.SetInParent()
        put_map(value, message.map)
    else:
        raise TypeError(f"a {type(value).__name__} is no data: numbers, text, arrays, dataclasses and models are")


def put_map(value: Any, message: Any) -> None:
    for key, held in value.items():
        entry = message.entries.add()
        put_plain(key, entry.key)
        put_plain(held, entry.value)


def get_map(message: Any, known: Classes | None = None) -> dict[Any, Any]:
    return {get_plain(entry.key, known): get_plain(entry.value, known) for entry in message.entries}


def get_plain(message: Any, known: Classes | None = None) -> Any:
    """Raises DecodeError for a record of a class that is not among `known`, ValueError for what it cannot hold."""
    kind = message.WhichOneof("of")
    if kind is None:
        raise DecodeError("nothing that is known here is in it", path="Plain")
    held = getattr(message, kind)
    if kind == "nothing":
        return None
    if kind == "long":
        return int.from_bytes(held, "big", signed=True)
    if kind in ("list", "tuple"):
        items = [get_plain(item, known) for item in held.items]
        return items if kind == "list" else tuple(items)
    if kind == "map":
        return get_map(held, known)
    if kind == "array":
        return _array(held)
    if kind == "record":
        return _record(held, known or {})
    return held


def reachable(type_: Any) -> dict[str, type[Any]]:
    """The dataclasses, models and Enums that a value of `type_` can hold, as its annotations say, by name."""
    found: dict[str, type[Any]] = {}
    ahead = [type_]
    while ahead:
        one = ahead.pop()
        ahead += get_args(one)
        if not isinstance(one, type) or class_name(one) in found:
            continue
        if issubclass(one, Enum):
            found[class_name(one)] = one
        elif is_dataclass(one) or issubclass(one, BaseModel):
            found[class_name(one)] = one
            ahead += get_type_hints(one).values()
    return found


def adapt(value: Any, type_: type[Any]) -> Any:
    """A shared value as a reader of `type_` wants it: octets where it is from, or for, another process. Raises
    ConfigError where it is of another class."""
    try:
        if type_ is Foreign:
            message = pb.Plain()
            put_plain(value, message)
            return Foreign(class_name(type(value)), message.SerializeToString())
        if isinstance(value, Foreign) and value.type == class_name(type_):
            return get_plain(pb.Plain.FromString(value.octets), reachable(type_))
    except (ValueError, TypeError, OverflowError, RecursionError, RicloopError) as error:
        raise ConfigError(f"a shared {type_.__name__} cannot be carried between processes: {error}") from error
    raise ConfigError(f"it is published as {getattr(value, 'type', type(value).__name__)}, not {class_name(type_)}")


def _put_array(value: Any, message: Any) -> None:
    if value.dtype.kind not in KINDS:
        raise TypeError(f"an array of {value.dtype} is no data")
    ordered = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
    message.dtype = ordered.dtype.str
    message.shape.extend(value.shape)
    message.data = ordered.tobytes()


def _array(message: Any) -> Any:
    try:
        dtype = np.dtype(message.dtype)
    except (TypeError, ValueError, SyntaxError) as error:
        raise DecodeError(f"{message.dtype!r} is no kind of array", path="Array") from error
    if dtype.kind not in KINDS or dtype.itemsize == 0:
        raise DecodeError(f"{message.dtype!r} is no kind of array that is data", path="Array")
    return np.frombuffer(message.data, dtype).reshape(tuple(message.shape)).astype(dtype.newbyteorder("="), copy=False)


def _put_record(value: Any, named: Mapping[str, Any], message: Any) -> None:
    message.record.type = class_name(type(value))
    for name, held in named.items():
        field = message.record.fields.add()
        field.name = name
        put_plain(held, field.value)


def _record(message: Any, known: Classes) -> Any:
    type_ = known.get(message.type)
    if type_ is None:
        raise DecodeError(f"a {message.type!r} is not what is read here", path="PlainRecord")
    named = {field.name: get_plain(field.value, known) for field in message.fields}
    return type_(named["value"]) if issubclass(type_, Enum) else type_(**named)
