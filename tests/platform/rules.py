"""What O-RAN SC's app manager asks of a descriptor, as a JSON Schema (draft-07) of our own.

From the rules that its onboarder's documented schema states; that its routing reads the section `rmr` as well is taken
from its code.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 1, "maximum": 65535}
WORDS = {"type": "array", "items": TEXT}
POLICIES = {"type": "array", "items": {"type": "integer"}}
SEMANTIC = r"^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


PROBE = closed(
    {
        "httpGet": closed({"path": {"type": "string", "pattern": "^/"}, "port": NUMBER}),
        "initialDelaySeconds": {"type": "integer", "minimum": 0},
        "periodSeconds": {"type": "integer", "minimum": 1},
    }
)
SPOKEN = {"txMessages": WORDS, "rxMessages": WORDS, "policies": POLICIES}
PORT = closed({"name": TEXT, "container": TEXT, "port": NUMBER}, {"description": TEXT, **SPOKEN}) | {
    "dependencies": {word: [other for other in SPOKEN if other != word] for word in SPOKEN}
}
IMAGE = closed({"registry": {"type": "string", "pattern": r"^[A-Za-z0-9.-]+\.[A-Za-z]+(:\d+)?$"}, "name": TEXT,
                "tag": TEXT})  # fmt: skip
METRIC = closed(dict.fromkeys(("objectName", "objectInstance", "name", "type", "description"), TEXT))
RULES = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **closed(
        {
            "xapp_name": {"type": "string", "pattern": "^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$"},
            "version": {"type": "string", "pattern": SEMANTIC},
            "containers": {"type": "array", "minItems": 1, "items": closed({"name": TEXT, "image": IMAGE})},
            "livenessProbe": PROBE,
            "readinessProbe": PROBE,
            "messaging": closed({"ports": {"type": "array", "items": PORT}}),
            "rmr": closed({"protPort": TEXT, "maxSize": {"type": "integer"}, "numWorkers": NUMBER, **SPOKEN}),
            "a1PolicyTypes": WORDS,
            "metrics": {"type": "array", "items": METRIC},
            "controls": {"type": "object"},
        }
    ),
}
