"""Values that a schema admits, drawn by hypothesis: the part of JSON Schema that the charts' schemas use."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    ["a: b", "#", "- x", "{{ 1 }}", "'", '"', "\\", "null", "true", "0x1", "1e3", "*", "&a", "a\nb", " ", "0777", "no"]
)
"""What goes wrong where a template forgets to quote."""


def of_schema(schema: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values for one part of a schema; `whole` is where its references lead."""
    if "$ref" in schema:
        part = whole
        for key in schema["$ref"].removeprefix("#/").split("/"):
            part = part[key]
        return of_schema(part, whole)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return st.one_of([of_schema(part, whole) for part in schema[either]])
    kinds = schema.get("type", "object")
    return st.one_of([_of_type(kind, schema, whole) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _of_type(kind: str, schema: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            above = schema.get("exclusiveMinimum", -(2**31) - 1) + 1
            return st.integers(schema.get("minimum", above), schema.get("maximum", 2**31))
        case "number":
            low = schema.get("minimum", schema.get("exclusiveMinimum", -1e6))
            return st.floats(
                low,
                schema.get("maximum", 1e6),
                exclude_min="exclusiveMinimum" in schema,
                allow_subnormal=False,
            ).map(lambda number: round(number, 6) or 1.0)
        case "string":
            least, most = schema.get("minLength", 0), schema.get("maxLength", 253)
            texts = (
                st.from_regex(schema["pattern"]).map(lambda text: text.rstrip("\n")) if "pattern" in schema else TEXT
            )
            return texts.filter(lambda text: least <= len(text) <= most)
        case "array":
            items = of_schema(schema.get("items", {"type": "string"}), whole)
            return st.lists(items, min_size=schema.get("minItems", 0), max_size=3)
        case "object":
            return _object(schema, whole)
    raise ValueError(f"no values are drawn for the type {kind!r}")


def _object(schema: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = {key: of_schema(part, whole) for key, part in schema.get("properties", {}).items() if not free(part, whole)}
    if not known:
        return st.just({})
    # Few keys at a time: whatever goes wrong then is due to them. What is required stands in the chart's own values.
    few = st.sets(st.sampled_from(sorted(known)), max_size=3)
    return few.flatmap(lambda keys: st.fixed_dictionaries({key: known[key] for key in sorted(keys)}))


def free(schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Keys of the operator's own, as labels, or parts of a pod that Kubernetes alone judges."""
    if "$ref" in schema:
        return free(whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole)
    if schema.get("type") == "array":
        return free(schema.get("items", {}), whole)
    return schema.get("type") == "object" and not schema.get("properties")
