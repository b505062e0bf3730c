"""What an expression of Prometheus reads: its selectors, and the labels that it groups and joins by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser

FILLED_IN = {"$__rate_interval": "5m", "$__range": "1h"}
"""What Grafana puts in place of its own variables, for the parser."""


@dataclass(frozen=True)
class Selected:
    """One series that an expression reads."""

    name: str
    equals: tuple[tuple[str, tuple[str, ...]], ...]
    """Labels that have to be one of these values (`=`, and `=~` of plain alternatives)."""
    labels: frozenset[str]
    """Every label that it is selected by."""


@dataclass(frozen=True)
class Reading:
    """All that an expression reads."""

    series: tuple[Selected, ...]
    grouped: frozenset[str]
    """Labels of `by`, `on`, `group_left` and their kin."""
    numbers: frozenset[float]
    """Literals in it: thresholds are among them."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.series)


def plain(expression: str) -> str:
    """Without Grafana's own variables."""
    for variable, length in FILLED_IN.items():
        expression = expression.replace(variable, length)
    return expression


def read(expression: str) -> Reading:
    """Raises ValueError for what cannot be parsed."""
    series: list[Selected] = []
    grouped: set[str] = set()
    numbers: set[float] = set()
    for node in _nodes(promql_parser.parse(plain(expression))):
        if isinstance(node, promql_parser.VectorSelector):
            series.append(_selected(node))
        elif isinstance(node, promql_parser.NumberLiteral):
            numbers.add(node.val)
        grouped |= _grouped(node)
    return Reading(tuple(series), frozenset(grouped), frozenset(numbers))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for part in ("lhs", "rhs", "expr", "vector_selector"):
        below = getattr(node, part, None)
        if below is not None:
            yield from _nodes(below)
    for below in getattr(node, "args", ()):
        yield from _nodes(below)


def _grouped(node: Any) -> set[str]:
    found: set[str] = set()
    modifier = getattr(node, "modifier", None)
    if isinstance(node, promql_parser.AggregateExpr) and modifier is not None:
        found |= set(modifier.labels)
    if isinstance(node, promql_parser.BinaryExpr) and modifier is not None:
        found |= set(modifier.group_labels or ())
        if modifier.matching is not None:
            found |= set(modifier.matching.labels)
    return found


def _selected(node: Any) -> Selected:
    matchers = node.matchers.matchers
    equals = []
    for matcher in matchers:
        if matcher.op == promql_parser.MatchOp.Equal:
            equals.append((matcher.name, (matcher.value,)))
        elif matcher.op == promql_parser.MatchOp.Re and matcher.value.replace("|", "").replace("_", "").isalnum():
            equals.append((matcher.name, tuple(matcher.value.split("|"))))
    return Selected(node.name or "", tuple(equals), frozenset(matcher.name for matcher in matchers))
