"""The JSON schema of scenario files, for editors that complete and check while one writes."""

from __future__ import annotations

import math
from typing import Any

from pydantic import TypeAdapter

from ricloop.core.dialect import Family
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios import NETWORKS
from ricloop_e2sim.scenarios.file import SCHEMA
from ricloop_e2sim.scenarios.values import choice


def schema() -> dict[str, Any]:
    """JSON-able. It knows names and types; what values may be is only known when a file is loaded."""
    whole = TypeAdapter(NetworkScenario).json_schema()
    parts: dict[str, Any] = whole["$defs"]
    for kind in (Policy, Family):
        parts[kind.__name__] = {"enum": [choice(one) for one in kind]}
    for part in (whole, *parts.values()):
        if "properties" in part:
            part["additionalProperties"] = False
            for field in part["properties"].values():
                _say_default(field)
    whole["properties"] = {"schema": {"const": SCHEMA}, "based_on": {"enum": list(NETWORKS)}, **whole["properties"]}
    own = whole.pop("required")
    return {**whole, "required": ["schema"], "anyOf": [{"required": ["based_on"]}, {"required": own}]}


def _say_default(field: dict[str, Any]) -> None:
    """Defaults that JSON does not have, and the numbers of choices, are left out."""
    default = field.get("default")
    if "$ref" in field or (isinstance(default, float) and not math.isfinite(default)):
        field.pop("default", None)
