"""Feeds and needs that belong to no service model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from ricloop.core.actions import Outcome
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, ModelRef, Need, Policy, PolicyType, Shared, Tick, Timer
from ricloop.decide.topology import Topology

T = TypeVar("T")
PolicyT = TypeVar("PolicyT", bound=BaseModel)

Outcomes: TypeAlias = tuple[Outcome, ...]
"""What became of this xApp's own actions since its last look, in the order it happened."""


@dataclass(frozen=True, eq=False)
class OutcomeFeed(Feed[Outcomes]):
    @property
    def title(self) -> str:
        return "outcomes"


@dataclass(frozen=True, eq=False)
class TopologyNeed(Need[Topology]):
    @property
    def title(self) -> str:
        return "topology"


outcomes: Feed[Outcomes] = OutcomeFeed()
"""Starts a handler with what became of the actions of its own xApp."""

topology: Need[Topology] = TopologyNeed()
"""Cells, sites and which cell covers which, with their source."""


def every(period: timedelta) -> Feed[Tick]:
    """Starts a handler each `period`, whether or not anything was reported."""
    if not isinstance(period, timedelta) or period <= timedelta(0):
        raise ConfigError(f"every: the period is a length of time, as ms(100), not {period!r}")
    return Timer(period)


def shared(name: str, type: type[T]) -> Shared[T]:
    """A value that one xApp publishes (`Decision.sharing`) and others need: `shared("forecast", Forecast)`."""
    return Shared(_name("shared", name), type)


def policy(type: type[PolicyT]) -> Policy[PolicyT]:
    """The A1 policy in force, validated against `type`; unknown while there is none.

    Its policy type is the model's title: its class's name, unless `model_config` says otherwise.
    """
    return Policy(type)


def policy_type(need: Policy[Any]) -> PolicyType:
    """Of a need, wherever its class is."""
    if need.told is not None:
        return need.told
    schema = need.type.model_json_schema()
    return PolicyType(schema["title"], json.dumps(schema))


def read_policy(type: type[PolicyT], text: str) -> PolicyT:
    """A policy of JSON. Raises ValueError with what is wrong first, and where."""
    try:
        return type.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{f'{place!r}: ' if place else ''}{first['msg']}") from None


def model(name: str, type: type[T]) -> ModelRef[T]:
    """A learned model by name, and the type of what it predicts: `model("traffic-forecast", Forecast)`."""
    return ModelRef(_name("model", name), type)


def _name(what: str, name: str) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ConfigError(f"{what}: a name is needed, as 'forecast', not {name!r}")
    return name
