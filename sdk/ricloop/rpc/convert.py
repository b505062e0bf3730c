"""Python values to protobuf messages and back, by the messages' own descriptors: a field has the name of an attribute.

`Converter` is made of rows, a type and its message each. A message that no row has is an alternative (its one oneof is
called `of`), chosen by the value's type, or else a tuple, by the order of its fields. `optional` fields may be None;
entries of `key` and `value` are a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from ricloop.core.errors import DecodeError, EncodeError

Put = Callable[[Any, Any], None]
"""Writes a value into an empty message."""
Get = Callable[[Any], Any]
"""Reads a message. Raises DecodeError, or what the value's constructor raises."""

WHOLE = range(-(1 << 63), 1 << 63)
_SCALARS = {8: bool, 1: float, 9: str, 12: bytes, 3: int, 4: int, 13: int, 18: int}
"""By the number of the field's type (bool, double, string, bytes, int64, uint64, uint32, sint64)."""
_MESSAGE, _ENUM = 11, 14


class Ways(NamedTuple):
    """To a message and back."""

    put: Put
    get: Get


class Converter:
    """Knows a set of types. Conversions are made of the descriptors once, when they are first needed."""

    def __init__(self, rows: Mapping[type[Any], Any], enums: Mapping[str, type[Enum]], own: Mapping[str, Ways]) -> None:
        """`rows`: a dataclass and its message class. `enums`: by the name in the schema. `own`: messages, by name, that
        are converted by functions of their own."""
        self.rows, self.enums = rows, enums
        self._own = own
        self._types = {message.DESCRIPTOR.name: type_ for type_, message in rows.items()}
        self.ways: Callable[[Any], Ways] = cache(self._ways)
        """Of a message's descriptor."""

    def put(self, value: Any, message: Any) -> None:
        """Write `value` into `message`, which is empty. Raises EncodeError."""
        try:
            self.ways(message.DESCRIPTOR).put(value, message)
        except (ValueError, TypeError, OverflowError, AttributeError, RecursionError) as error:
            raise EncodeError(f"{type(value).__name__} cannot be sent: {error}") from error

    def get(self, message: Any) -> Any:
        """The value in `message`. Raises DecodeError."""
        return self.ways(message.DESCRIPTOR).get(message)

    # -------------------------------------------------------------------------------------------------- by kind

    def _ways(self, descriptor: Any) -> Ways:
        if descriptor.name in self._own:
            return self._own[descriptor.name]
        if descriptor.name in self._types:
            return self._struct(self._types[descriptor.name], descriptor)
        if [oneof.name for oneof in descriptor.oneofs] == ["of"]:
            return self._union(descriptor)
        return self._tuple(descriptor)

    def _struct(self, type_: type[Any], descriptor: Any) -> Ways:
        fields = [(field.name, _optional(field), *self._field(field)) for field in descriptor.fields]

        def put(value: Any, message: Any) -> None:
            if type(value) is not type_:
                raise TypeError(f"{value!r} is no {type_.__name__}")
            for name, optional, put_field, _ in fields:
                held = getattr(value, name)
                if held is not None or not optional:
                    put_field(held, message)

        def get(message: Any) -> Any:
            return type_(**{name: get_field(message) for name, _, _, get_field in fields})

        return Ways(put, get)

    def _tuple(self, descriptor: Any) -> Ways:
        fields = [(_optional(field), *self._field(field)) for field in descriptor.fields]

        def put(value: Any, message: Any) -> None:
            for held, (optional, put_field, _) in zip(value, fields, strict=True):
                if held is not None or not optional:
                    put_field(held, message)

        return Ways(put, lambda message: tuple(get(message) for _, _, get in fields))

    def _union(self, descriptor: Any) -> Ways:
        by_type: dict[type[Any], Put] = {}
        by_name: dict[str, Get] = {}
        long = any(field.name == "long" for field in descriptor.fields)
        for field in descriptor.fields:
            name = field.name
            put_field, get_field = self._field(field)
            by_name[name] = get_field
            if name == "long":
                by_name[name] = lambda message: int.from_bytes(message.long, "big", signed=True)
            elif field.type == _MESSAGE:
                by_type[self._types[field.message_type.name]] = put_field
            else:
                by_type[_SCALARS[field.type]] = put_field

        def put(value: Any, message: Any) -> None:
            if long and isinstance(value, int) and value not in WHOLE:
                message.long = long_octets(value)
                return
            for type_ in type(value).__mro__:
                if type_ in by_type:
                    by_type[type_](value, message)
                    return
            raise TypeError(f"{value!r} is none of what a {descriptor.name} can be")

        def get(message: Any) -> Any:
            name = message.WhichOneof("of")
            if name is None:
                raise DecodeError("nothing that is known here is in it", path=descriptor.name)
            return by_name[name](message)

        return Ways(put, get)

    def _field(self, field: Any) -> Ways:
        name, kind = field.name, field.type
        if kind == _MESSAGE:
            return self._repeated(field) if field.is_repeated else self._single(field)
        if kind == _ENUM:
            return _enum(name, field.enum_type, self.enums[field.enum_type.name])

        def put(value: Any, message: Any) -> None:
            setattr(message, name, value)

        def extend(value: Any, message: Any) -> None:
            getattr(message, name).extend(value)

        if field.is_repeated:
            return Ways(extend, lambda message: tuple(getattr(message, name)))
        if _optional(field):
            return Ways(put, lambda message: getattr(message, name) if message.HasField(name) else None)
        return Ways(put, lambda message: getattr(message, name))

    def _single(self, field: Any) -> Ways:
        name, of = field.name, field.message_type
        optional = _optional(field)

        def put(value: Any, message: Any) -> None:
            inner = getattr(message, name)
            inner.SetInParent()
            self.ways(of).put(value, inner)

        def get(message: Any) -> Any:
            if message.HasField(name):
                return self.ways(of).get(getattr(message, name))
            if optional:
                return None
            raise DecodeError(f"'{name}' is missing", path=field.containing_type.name)

        return Ways(put, get)

    def _repeated(self, field: Any) -> Ways:
        name, of = field.name, field.message_type
        if [part.name for part in of.fields] == ["key", "value"]:
            return self._mapping(field)

        def put(value: Any, message: Any) -> None:
            ways, inner = self.ways(of), getattr(message, name)
            for item in value:
                ways.put(item, inner.add())

        def get(message: Any) -> Any:
            ways = self.ways(of)
            return tuple(ways.get(item) for item in getattr(message, name))

        return Ways(put, get)

    def _mapping(self, field: Any) -> Ways:
        name, of = field.name, field.message_type

        def put(value: Any, message: Any) -> None:
            ways, inner = self.ways(of), getattr(message, name)
            for item in value.items():
                ways.put(item, inner.add())

        def get(message: Any) -> Any:
            ways, entries = self.ways(of), getattr(message, name)
            found = dict(ways.get(entry) for entry in entries)
            if len(found) < len(entries):
                raise DecodeError("a key occurs twice", path=of.name)
            return found

        return Ways(put, get)


def _optional(field: Any) -> bool:
    """Declared so: the language keeps that as an alternative of one."""
    return field.containing_oneof is not None and field.containing_oneof.name != "of"


def _enum(name: str, of: Any, type_: type[Enum]) -> Ways:
    numbers = {member: of.values_by_name[member.name].number for member in type_}
    members = {number: member for member, number in numbers.items()}

    def put(value: Any, message: Any) -> None:
        setattr(message, name, numbers[value])

    def get(message: Any) -> Any:
        number = getattr(message, name)
        if number not in members:
            raise DecodeError(f"{number} is no {type_.__name__}", path=name)
        return members[number]

    return Ways(put, get)


def long_octets(value: int) -> bytes:
    """Two's complement, big endian."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
