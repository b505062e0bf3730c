"""Every target by name, of the modules that each have some in `TARGETS`."""

from __future__ import annotations

from tests.fuzz import artifacts, e2ap, e2sm, ends, files, http, kpm_fast, lease, models, rmr, rpc, tcp
from tests.fuzz.target import Target

_MODULES = (e2ap, e2sm, kpm_fast, models, files, tcp, ends, rpc, artifacts, rmr, http, lease)
TARGETS: dict[str, Target] = {name: target for module in _MODULES for name, target in module.TARGETS.items()}
MODULES = {name: module.__name__ for module in _MODULES for name in module.TARGETS}
"""Where each target is."""
