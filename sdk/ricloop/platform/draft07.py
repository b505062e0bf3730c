"""JSON Schema of 2020-12, as pydantic writes it, in the words of draft-07, which O-RAN SC's app manager reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

URI = "http://json-schema.org/draft-07/schema#"
_MAPS = ("properties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not")


def draft07(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same schema; descriptions become one line each."""
    return {"$schema": URI, **_converted(schema)}


def _converted(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    new = {word: _part(word, value) for word, value in schema.items()}
    if "$defs" in new:
        new["definitions"] = new.pop("$defs")
    if "prefixItems" in new:
        # What comes after the first ones has a word of its own in draft-07.
        if "items" in new:
            new["additionalItems"] = new.pop("items")
        new["items"] = new.pop("prefixItems")
    if "$ref" in new and len(new) > 1:
        # Whatever stands beside a $ref is passed over.
        new["allOf"] = [{"$ref": new.pop("$ref")}]
    return new


def _part(word: str, value: Any) -> Any:
    if word in _MAPS:
        return {name: _converted(part) for name, part in value.items()}
    if word in _LISTS:
        return [_converted(part) for part in value]
    if word in _SINGLE:
        return _converted(value)
    if word == "$ref":
        return value.replace("#/$defs/", "#/definitions/", 1)
    if word == "description":
        return " ".join(value.split())
    return value
