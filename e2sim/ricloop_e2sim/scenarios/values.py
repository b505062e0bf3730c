"""Frozen dataclasses of plain lists and mappings, by the types of their fields; what is wrong is named by its place."""

from __future__ import annotations

import math
import types
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from ricloop.core.errors import ConfigError, nearest


def mapping(value: Any, place: str) -> dict[str, Any]:
    """A copy of a mapping with text for keys. Raises ConfigError for anything else."""
    if not isinstance(value, dict):
        raise ConfigError(f"{place} is {_told(value)}; give a mapping of names to values")
    return {str(key): one for key, one in value.items()}


def build(kind: type[Any], value: Any, place: str, base: Any = None) -> Any:
    """One of the dataclass `kind`: `base`, or else its defaults, with the fields in the mapping `value`.

    Raises ConfigError for a field that there is not, naming the nearest; for one that is missing; and for a value that
    a field cannot have.
    """
    given, hints = mapping(value, place or "the whole"), get_type_hints(kind)
    settings = {}
    for name in given:
        if name not in hints:
            raise ConfigError(f"{_join(place, name)}: there is no such setting.{nearest(name, hints)}")
    for field in fields(kind):
        usual = default(field) if base is None else getattr(base, field.name)
        if field.name in given:
            settings[field.name] = _value(hints[field.name], given[field.name], _join(place, field.name), usual)
        elif usual is MISSING:
            raise ConfigError(f"{_join(place, field.name)} is missing; it has no default")
        else:
            settings[field.name] = usual
    try:
        return kind(**settings)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}" if place else str(error)) from None
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from None


def choice(one: Enum) -> str:
    """A member of an enumeration as files have it: `proportional-fair`."""
    return one.name.lower().replace("_", "-")


def default(field: Field[Any]) -> Any:
    """What a dataclass's field is where it is not given; MISSING where it has to be."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _value(hint: Any, value: Any, place: str, usual: Any) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        if value is None and type(None) in parts:
            return None
        (hint,) = (part for part in parts if part is not type(None))
        return _value(hint, value, place, usual)
    if origin is tuple:
        return _list(parts, value, place)
    if is_dataclass(hint):
        assert isinstance(hint, type)
        return build(hint, value, place, usual if isinstance(usual, hint) else None)
    if issubclass(hint, Enum):
        choices = {choice(one): one for one in hint}
        if str(value) not in choices:
            raise ConfigError(f"{place} is {_told(value)}.{nearest(str(value), choices)} Known: {', '.join(choices)}")
        return choices[str(value)]
    return _scalar(hint, value, place)


def _list(parts: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"{place} is {_told(value)}; give a list")
    if len(parts) == 2 and parts[1] is Ellipsis:
        parts = (parts[0],) * len(value)
    if len(parts) != len(value):
        raise ConfigError(f"{place} has {len(value)} values; give {len(parts)}")
    return tuple(
        _value(part, one, f"{place}[{n}]", MISSING) for n, (part, one) in enumerate(zip(parts, value, strict=True))
    )


def _scalar(hint: type[Any], value: Any, place: str) -> Any:
    if hint is float and isinstance(value, int | float | str) and not isinstance(value, bool):
        # YAML takes 50e6, without a point and a sign, for text.
        with suppress(ValueError, OverflowError):
            if not math.isnan(number := float(value)):
                return number
    elif type(value) is hint:
        return value
    wanted = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}[hint]
    raise ConfigError(f"{place} is {_told(value)}; give {wanted}")


def _told(value: Any) -> str:
    return "nothing" if value is None else "a mapping" if isinstance(value, dict) else repr(value)


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
