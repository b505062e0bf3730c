"""The native module of the hot path, where it was built: `ricloop/_fast`, from `sdk/_native/_fast.c`.

Without a compiler at installation there is none, and the Python twins do the same, slower. `RICLOOP_NATIVE=0` leaves it
out.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

_ASKED = os.environ.get("RICLOOP_NATIVE", "1") != "0"


def _load() -> Any:
    if not _ASKED:
        return None
    try:
        return import_module("ricloop._fast")
    except ImportError:
        return None


FAST: Any = _load()
"""The module, None where there is none."""


def codec() -> str:
    """Which codec carries the hot path, in words."""
    if FAST is not None:
        return "native"
    return "pure Python" + (" (no native module: installed without a C compiler)" if _ASKED else " (RICLOOP_NATIVE=0)")
