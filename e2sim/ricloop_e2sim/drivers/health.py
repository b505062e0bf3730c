"""Whether a run against a RIC is well, over HTTP: alive while its steps go on, ready while its nodes are associated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ricloop.core.time import NS_PER_S, Clock
from ricloop.link.http import Asked, Reply, health, serve_http

STALLED_NS = 10 * NS_PER_S
"""Without a step for so long, a run that began is not alive."""
ALIVE, READY = "/health/alive", "/health/ready"


class Health:
    """What is asked of one run."""

    def __init__(
        self, missing: Callable[[], Sequence[str]], stepped_at: Callable[[], int | None], clock: Clock
    ) -> None:
        """`missing`: nodes without an association. `stepped_at`: when the last step ended, by `clock`; None before the
        first: nodes are waited for."""
        self._missing, self._stepped_at, self._clock = missing, stepped_at, clock

    async def serve(self, where: str) -> asyncio.Server:
        """Answer at HOST:PORT. Raises ConfigError or TransportError."""
        return await serve_http(self.answer, where, option="--health", what="health", paths=f"GET {ALIVE} and {READY}")

    async def answer(self, asked: Asked) -> Reply | None:
        if asked.path == ALIVE:
            return health(self._stalled())
        if asked.path == READY:
            return health(self._stalled() or self._unassociated())
        return None

    def _stalled(self) -> str | None:
        at = self._stepped_at()
        if at is None or (age := self._clock.now() - at) <= STALLED_NS:
            return None
        return f"no step for {age / NS_PER_S:.1f} s"

    def _unassociated(self) -> str | None:
        missing = self._missing()
        return f"not associated with the RIC: {', '.join(missing[:5])}, {len(missing)} in all" if missing else None
