"""The RIC from the words of a command line or of a caller in the same process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import structlog

from ricloop.core.time import Clock
from ricloop.decide.topology import Topology
from ricloop.runtime import settings
from ricloop.runtime.books.audit import Audit, AuditFile
from ricloop.runtime.load import topology_file, xapp_class
from ricloop.runtime.models.resolve import loaded, sources
from ricloop.runtime.nodes.admission import AllowList
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.stage import Stage
from ricloop.store import ANYONE, Registry, Trust

log = structlog.get_logger()


def embedded_ric(
    xapps: Sequence[str],
    *,
    clock: Clock,
    stopwatch: Clock | None = None,
    settings_file: Path | None = None,
    overrides: Iterable[str] = (),
    topology: Topology | Path | None = None,
    stage: str | Stage = Stage.ACTIVE,
    audit: Audit | Path | None = None,
    allow: Iterable[str] = (),
    models: Iterable[str] = (),
    registry: Registry | None = None,
    trust: Trust = ANYONE,
    **options: Any,
) -> NearRtRic:
    """xApps by name or `module:Class`; the rest as `NearRtRic` takes it. Raises ConfigError.

    `models`: `NAME=FOLDER` or `NAME=module:name` for models that are not the active ones of `registry` or the shipped
    ones of their name. `trust`: who must have signed them.
    The nodes that may connect are those of `allow` and of the setting `allow` in the table `[ric]`; none: every node.
    The dialects of nodes are those of the table `[ric.dialects]`; of others, what their first indications show.
    """
    staged = stage if isinstance(stage, Stage) else Stage.parse(stage)
    apps = settings.build([xapp_class(name) for name in xapps], settings_file, overrides)
    allowed = AllowList((*allow, *(settings.allowed_nodes(settings_file) if settings_file is not None else ())))
    log.info("nodes that may connect", allowed=", ".join(allowed.patterns) or "every node")
    return NearRtRic(
        apps,
        clock=clock,
        stopwatch=stopwatch,
        topology=topology_file(topology) if isinstance(topology, Path) else topology,
        stages=staged,
        audit=AuditFile(audit) if isinstance(audit, Path) else audit,
        allowed=allowed,
        models=loaded(apps, sources(models), clock, registry=registry, trust=trust),
        dialects=settings.node_dialects(settings_file) if settings_file is not None else None,
        **options,
    )
