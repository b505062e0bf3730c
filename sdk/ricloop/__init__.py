"""Write an xApp: a class, a feed, a decision. These are the author's names; everything else may change.

Service models are beside this: `from ricloop.e2sm import ccc, kpm, rc`; what models look at is in
`ricloop.features`, what tests use in `ricloop.testing`.
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
    from ricloop.core.actions import Action, OutcomeState
    from ricloop.core.errors import ConfigError
    from ricloop.core.feeds import Latest, Tick
    from ricloop.core.ids import CellId, Cells, Cgi, NodeId, Plmn, UeHandle
    from ricloop.core.predictions import Anomalies, Forecast, Quality
    from ricloop.core.time import ms, ns
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
    "ricloop.core.actions": ("Action", "OutcomeState"),
    "ricloop.core.errors": ("ConfigError",),
    "ricloop.core.feeds": ("Latest", "Tick"),
    "ricloop.core.ids": ("CellId", "Cells", "Cgi", "NodeId", "Plmn", "UeHandle"),
    "ricloop.core.predictions": ("Anomalies", "Forecast", "Quality"),
    "ricloop.core.time": ("ms", "ns"),
    "ricloop.decide.decision": ("Decision",),
    "ricloop.decide.guards": ("Bounds", "Cooldown", "KeepCoverage", "MaxChanges"),
    "ricloop.decide.topology": ("Topology",),
}
_WHERE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Action",
    "Anomalies",
    "Bounds",
    "CellId",
    "Cells",
    "Cgi",
    "ConfigError",
    "Cooldown",
    "Decision",
    "Forecast",
    "KeepCoverage",
    "Latest",
    "MaxChanges",
    "NodeId",
    "OutcomeState",
    "Outcomes",
    "Plmn",
    "Quality",
    "Settings",
    "Tick",
    "Topology",
    "UeHandle",
    "XApp",
    "__version__",
    "by_settings",
    "every",
    "hold",
    "model",
    "ms",
    "ns",
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
