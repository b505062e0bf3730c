"""What to do without an oracle."""

from __future__ import annotations

import os

import pytest


def missing(what: str) -> None:
    """Skip for want of an oracle, or fail where RICLOOP_REQUIRE_ORACLES=1. `what` says how to get it."""
    if os.environ.get("RICLOOP_REQUIRE_ORACLES") == "1":
        pytest.fail(f"{what} (RICLOOP_REQUIRE_ORACLES=1)")
    pytest.skip(what, allow_module_level=True)
