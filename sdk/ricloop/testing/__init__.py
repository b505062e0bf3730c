"""What an xApp, a transport or a session is tested with: no network, no waiting.

`TestLoop` and `check_xapp` for xApps; `check_transport` (`transport.py`), `check_service_model`
(`service_model.py`) and `check_model` (`model.py`) for new pieces; `SessionPair` (`pair.py`) for both ends of E2.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ricloop.testing.loop import TestLoop
    from ricloop.testing.xapp import check_xapp

__all__ = ["TestLoop", "check_xapp"]

_WHERE = {"TestLoop": "ricloop.testing.loop", "check_xapp": "ricloop.testing.xapp"}


def __getattr__(name: str) -> Any:
    # Lazy: a session pair needs no xApp.
    if name not in _WHERE:
        raise AttributeError(f"module 'ricloop.testing' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
