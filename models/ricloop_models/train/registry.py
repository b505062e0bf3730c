"""Which training makes which model: a module with `Settings` and `train(settings, run)`, imported when asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ricloop.core.errors import ConfigError, nearest
from ricloop_models.train.base import Train

TRAININGS: dict[str, str] = {
    "anomaly-ae": "ricloop_models.train.anomaly_ae",
    "anomaly-pca": "ricloop_models.train.anomaly_pca",
    "traffic-forecast-mlp": "ricloop_models.train.traffic_forecast_mlp",
}
"""By model name."""


def training(name: str) -> tuple[type[Any], Train]:
    """The settings' dataclass and the run. Raises ConfigError with the nearest name for one that is not there, and
    where PyTorch is missing."""
    if name not in TRAININGS:
        listed = ", ".join(sorted(TRAININGS))
        raise ConfigError(f"nothing trains '{name}'.{nearest(name, TRAININGS)} There is: {listed}")
    if find_spec("torch") is None:
        raise ConfigError(f'training {name} needs PyTorch: pip install "ricloop[ml]"')
    module = import_module(TRAININGS[name])
    run: Train = module.train
    return module.Settings, run
