"""A whole run against a RIC, by the wall clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ricloop.link.clock import SystemClock
from ricloop.link.tap import Tap
from ricloop.transport import registry
from ricloop.transport.address import Address
from ricloop_e2sim.drivers.associations import Associations
from ricloop_e2sim.drivers.driven import Driven
from ricloop_e2sim.drivers.health import Health
from ricloop_e2sim.drivers.pace import Pace

SETTLE_S = 0.5
"""After the last tick, for what is still on its way."""


async def run_real_time(
    simulation: Driven,
    address: str | Address,
    stop: asyncio.Event,
    *,
    waiting: Callable[[str], None],
    tell: Callable[[], None],
    pcap: Path | None = None,
    speed: float = 1.0,
    health: str | None = None,
) -> dict[str, Any]:
    """A whole run against a RIC: associate, tick by the wall clock until the end or `stop`, drain, result.

    Simulated time starts when all nodes are associated. `pcap`: a file for every message. `health`: HOST:PORT where it
    says how it is. Raises ConfigError and TransportError where one of them cannot be.
    """
    tap = Tap.at(pcap) if pcap is not None else None
    associations = Associations(
        simulation.nodes,
        address,
        waiting,
        tap.connect if tap else registry.connect,
        simulation.faults,
        lambda: simulation.time_us,
    )
    pace = Pace(simulation, associations, speed)
    told = Health(associations.missing, lambda: pace.stepped_at, SystemClock())
    server = await told.serve(health) if health is not None else None
    associations.start()
    writing = asyncio.ensure_future(tap.run()) if tap else None
    try:
        ready = asyncio.ensure_future(associations.ready())
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait((ready, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if ready.done():
            ready.result()
            await pace.run(stop, tell)
            if not stop.is_set():
                await asyncio.sleep(SETTLE_S)
        else:
            ready.cancel()
    finally:
        await associations.stop()
        if server is not None:
            server.close()
        if tap is not None and writing is not None:
            writing.cancel()
            tap.close()
    kept = {"capture_dropped": tap.dropped} if tap else {}
    return simulation.result() | associations.journal.result() | pace.result() | kept
