"""Whether a JSON value is what a JSON Schema asks for, as far as one process can say for another that has the class.

The words that pydantic writes for types, structure and bounds (JSON Schema 2020-12, core 8 and validation 6); others,
`pattern` among them, are left to whoever has the class. A schema is foreign: what it costs is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

STEPS = 10_000
"""Schemas that one check looks at, at the most."""


def fault(value: Any, schema: Mapping[str, Any]) -> str | None:
    """What is wrong first, with its place, as `'limits.below': 7 is more than 5`; None where nothing is."""
    try:
        return next(_Check(schema).faults(value, schema, ""), None)
    except (_TooMuch, RecursionError):
        return "its type's schema cannot be followed: it leads too far"
    except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
        return f"its type's schema cannot be read: {error!r}"


class _TooMuch(Exception):
    pass


class _Check:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root, self._left = root, STEPS

    def faults(self, value: Any, schema: Any, place: str) -> Iterator[str]:
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        if isinstance(schema, bool):
            if not schema:
                yield f"{_at(place)}is not known"
            return
        if (ref := schema.get("$ref")) is not None:
            yield from self.faults(value, self._found(ref), place)
        for part in schema.get("allOf", ()):
            yield from self.faults(value, part, place)
        for word in ("anyOf", "oneOf"):
            if word in schema and all(next(self.faults(value, part, place), None) for part in schema[word]):
                yield f"{_at(place)}{value!r} is none of what it can be"
        kinds = schema.get("type", ())
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        if kinds and not any(_TYPES[kind](value) for kind in kinds):
            yield f"{_at(place)}{value!r} is no {' or '.join(kinds)}"
            return
        if "const" in schema and not _same(value, schema["const"]):
            yield f"{_at(place)}{value!r} is not {schema['const']!r}"
        if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
            yield f"{_at(place)}{value!r} is none of {', '.join(map(repr, schema['enum']))}"
        for word, (applies, wrong, says) in _BOUNDS.items():
            if word in schema and applies(value) and wrong(value, schema[word]):
                yield f"{_at(place)}{value!r} {says} {schema[word]}"
        if isinstance(value, dict):
            yield from self._of_object(value, schema, place)
        elif isinstance(value, list):
            yield from self._of_array(value, schema, place)

    def _of_object(self, value: dict[str, Any], schema: Mapping[str, Any], place: str) -> Iterator[str]:
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{_at(_in(place, name))}is missing"
        for name, held in value.items():
            yield from self.faults(held, known.get(name, schema.get("additionalProperties", True)), _in(place, name))

    def _of_array(self, value: list[Any], schema: Mapping[str, Any], place: str) -> Iterator[str]:
        first = schema.get("prefixItems", ())
        for number, held in enumerate(value):
            of = first[number] if number < len(first) else schema.get("items", True)
            yield from self.faults(held, of, _in(place, str(number)))

    def _found(self, ref: str) -> Any:
        if not ref.startswith("#"):
            raise ValueError(f"{ref} is not in it")
        found: Any = self._root
        for part in ref[1:].split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found


def _at(place: str) -> str:
    return f"'{place}': " if place else ""


def _in(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    """In JSON, true is not 1, and 1.0 is 1."""
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _number,
    "integer": lambda value: _number(value) and value == int(value),
}
_BOUNDS: Mapping[str, tuple[Callable[[Any], bool], Callable[[Any, Any], bool], str]] = {
    "minimum": (_number, lambda value, bound: value < bound, "is less than"),
    "maximum": (_number, lambda value, bound: value > bound, "is more than"),
    "exclusiveMinimum": (_number, lambda value, bound: value <= bound, "is not more than"),
    "exclusiveMaximum": (_number, lambda value, bound: value >= bound, "is not less than"),
    "multipleOf": (_number, lambda value, bound: value % bound != 0, "is no multiple of"),
    "minLength": (_TYPES["string"], lambda value, bound: len(value) < bound, "is shorter than"),
    "maxLength": (_TYPES["string"], lambda value, bound: len(value) > bound, "is longer than"),
    "minItems": (_TYPES["array"], lambda value, bound: len(value) < bound, "has fewer entries than"),
    "maxItems": (_TYPES["array"], lambda value, bound: len(value) > bound, "has more entries than"),
}
"""By word: of which values, what is wrong, how to say so."""
