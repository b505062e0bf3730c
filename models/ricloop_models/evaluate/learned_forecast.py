"""`ricloop models evaluate traffic-forecast-gru` and `-mlp`: their shapes fitted on the LTE cells, beside the ridge.

Milan is left out: its 211 squares would take an hour to fit on one core.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from rich.progress import Progress

from ricloop.core.errors import ConfigError
from ricloop_models import traffic_forecast_gru, traffic_forecast_mlp
from ricloop_models.evaluate import forecast_lte
from ricloop_models.evaluate.base import Evaluation
from ricloop_models.evaluate.forecasters import DAY, Fit, Say, ridge_recursive
from ricloop_models.ridge import Wide

ONCE = 1 << 30
"""Hours until a forecaster is fitted again: a network is fitted once, before the calibration block, and so are all."""


def gru(data: Path, progress: Progress) -> Evaluation:
    """The recurrent network."""
    return _evaluate(traffic_forecast_gru, 0, data, progress)


def mlp(data: Path, progress: Progress) -> Evaluation:
    """The quantile MLP, without the time of day."""
    return _evaluate(traffic_forecast_mlp, traffic_forecast_mlp.CALENDAR, data, progress)


def _evaluate(model: ModuleType, calendar: int, data: Path, progress: Progress) -> Evaluation:
    if find_spec("torch") is None:
        raise ConfigError(f'evaluating {model.NAME} fits it, which needs PyTorch: pip install "ricloop[ml]"')
    who = {model.NAME: _learned(model, calendar), "traffic-forecast": ridge_recursive}
    return forecast_lte.evaluate(who, data, progress, ahead=(DAY,), refit=ONCE)


def _learned(model: ModuleType, calendar: int) -> Fit:
    def fit(past: Wide, horizons: int) -> Say:
        from ricloop_models.train.own_hours import fit_hours

        say = fit_hours(model.network, model.LENGTH, calendar, model.QUANTILES, past)
        return lambda asked: say(asked)[:, :horizons]

    return fit
