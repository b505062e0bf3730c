"""Write an xApp: a class, a feed, a decision. These are the author's names; everything else may change.

Service models are beside this: `from ricloop.e2sm import ccc, kpm, rc`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ricloop.app import (
        Outcomes,
        Settings,
        XApp,
        by_settings,
        every,
        hold,
        model,
        on,
        outcomes,
        policy,
        shared,
        topology,
    )
    from ricloop.core.actions import Action
    from ricloop.core.feeds import Latest, Tick
    from ricloop.core.ids import Cgi, Plmn
    from ricloop.core.time import ms
    from ricloop.decide.decision import Decision
    from ricloop.decide.guards import Bounds, Cooldown, KeepCoverage, MaxChanges
    from ricloop.decide.topology import Topology

__version__ = "0.1.0"

_HOME = {
    "ricloop.app": (
        "Outcomes",
        "Settings",
        "XApp",
        "by_settings",
        "every",
        "hold",
        "model",
        "on",
        "outcomes",
        "policy",
        "shared",
        "topology",
    ),
    "ricloop.core.actions": ("Action",),
    "ricloop.core.feeds": ("Latest", "Tick"),
    "ricloop.core.ids": ("Cgi", "Plmn"),
    "ricloop.core.time": ("ms",),
    "ricloop.decide.decision": ("Decision",),
    "ricloop.decide.guards": ("Bounds", "Cooldown", "KeepCoverage", "MaxChanges"),
    "ricloop.decide.topology": ("Topology",),
}
_WHERE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Action",
    "Bounds",
    "Cgi",
    "Cooldown",
    "Decision",
    "KeepCoverage",
    "Latest",
    "MaxChanges",
    "Outcomes",
    "Plmn",
    "Settings",
    "Tick",
    "Topology",
    "XApp",
    "__version__",
    "by_settings",
    "every",
    "hold",
    "model",
    "ms",
    "on",
    "outcomes",
    "policy",
    "shared",
    "topology",
]


def __getattr__(name: str) -> Any:
    # Lazy: the wire, the codec and the simulator import this package too, and need none of these.
    if name not in _WHERE:
        raise AttributeError(f"module 'ricloop' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
