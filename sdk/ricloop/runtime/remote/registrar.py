"""Registers an xApp with O-RAN SC's app manager: asks until it is, once, and says when it leaves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from ricloop.core.errors import TransportError
from ricloop.link.ask import Url, ask
from ricloop.link.reconnect import Backoff
from ricloop.platform.appmgr import AppManager
from ricloop.platform.xappmetrics import XAppMetrics

log = structlog.get_logger()

BACKOFF = Backoff(first=timedelta(milliseconds=500), cap=timedelta(seconds=30))
ANSWERS_WITHIN_S = 5.0
LEAVES_WITHIN_S = 1.0
"""How long the end of the process waits for the app manager to hear of it."""


class Registrar:
    """One registration."""

    def __init__(
        self,
        manager: AppManager,
        config: Callable[[], Mapping[str, Any]],
        metrics: XAppMetrics,
        backoff: Backoff = BACKOFF,
    ) -> None:
        """`config`: the descriptor as it is now."""
        self._manager, self._config, self._metrics, self._backoff = manager, config, metrics, backoff
        self._random = random.Random(manager.instance)

    async def register(self) -> None:
        """Ask until it is done."""
        failures = 0
        while True:
            problem = await self._said(*self._manager.registration(self._config()), ANSWERS_WITHIN_S)
            if problem is None:
                self._metrics.registered = True
                log.info("registered", appmgr=self._manager.url.authority, xapp=self._manager.name)
                return
            failures += 1
            wait = self._backoff.delay(failures, self._random).total_seconds()
            log.warning("not registered", appmgr=self._manager.url.authority, reason=problem, again_in_s=round(wait, 2))
            await asyncio.sleep(wait)

    async def deregister(self) -> None:
        """Say that it leaves, where it was registered."""
        if not self._metrics.registered:
            return
        self._metrics.registered = False
        problem = await self._said(*self._manager.deregistration(), LEAVES_WITHIN_S)
        if problem is not None:
            log.warning("not deregistered", appmgr=self._manager.url.authority, reason=problem)

    @staticmethod
    async def _said(url: Url, body: bytes, timeout_s: float) -> str | None:
        """What is wrong; None where the app manager took it."""
        try:
            answered = await ask(url, body, timeout_s=timeout_s)
        except TransportError as error:
            return str(error)
        return None if answered.good else str(answered)
