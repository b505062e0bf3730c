"""What the author of an xApp writes with: XApp, on, feeds, needs, settings. Declarations only: nothing runs here."""

from ricloop.app.by_settings import by_settings
from ricloop.app.handler import Handler, Hold, hold
from ricloop.app.needs import Outcomes, every, model, outcomes, policy, shared, topology
from ricloop.app.on import on
from ricloop.app.settings import Settings
from ricloop.app.xapp import XApp

__all__ = [
    "Handler",
    "Hold",
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
]
