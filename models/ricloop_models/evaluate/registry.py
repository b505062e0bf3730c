"""Which evaluation belongs to which model: `module:function`, imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module

from ricloop.core.errors import ConfigError, nearest
from ricloop_models.evaluate.base import Evaluate

EVALUATIONS: dict[str, str] = {
    "anomaly-ae": "ricloop_models.evaluate.anomaly:evaluate",
    "anomaly-pca": "ricloop_models.evaluate.anomaly:evaluate",
}
"""By model name, as `traffic-forecast`."""


def evaluation(name: str) -> Evaluate:
    """Raises ConfigError with the nearest name for one that nothing is evaluated of."""
    target = EVALUATIONS.get(name)
    if target is None:
        listed = ", ".join(sorted(EVALUATIONS)) or "none"
        raise ConfigError(f"nothing is evaluated of '{name}'.{nearest(name, EVALUATIONS)} There is: {listed}")
    module, _, function = target.partition(":")
    found: Evaluate = getattr(import_module(module), function)
    return found
