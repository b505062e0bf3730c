"""From the names of models to models at work: promoted and shipped artifacts, folders, and code in its own process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from ricloop.app import Handler, XApp
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.feeds import ModelRef
from ricloop.core.ids import Cells
from ricloop.core.model import ModelError, Table
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import NS_PER_MS, Clock
from ricloop.engine import choose
from ricloop.engine.measured import Measured
from ricloop.runtime.inference.isolated import Isolated
from ricloop.runtime.inference.predict import IsolatedModel, LoopModel, Predict, Version
from ricloop.runtime.models.lifecycle import AtWork
from ricloop.store import (
    ANYONE,
    AnomaliesSpec,
    Artifact,
    ForecastSpec,
    Registry,
    Trust,
    find,
    load,
    read_trust,
    said_by,
    shipped,
)

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


def shadows(given: Iterable[str]) -> dict[str, Path]:
    """`NAME=FOLDER` of challengers. Raises ConfigError for anything else."""
    found: dict[str, Path] = {}
    for text in given:
        name, equals, folder = text.partition("=")
        if not equals or not name or not folder:
            raise ConfigError(
                f"--shadow {text}: write NAME=FOLDER: a model at work, and the artifact to compare it with"
            )
        found[name] = Path(folder)
    return found


def challenger(folder: Path, trust: Trust, clock: Clock, one: AtWork) -> Version:
    """The artifact of a folder, ready to be compared with a model at work. Raises ModelError where it cannot be."""
    artifact = load(folder, trust)
    if artifact.name != one.model.name:
        raise ModelError(f"{folder}: it is {artifact.name}, and is to be compared with {one.model.name}")
    assert one.handler.model is not None, "it is at work for one"
    return admitted(artifact, one.handler, one.handler.model, clock).active


def loaded(
    apps: Iterable[XApp[Any]],
    given: Mapping[str, str],
    clock: Clock,
    *,
    registry: Registry | None = None,
    trust: Trust = ANYONE,
) -> dict[ModelRef[Any], Predict | None]:
    """A model for each declaration of these xApps: what `given` says, else the active one of the registry, else the
    shipped one of that name. None: it was refused, which the log says, and the handler's rule answers.

    Each has windows and an engine of its own. Refused is an artifact that is not sound or not trusted, that no engine
    here can run, or that does not say or look at what its handler declares. Raises ConfigError for a name that nobody
    declares or has, and for code of one's own that is no model.
    """
    handlers = [handler for app in apps for handler in app.declared if handler.model is not None]
    declared = {handler.model.name for handler in handlers if handler.model is not None}
    for name in given:
        if name not in declared:
            listed = ", ".join(sorted(declared)) or "none"
            raise ConfigError(f"--model {name}: no xApp here declares it.{nearest(name, declared)} Declared: {listed}")
    return {
        handler.model: _model(handler, handler.model, given.get(handler.model.name), clock, registry, trust)
        for handler in handlers
        if handler.model is not None
    }


def _model(
    handler: Handler,
    ref: ModelRef[Any],
    source: str | None,
    clock: Clock,
    registry: Registry | None,
    trust: Trust,
) -> Predict | None:
    name = ref.name
    if source is not None and ":" in source and not Path(source).exists():
        return _isolated(name, source, clock)
    try:
        active = None if source is not None or registry is None else registry.pointer(name).active
        if source is None and active is None and name not in shipped():
            raise ConfigError(
                f"no model is called '{name}'.{nearest(name, shipped())} Shipped: {', '.join(shipped()) or 'none'}; "
                f"or say where it is: --model {name}=FOLDER or --model {name}=module:name"
            )
        if registry is not None and active is not None:
            return admitted(registry.load(name, active), handler, ref, clock)
        return admitted(
            load(Path(source), trust) if source is not None else find(name, trust=trust), handler, ref, clock
        )
    except ModelError as error:
        log.error("model refused, the rule answers", model=name, reason=str(error))
        return None


def admitted(
    artifact: Artifact, handler: Handler, ref: ModelRef[Any], clock: Clock, run: Measured | None = None
) -> LoopModel:
    """An artifact at work for a handler, on `run` or the fastest engine here. Raises ModelError naming why it cannot
    be; then its engine is closed."""
    says = Forecast if isinstance(artifact.manifest.output, ForecastSpec) else Anomalies
    if isinstance(ref.type, type) and not issubclass(says, ref.type):
        if run is not None:
            run.close()
        raise ModelError(
            f"{artifact.folder}: {artifact.name} says {says.__name__}, the xApp expects {ref.type.__name__}"
        )
    measured = run or choose(artifact, artifact.engines, clock=clock, rows=1)
    day_ns = artifact.manifest.window.day_ms * NS_PER_MS
    model = LoopModel(
        artifact.name, artifact.window, measured, artifact.prediction, day_ns=day_ns, version=artifact.version
    )
    model.active.source, model.active.release = str(artifact.folder), measured.close
    try:
        model.check(handler.feed)
    except ConfigError as error:
        measured.close()
        raise ModelError(f"{artifact.folder}: {error}") from error
    signed = "nobody" if artifact.signature is None else artifact.signature.key
    log.info("model loaded", model=artifact.version, engine=measured.name, signed_by=signed)
    return model


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


def trusted(root: Path | None, trust_file: Path | None, required: bool) -> tuple[Registry | None, Trust]:
    """The registry and the trust of a command line. Today is the system's. Raises ConfigError."""
    trust = read_trust(trust_file, required=required, today=datetime.now(UTC).date())
    return None if root is None else Registry(root, trust), trust
