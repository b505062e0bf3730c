"""What a RIC answers over HTTP: metrics, health, and its nodes to who is on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ricloop.link.http import JSON, Asked, Reply, health, serve_http, unavailable
from ricloop.runtime.side.metrics import exposition

STALE_S = 2.0
"""A loop that has told nothing for so long is not alive: it tells something four times a second."""
_TOLD_NOTHING = "the loop has told nothing yet"
_NOTHING_YET = unavailable(_TOLD_NOTHING)
_PATHS = "GET /metrics, /health/alive, /health/ready, /models, /nodes and /policies"


@dataclass
class Source:
    """Where answers come from."""

    told: Callable[[], dict[str, Any] | None]
    """The newest snapshot; None before the first."""
    age_s: Callable[[], float]
    """How old that is."""
    nodes: Callable[[], Awaitable[bytes]]
    """The inventory as JSON. Raises TimeoutError where the loop does not answer."""
    drift: Callable[[], dict[str, dict[str, str]]] = dict
    """Per handler and signal, as `DriftWatch.states`."""


async def serve_web(source: Source, where: str) -> asyncio.Server:
    """Answer at HOST:PORT. Raises ConfigError or TransportError."""

    async def answer(asked: Asked) -> Reply | None:
        return await _answer(source, asked)

    return await serve_http(answer, where, option="--metrics", what="metrics", paths=_PATHS)


async def _answer(source: Source, asked: Asked) -> Reply | None:
    path = asked.path
    if path in ("/health/alive", "/health/ready"):
        return health(_unhealthy(source, ready=path.endswith("ready")))
    if path == "/metrics":
        told = source.told()
        return _NOTHING_YET if told is None else Reply(exposition(told), CONTENT_TYPE_LATEST)
    if path in ("/models", "/nodes", "/policies"):
        # Addresses, cells, versions and policies are nobody's business outside this machine, wherever metrics are
        # served.
        if not asked.local:
            return Reply(f"GET {path} is answered on this machine only\n".encode(), status="403 Forbidden")
        if path == "/policies":
            return _policies(source.told())
        if path == "/models":
            return _models(source.told(), source.drift())
        return Reply(await source.nodes(), JSON)
    return None


def _policies(told: dict[str, Any] | None) -> Reply:
    if told is None:
        return _NOTHING_YET
    return Reply(orjson.dumps({"schema": 1, "policies": told["a1_policies"]}), JSON)


def _models(told: dict[str, Any] | None, drift: dict[str, dict[str, str]]) -> Reply:
    if told is None:
        return _NOTHING_YET
    lifecycle = told["lifecycle"]
    rows = [{**row, "drift": drift.get(f"{row['xapp']}.{row['handler']}", {})} for row in lifecycle["models"]]
    return Reply(orjson.dumps({"schema": 1, **lifecycle, "models": rows}), JSON)


def _unhealthy(source: Source, *, ready: bool) -> str | None:
    """What is wrong; None where nothing is. A RIC that is ending is alive, and not ready."""
    told = source.told()
    if told is None:
        return _TOLD_NOTHING
    if (age := source.age_s()) > STALE_S:
        return f"the loop has told nothing for {age:.1f} s"
    if ready and told["stopping"]:
        return "the RIC is ending"
    return None


def own(ric: Any) -> Source:
    """A RIC in this very process: for small runs and tests."""
    from ricloop.runtime.side.snapshot import snapshot

    async def nodes() -> bytes:
        return orjson.dumps(ric.inventory.report())

    return Source(lambda: snapshot(ric), lambda: 0.0, nodes, ric.lifecycle.states)
