"""The service models there are. A new one is a folder beside this file and a row here."""

from __future__ import annotations

from typing import Any

from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError, DecodeError
from ricloop.core.feeds import Feed
from ricloop.e2sm.base import ServiceModel
from ricloop.e2sm.ccc.model import Ccc
from ricloop.e2sm.kpm.model import Kpm
from ricloop.e2sm.rc.model import Rc

SERVICE_MODELS: dict[str, ServiceModel] = {"kpm": Kpm(), "rc": Rc(), "ccc": Ccc()}

_E2SM_ARCS = ("1", "3", "6", "1", "4", "1", "53148", "1")
"""iso.org.dod.internet.private.enterprise.o-ran.e2: then a version, 2, and the service model's own arc."""


def match(oid: str, definition: bytes) -> ServiceModel | None:
    """The model of a RAN function of a node, None for one that is not known here.

    The last arc of an E2SM OID decides; nodes disagree on the arc of the version before it. For another OID the short
    name in the definition does; some nodes append a version to it.
    """
    arcs = tuple(oid.strip().split("."))
    by_arc = next((model for model in SERVICE_MODELS.values() if _is_e2sm(arcs) and arcs[-1] == str(model.arc)), None)
    if by_arc is not None:
        return by_arc
    return next((model for model in SERVICE_MODELS.values() if _names(model, definition)), None)


def owner_of_feed(feed: Feed[Any]) -> ServiceModel:
    """The model that brings a feed. Raises ConfigError where none does."""
    for model in SERVICE_MODELS.values():
        if model.owns(feed):
            return model
    raise ConfigError(f"no service model brings {feed.title}; there are {', '.join(SERVICE_MODELS)}")


def owner_of_action(action: Action) -> ServiceModel:
    """The model that carries an action. Raises ConfigError where none does."""
    for model in SERVICE_MODELS.values():
        if model.controls(action):
            return model
    raise ConfigError(f"no service model carries {action!r}; there are {', '.join(SERVICE_MODELS)}")


def _is_e2sm(arcs: tuple[str, ...]) -> bool:
    return arcs[: len(_E2SM_ARCS)] == _E2SM_ARCS and len(arcs) == len(_E2SM_ARCS) + 3


def _names(model: ServiceModel, definition: bytes) -> bool:
    # The name's characters lie in octets of their own in both encodings; whether the rest can be read is checked next.
    if model.short_name.encode() not in definition[:200]:
        return False
    try:
        model.describe(definition)
    except DecodeError:
        return False
    return True
