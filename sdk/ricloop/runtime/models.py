"""From the names of models to models at work: shipped artifacts, folders, and code in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from ricloop.app import Handler, XApp
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.feeds import ModelRef
from ricloop.core.ids import Cells
from ricloop.core.model import Table
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import NS_PER_MS, Clock
from ricloop.engine import choose
from ricloop.runtime.isolated import Isolated
from ricloop.runtime.predict import IsolatedModel, LoopModel, Predict
from ricloop.store import AnomaliesSpec, Artifact, ForecastSpec, find, load, said_by, shipped

log = structlog.get_logger()

_SAYS: TypeAdapter[ForecastSpec | AnomaliesSpec] = TypeAdapter(ForecastSpec | AnomaliesSpec)
"""What a model in a process of its own says that its columns mean: a manifest's `output`."""


def sources(given: Iterable[str]) -> dict[str, str]:
    """`NAME=FOLDER` or `NAME=module:name` of a command line. Raises ConfigError for anything else."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, source = text.partition("=")
        if not equals or not name or not source:
            raise ConfigError(
                f"--model {text}: write NAME=FOLDER for an artifact, NAME=module:name for a model that runs in a "
                "process of its own"
            )
        found[name] = source
    return found


def loaded(apps: Iterable[XApp[Any]], given: Mapping[str, str], clock: Clock) -> dict[ModelRef[Any], Predict]:
    """A model for each declaration of these xApps: what `given` says, else the shipped one of that name.

    Each has windows and an engine of its own. Raises ConfigError for a name that nobody declares, ModelError for an
    artifact that is not sound.
    """
    handlers = [handler for app in apps for handler in app.handlers() if handler.model is not None]
    declared = {handler.model.name for handler in handlers if handler.model is not None}
    for name in given:
        if name not in declared:
            listed = ", ".join(sorted(declared)) or "none"
            raise ConfigError(f"--model {name}: no xApp here declares it.{nearest(name, declared)} Declared: {listed}")
    return {
        handler.model: _model(handler, handler.model.name, given.get(handler.model.name), clock)
        for handler in handlers
        if handler.model is not None
    }


def _model(handler: Handler, name: str, source: str | None, clock: Clock) -> Predict:
    if source is not None and ":" in source and not Path(source).exists():
        return _isolated(name, source, clock)
    if source is None and name not in shipped():
        raise ConfigError(
            f"no model is called '{name}'.{nearest(name, shipped())} Shipped: {', '.join(shipped()) or 'none'}; "
            f"or say where it is: --model {name}=FOLDER or --model {name}=module:name"
        )
    return _artifact(load(Path(source)) if source is not None else find(name), clock)


def _artifact(artifact: Artifact, clock: Clock) -> LoopModel:
    measured = choose(artifact, clock=clock, rows=1)
    log.info("model loaded", model=artifact.version, engine=measured.name)
    day_ns = artifact.manifest.window.day_ms * NS_PER_MS
    return LoopModel(
        artifact.name, artifact.window, measured, artifact.prediction, day_ns=day_ns, version=artifact.version
    )


def _isolated(name: str, target: str, clock: Clock) -> IsolatedModel:
    process = Isolated(target, clock)
    try:
        says = _SAYS.validate_python(process.says)
    except ValidationError as error:
        process.close()
        found = error.errors(include_url=False)[0]["msg"]
        raise ConfigError(
            f"model {target}: `says` must tell what its columns mean, as {{'kind': 'forecast', 'metric': "
            f"'RRU.PrbTotDl', 'horizons': 1, 'quantiles': [0.5]}}: {found}"
        ) from None

    def prediction(table: Table, cells: Cells) -> Forecast | Anomalies:
        return said_by(says, process.window.metrics, table, cells)

    log.info("model runs in a process of its own", model=name, target=target)
    return IsolatedModel(name, process, prediction)
