"""Scenarios as YAML: the fields of `NetworkScenario` and of its parts by name, and nothing else.

    schema: 1
    based_on: dense-urban-day      # optional: what is left out is as there
    name: my-city
    title: my city, with a sick cell
    deployment: {sites: 19}
    impairments:
      - {kind: sleeping-cell, entity: gnb2/s1/2100, start_s: 20, end_s: 50, amount: 40}

A mapping changes the fields that it names; a list replaces the whole list. Choices are written in lower case with
hyphens (`policy: round-robin`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from ricloop.core.errors import ConfigError
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios import find_network
from ricloop_e2sim.scenarios.values import build, choice, default, mapping

SCHEMA = 1


def load(path: Path) -> NetworkScenario:
    """The scenario in a file. Raises ConfigError naming the file, the place in it, and what is wrong there."""
    try:
        return loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: this is not text in UTF-8") from None
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def loads(text: str) -> NetworkScenario:
    """The scenario in a text. Raises ConfigError."""
    try:
        whole = mapping(yaml.load(text, _Loader), "the file")
    except yaml.YAMLError as error:
        raise ConfigError(f"this is not YAML: {' '.join(str(error).split())}") from None
    schema = whole.pop("schema", None)
    if schema != SCHEMA:
        told = "schema is missing" if schema is None else f"schema is {schema!r}"
        raise ConfigError(f"{told}; this version reads files that say `schema: {SCHEMA}`")
    based_on = whole.pop("based_on", None)
    base = None if based_on is None else find_network(str(based_on))
    scenario = build(NetworkScenario, whole, "", base)
    assert isinstance(scenario, NetworkScenario)
    return scenario


def dump(scenario: NetworkScenario) -> str:
    """The text that `loads` makes the same scenario of: what is not as by default."""
    whole = {"schema": SCHEMA, **_plain(scenario)}
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=120)


class _Loader(yaml.SafeLoader):
    """A key that is given twice is an error: nobody reads the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise ConfigError(f"line {key.start_mark.line + 1}: {key.value!r} is given twice")
        return super().construct_mapping(node, deep)


def _plain(value: Any, usual: Any = None) -> Any:
    """Lists, mappings, numbers and text; of a dataclass what differs from `usual`, or from its fields' defaults."""
    if isinstance(value, Enum):
        return choice(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value):
        return value
    plain = {}
    for field in fields(value):
        own = getattr(value, field.name)
        expected = default(field) if usual is None else getattr(usual, field.name)
        if own != expected:
            plain[field.name] = _plain(own, expected if type(own) is type(expected) and is_dataclass(own) else None)
    return plain
