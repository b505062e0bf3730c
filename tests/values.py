"""How many random values each type of message is given."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

COUNT = int(os.environ.get("RICLOOP_VALUES", "100"))
"""RICLOOP_VALUES: how many per type; `.ci/run` asks for 2,000 and `make soak` for 100,000, in blocks."""
many = settings(max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck))
