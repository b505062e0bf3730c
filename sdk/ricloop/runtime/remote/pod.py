"""What the process of an xApp shows to the platform that runs it: health, configuration and metrics over HTTP, answers
to RMR health checks, and its registration.

All of it is served by the xApp's own loop: whoever is answered knows that it turns.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import structlog
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ricloop.app import XApp
from ricloop.core.errors import ConfigError
from ricloop.link.http import JSON, Asked, Reply, health, serve_http
from ricloop.platform.appmgr import AppManager, manager_at
from ricloop.platform.descriptor import ALIVE, CONFIG, READY, descriptor, read_descriptor
from ricloop.platform.xappmetrics import XAppMetrics
from ricloop.runtime.options import XAppOptions
from ricloop.runtime.remote.registrar import Registrar
from ricloop.runtime.remote.rmrport import serve_rmr
from ricloop.runtime.settings import Given
from ricloop.transport.address import host_and_port

log = structlog.get_logger()

METRICS = ("/metrics", "/ric/v1/metrics")
_PATHS = f"GET {ALIVE}, {READY}, {CONFIG}, {METRICS[1]} and {METRICS[0]}"


def controls_of(path: Path | None, cls: type[XApp[Any]]) -> dict[str, dict[str, Given]]:
    """The settings of a descriptor's `controls`, by xApp, as `settings.build` takes them. Raises ConfigError."""
    if path is None:
        return {}
    read = read_descriptor(path, cls.name)
    return {cls.name: {key: Given(value, f"{path}: controls") for key, value in read.get("controls", {}).items()}}


class Pod:
    """One process's end of its platform."""

    def __init__(self, app: XApp[Any], metrics: XAppMetrics, options: XAppOptions) -> None:
        """Raises ConfigError."""
        _check(options)
        self._app, self._metrics, self._options = app, metrics, options
        shown = options.http is not None or options.appmgr is not None
        if options.descriptor is not None:
            self._descriptor = read_descriptor(options.descriptor, app.name)
        else:
            self._descriptor = descriptor(type(app)) if shown else {}
        self._leaving = False
        self._servers: list[asyncio.Server] = []
        self._registrar: Registrar | None = None
        self._registering: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve what was asked for. Raises ConfigError and TransportError."""
        options, http_port, rmr_port = self._options, 0, 0
        if options.http is not None:
            server = await serve_http(self._answer, options.http, option="--http", what="health", paths=_PATHS)
            http_port = self._kept(server, "health, configuration and metrics")
        if options.rmr is not None:
            host, port = host_and_port(options.rmr, "--rmr", "127.0.0.1:4560")
            rmr_port = self._kept(await serve_rmr(host, port, self._metrics.rmr), "RMR health checks")
        if options.appmgr is not None:
            manager = AppManager.of(options.appmgr, self._descriptor, os.environ, http_port, rmr_port)
            self._registrar = Registrar(manager, self._config, self._metrics)
            self._registering = asyncio.create_task(self._registrar.register())

    def leave(self) -> None:
        """Not ready from now on."""
        self._leaving = True

    async def close(self) -> None:
        """Tell the app manager, as far as it knows of us, and serve no longer."""
        if self._registrar is not None and self._registering is not None:
            self._registering.cancel()
            await asyncio.gather(self._registering, return_exceptions=True)
            await self._registrar.deregister()
        for server in self._servers:
            server.close()

    def _kept(self, server: asyncio.Server, what: str) -> int:
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        log.info("serving", what=what, at=f"{host}:{port}")
        return int(port)

    def _config(self) -> Mapping[str, Any]:
        """The descriptor, with the settings in force."""
        return {**self._descriptor, "controls": self._app.settings.model_dump(mode="json")}

    async def _answer(self, asked: Asked) -> Reply | None:
        if asked.path == ALIVE:
            return health(None)
        if asked.path == READY:
            return health(self._unready())
        if asked.path == CONFIG:
            metadata = {"xappName": self._app.name, "configType": "json"}
            return Reply(orjson.dumps([{"metadata": metadata, "config": self._config()}]), JSON)
        if asked.path in METRICS:
            return Reply(self._metrics.exposition(), CONTENT_TYPE_LATEST)
        return None

    def _unready(self) -> str | None:
        if self._leaving:
            return "the xApp is ending"
        return None if self._metrics.connected else "the xApp is not connected to its RIC"


def _check(options: XAppOptions) -> None:
    """Raises ConfigError."""
    for option, where, usual in (("--http", options.http, 8080), ("--rmr", options.rmr, 4560)):
        if where is not None:
            host_and_port(where, option, f"127.0.0.1:{usual}")
    if options.appmgr is None:
        return
    manager_at(options.appmgr)
    if options.http is None or options.rmr is None:
        raise ConfigError(
            f"--appmgr {options.appmgr}: the app manager is told where an xApp serves HTTP and RMR: give --http and"
            " --rmr, as 0.0.0.0:8080 and 0.0.0.0:4560"
        )
